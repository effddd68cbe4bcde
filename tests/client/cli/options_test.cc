#include "client/cli/options.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::client::cli;

namespace {

std::variant<Options, Answer> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "grapevine");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

Options options_from(const std::vector<const char*>& words) {
    const auto parsed = parse(words);
    REQUIRE(std::holds_alternative<Options>(parsed));
    return std::get<Options>(parsed);
}

Answer answer_to(const std::vector<const char*>& words) {
    const auto parsed = parse(words);
    REQUIRE(std::holds_alternative<Answer>(parsed));
    return std::get<Answer>(parsed);
}

}  // namespace

TEST_CASE("without options the cluster of scripts/cluster is asked", "[cli]") {
    const Options options = options_from({"status"});

    CHECK(options.verb == Verb::status);
    REQUIRE(options.seeds.size() == 1);
    CHECK(to_string(options.seeds[0]) == "127.0.0.1:7001");
    CHECK(options.timeout == std::chrono::seconds(2));
    CHECK_FALSE(options.json);
    CHECK(options.colour);
}

TEST_CASE("seeds may be several, before or after the verb", "[cli]") {
    CHECK(options_from({"-c", "a:1,b:2", "status"}).seeds.size() == 2);
    CHECK(options_from({"status", "-c", "a:1"}).seeds.size() == 1);
    CHECK(options_from({"status", "--timeout", "0.5", "--no-color", "--json"}).timeout ==
          std::chrono::milliseconds(500));
    CHECK(options_from({"version", "--json"}).verb == Verb::version);
}

TEST_CASE("help is no mistake", "[cli]") {
    const Answer answer = answer_to({"--help"});

    CHECK(answer.code == ExitCode::healthy);
    CHECK(answer.text.find("Examples:") != std::string::npos);
}

TEST_CASE("a mistake is named and leaves with 2", "[cli]") {
    CHECK(answer_to({}).text ==
          "grapevine: say what to do: status or version\nsee grapevine --help\n");
    CHECK(answer_to({"stauts"}).text.find("stauts") != std::string::npos);
    CHECK(answer_to({"status", "--timeout", "0"}).code == ExitCode::usage);
    CHECK(answer_to({"-c", "7001", "status"}).text ==
          "grapevine: '7001' is no address; write HOST:PORT, for example 127.0.0.1:7001\n"
          "see grapevine --help\n");
}

TEST_CASE("addresses may be names, IPv4 and IPv6", "[cli]") {
    CHECK(parse_endpoint("node-1:7001")->host == "node-1");
    CHECK(parse_endpoint("[::1]:7001")->host == "::1");
    CHECK(parse_endpoint("::1:7001")->port == 7001);
    CHECK_FALSE(parse_endpoint(":7001"));
    CHECK_FALSE(parse_endpoint("host:"));
    CHECK_FALSE(parse_endpoint("host:0"));
    CHECK_FALSE(parse_endpoint("host:70000"));
    CHECK_FALSE(parse_endpoint("host:70a"));
}
