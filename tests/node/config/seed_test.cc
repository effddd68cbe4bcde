#include "node/config/seed.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using node::config::parse_seed;
using node::config::Seed;

namespace {

std::string refusal(std::string_view text) {
    const auto seed = parse_seed(text);
    return seed ? "" : seed.error().text;
}

}  // namespace

TEST_CASE("a seed is a host with its port, and the bus is 10000 above it", "[config]") {
    CHECK(*parse_seed("10.0.0.7:7000") == Seed{"10.0.0.7", 7000, 17000});
    CHECK(*parse_seed("[::1]:7000") == Seed{"::1", 7000, 17000});
    CHECK(*parse_seed("node_1.db.example:1") == Seed{"node_1.db.example", 1, 10001});
    CHECK(*parse_seed("a:55535") == Seed{"a", 55535, 65535});
}

TEST_CASE("where the bus is elsewhere a seed says so", "[config]") {
    CHECK(*parse_seed("10.0.0.7:7000@7001") == Seed{"10.0.0.7", 7000, 7001});
    CHECK(*parse_seed("[fd00::7]:65535@1") == Seed{"fd00::7", 65535, 1});
}

TEST_CASE("who refuses a seed says what is wrong and what would be right", "[config]") {
    CHECK(refusal("10.0.0.7") ==
          "'10.0.0.7': the port is missing; a seed is host:port or [IPv6]:port, with @busport "
          "behind it unless the bus is at port + 10000");
    const std::pair<const char*, const char*> wrong[] = {
        {"", "the port is missing"},
        {"[::1]", "the port is missing"},
        {"host@17000", "the port is missing"},
        {":7000", "the host is missing"},
        {"host:", "the port '' is no number from 1 to 65535"},
        {"host:0", "the port '0' is no number from 1 to 65535"},
        {"host:65536", "the port '65536' is no number from 1 to 65535"},
        {"host:-1", "the port '-1' is no number"},
        {"host:7000x", "the port '7000x' is no number"},
        {"host:7000@", "the bus port '' is no number from 1 to 65535"},
        {"host:7000@0", "the bus port '0' is no number"},
        {"host:7000@17000@1", "the bus port '17000@1' is no number"},
        {"host:55536", "the bus cannot be at port 55536 + 10000"},
        {"::1:7000", "an IPv6 address belongs into brackets"},
        {"[::1:7000", "an IPv6 address belongs into brackets"},
        {"[::g]:7000", "'::g' is no IPv6 address"},
        {"[10.0.0.7]:7000", "'10.0.0.7' is no IPv6 address"},
        {"[]:7000", "'' is no IPv6 address"},
        {"10.0.0.256:7000", "'10.0.0.256' is no IPv4 address"},
        {"two words:7000", "is neither a host name nor an IP address"},
    };
    for (const auto& [text, why] : wrong) {
        INFO(text);
        CHECK_THAT(refusal(text), Catch::Contains(why));
    }
    CHECK_FALSE(parse_seed(std::string(256, 'a') + ":7000"));
}
