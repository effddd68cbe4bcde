#include "node/config/change.h"

#include <catch2/catch.hpp>
#include <fnmatch.h>

#include "node/config/load.h"
#include "node/config/rewrite.h"

using namespace grapevine;
using namespace grapevine::node::config;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool matches(std::string_view pattern, std::string_view text) {
    return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

Pairs got(const Config& config, std::vector<std::string_view> patterns) {
    return get(config, patterns, matches);
}

Changed changed(const Config& config, std::vector<std::string_view> pairs) {
    auto result = set(config, pairs, false);
    INFO((result ? "" : result.error().text));
    REQUIRE(result);
    return *result;
}

std::string refusal(const Config& config, std::vector<std::string_view> pairs) {
    auto result = set(config, pairs, false);
    REQUIRE_FALSE(result);
    return result.error().text;
}

std::string rewritten(std::string_view text, const Config& config) {
    auto result = rewrite(text, config);
    REQUIRE(result);
    return *result;
}

// What `text` says, changed by CONFIG SET.
Config config_of(std::string_view text, std::vector<std::string_view> pairs) {
    Config config;
    REQUIRE(apply_directives(*parse_text(text, "redis.conf"), config));
    return changed(config, std::move(pairs)).config;
}

using Names = std::vector<std::string_view>;
constexpr std::string_view failure = "ERR CONFIG SET failed (possibly related to argument '";

}  // namespace

TEST_CASE("CONFIG GET answers values in Redis's form", "[config]") {
    Config config;
    config.maxmemory = 1 << 20;
    config.save = {{std::chrono::seconds(900), 1}, {std::chrono::seconds(300), 10}};
    config.unixsocketperm = 0770;

    CHECK(got(config, {"maxmemory"}) == Pairs{{"maxmemory", "1048576"}});
    CHECK(got(config, {"save"}) == Pairs{{"save", "900 1 300 10"}});
    CHECK(got(config, {"unixsocketperm"}) == Pairs{{"unixsocketperm", "770"}});
    CHECK(got(config, {"bind"}) == Pairs{{"bind", "* -::*"}});
    CHECK(got(config, {"client-output-buffer-limit"}) ==
          Pairs{{"client-output-buffer-limit",
                 "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"}});
    CHECK(got(config, {"appendonly"}) == Pairs{{"appendonly", "no"}});
    CHECK(got(config, {"no-such-thing", "user", "include"}).empty());
}

TEST_CASE("CONFIG GET takes patterns, older names and any case", "[config]") {
    const Config config;

    CHECK(got(config, {"*-priority"}) ==
          Pairs{{"replica-priority", "100"}, {"slave-priority", "100"}});
    CHECK(got(config, {"Slave-Priority"}) == Pairs{{"Slave-Priority", "100"}});
    CHECK(got(config, {"HZ*"}) == Pairs{{"hz", "10"}});
    CHECK(got(config, {"hz", "h?", "port"}) == Pairs{{"hz", "10"}, {"port", "6379"}});
    CHECK(got(config, {"*"}).size() > 190);
}

TEST_CASE("CONFIG SET says what really changed", "[config]") {
    const Changed result =
        changed(Config{}, {"slave-priority", "7", "HZ", "10", "maxmemory", "1gb"});

    CHECK(result.names == Names{"maxmemory", "replica-priority"});
    CHECK(result.config.replica_priority == 7);
    CHECK(result.config.maxmemory == std::uint64_t{1} << 30);
}

TEST_CASE("CONFIG SET takes several words in one value", "[config]") {
    const Config config = changed(Config{}, {"save", "900 1 300 10", "client-output-buffer-limit",
                                             "replica 1mb 1kb 5"})
                              .config;

    CHECK(config.save.size() == 2);
    CHECK(config.client_output_buffer_limit.replica.hard == 1 << 20);
    CHECK(config.client_output_buffer_limit.pub_sub.hard == 32 << 20);
    CHECK(changed(config, {"save", ""}).config.save.empty());
}

TEST_CASE("CONFIG SET refuses in Redis's words", "[config]") {
    const Config config;
    CHECK(refusal(config, {"nope", "1"}) ==
          "ERR Unknown option or number of arguments for CONFIG SET - 'nope'");
    CHECK(refusal(config, {"hz", "x"}) ==
          std::string(failure) + "hz') - argument couldn't be parsed into an integer");
    CHECK(refusal(config, {"databases", "3"}) ==
          std::string(failure) + "databases') - can't set immutable config");
    CHECK(refusal(config, {"dir", "/"}) ==
          std::string(failure) + "dir') - can't set protected config");
    CHECK(refusal(config, {"hz", "10", "hz", "11"}) ==
          std::string(failure) + "hz') - duplicate parameter");
    CHECK(refusal(config, {"hz"}) == "ERR syntax error");
    CHECK(refusal(config, {"appendonly", "yes"}) ==
          std::string(failure) + "appendonly') - not supported: there is no append-only file yet");
}

TEST_CASE("protected parameters change where the user allowed it", "[config]") {
    Config config;
    config.enable_protected_configs = Allowed::local;
    const std::vector<std::string_view> pair{"dbfilename", "other.rdb"};

    CHECK_FALSE(set(config, pair, false));
    auto result = set(config, pair, true);
    REQUIRE(result);
    CHECK(result->config.dbfilename == "other.rdb");
}

TEST_CASE("CONFIG REWRITE leaves a file alone that is still true", "[config]") {
    const std::string_view text =
        "# mine\nport 7000\n\nsave 900 1\nsave 300 10\nmaxmemory 1gb # not a comment for Redis\n";
    const std::string_view valid = "# mine\nport  7000\n\nsave 900 1\nsave 300 10\nmaxmemory 1gb\n";

    CHECK_FALSE(rewrite(text, Config{}));
    CHECK(rewritten(valid, config_of(valid, {})) == valid);
}

TEST_CASE("CONFIG REWRITE replaces what is no longer true and keeps the rest", "[config]") {
    const std::string_view text =
        "# mine\nslave-priority 5\nsave 900 1\nsave 300 10\nhz 20\ninclude x";

    const Config config = config_of(
        text, {"replica-priority", "6", "save", "1 2", "masterauth", "a \"b\"", "timeout", "9"});

    CHECK(rewritten(text, config) ==
          "# mine\nslave-priority 6\nsave 1 2\nhz 20\ninclude x\n\n# Generated by CONFIG REWRITE\n"
          "timeout 9\nmasterauth \"a \\\"b\\\"\"\n");
}

TEST_CASE("CONFIG REWRITE leaves out what is the default again", "[config]") {
    Config config;
    CHECK(rewritten("port 7000\nreplicaof a 1\n", config) == "");
    config.save.clear();
    CHECK(rewritten("port 6379\nsave 1 1\n", config) == "port 6379\nsave \"\"\n");
}

TEST_CASE("what CONFIG REWRITE wrote loads as what was running", "[config]") {
    const Config config = config_of("hz 3\nuser default on nopass ~* &* +@all\n",
                                    {"requirepass", "\x01\xff 'x\\", "save", "", "bind-source-addr",
                                     "10.0.0.1", "cluster-announce-hostname", "a.b"});

    const std::string text = rewritten("", config);

    CHECK(config_of(text, {}) == config);
    CHECK(rewritten(text, config) == text);
}

TEST_CASE("seeds are changed while the node runs, and shown as they were written", "[config]") {
    const Config config = config_of("cluster-seeds a:7000\n", {"cluster-seeds", "[::1]:1 b:2@3"});

    CHECK(got(config, {"cluster-seeds"}) == Pairs{{"cluster-seeds", "[::1]:1 b:2@3"}});
    CHECK(changed(config, {"cluster-seeds", ""}).config.cluster_seeds.empty());
    CHECK_THAT(refusal(config, {"cluster-seeds", "b:0"}),
               Catch::StartsWith(std::string(failure) + "cluster-seeds') - 'b:0': the port '0'"));
}
