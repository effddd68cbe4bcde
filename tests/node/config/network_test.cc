#include "node/config/network.h"

#include <catch2/catch.hpp>

using namespace grapevine::node::config;

namespace {

bool holds(const char* network, const char* address) {
    return parse_network(network)->contains(*parse_address(address));
}

}  // namespace

TEST_CASE("an address is a network of one", "[config]") {
    CHECK(holds("10.0.0.7", "10.0.0.7"));
    CHECK_FALSE(holds("10.0.0.7", "10.0.0.8"));
    CHECK(holds("fd00::7", "fd00:0:0:0:0:0:0:7"));
    CHECK_FALSE(holds("fd00::7", "fd00::8"));
}

TEST_CASE("a network holds the addresses that begin as it does", "[config]") {
    CHECK(holds("10.0.0.0/8", "10.255.1.2"));
    CHECK_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
    CHECK(holds("10.0.0.128/25", "10.0.0.129"));
    CHECK_FALSE(holds("10.0.0.128/25", "10.0.0.127"));
    CHECK(holds("fd00:1::/32", "fd00:1:2::3"));
    CHECK_FALSE(holds("fd00:1::/32", "fd00:2::"));
    CHECK(holds("0.0.0.0/0", "1.2.3.4"));
    CHECK_FALSE(holds("0.0.0.0/0", "fd00::1"));
    CHECK(holds("::/0", "fd00::1"));
    CHECK(holds("::/0", "1.2.3.4"));
}

TEST_CASE("an IPv4 address is the same in IPv6's clothes", "[config]") {
    CHECK(parse_address("::ffff:10.0.0.7") == parse_address("10.0.0.7"));
    CHECK(parse_address("::ffff:a00:7") == parse_address("10.0.0.7"));
}

TEST_CASE("what is no address is refused", "[config]") {
    for (const char* text : {"",
                             "localhost",
                             "10.0.0",
                             "10.0.0.0.1",
                             "10.0.0.256",
                             "10.0.0.",
                             "10..0.1",
                             "-1.0.0.0",
                             "1::2::3",
                             ":::",
                             "fd00:1",
                             "1:2:3:4:5:6:7:8:9",
                             "1:2:3:4:5:6:7::8",
                             "12345::",
                             "g::",
                             "::1%lo",
                             "[::1]",
                             "1.2.3.4::",
                             "::1.2.3",
                             "10.0.0.1:7000"}) {
        INFO(text);
        CHECK_FALSE(parse_address(text));
    }
    for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "::/129",
                             "10.0.0.0/8/8", "/8"}) {
        INFO(text);
        CHECK_FALSE(parse_network(text));
    }
}
