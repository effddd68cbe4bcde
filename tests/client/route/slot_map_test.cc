#include "client/route/slot_map.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using client::Reply;
using client::route::Directory;
using client::route::no_node;
using client::route::SlotMap;

namespace {

std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}
std::string number(int value) {
    return ":" + std::to_string(value) + "\r\n";
}
// With an id and metadata, as Redis 7.0 says it.
std::string member(const std::string& host, int port) {
    return "*4\r\n" + host + number(port) + bulk("id") + "*0\r\n";
}
std::string range(int first, int last, const std::vector<std::string>& members) {
    std::string text = "*" + std::to_string(2 + members.size()) + "\r\n";
    text += number(first) + number(last);
    for (const std::string& each : members) text += each;
    return text;
}
std::string reply(const std::vector<std::string>& ranges) {
    std::string text = "*" + std::to_string(ranges.size()) + "\r\n";
    for (const std::string& each : ranges) text += each;
    return text;
}

struct Parsed {
    Directory directory;
    client::route::NodeIndex asked = directory.index_of("10.0.0.9", 7009);

    slots::Result<SlotMap> parse(const std::string& text) {
        return SlotMap::parse(Reply(text), asked, directory);
    }
    std::string owner(const SlotMap& map, std::uint16_t slot) {
        const auto node = map.primary_of(slot);
        return node == no_node ? "nobody" : slots::to_string(directory.endpoint(node));
    }
};

}  // namespace

TEST_CASE("ranges are read in any order, with their replicas", "[route]") {
    Parsed parsed;
    const auto map = parsed.parse(
        reply({range(100, 16383, {member(bulk("b"), 2)}),
               range(0, 99, {member(bulk("a"), 1), member(bulk("c"), 3), member(bulk("d"), 4)})}));
    REQUIRE(map);
    CHECK(map->covers_all());
    CHECK(parsed.owner(*map, 99) == "a:1");
    CHECK(parsed.owner(*map, 100) == "b:2");
    CHECK(map->replicas_of(map->primary_of(0)).size() == 2);
    CHECK(map->replicas_of(map->primary_of(100)).empty());
    CHECK(map->nodes().size() == 4);
}

TEST_CASE("a node without a host is the one that was asked", "[route]") {
    const auto* host = GENERATE("$-1\r\n", "_\r\n", "$0\r\n\r\n");
    Parsed parsed;
    const auto map = parsed.parse(reply({range(0, 5, {member(host, 7000)})}));
    REQUIRE(map);
    CHECK(parsed.owner(*map, 5) == "10.0.0.9:7000");
    CHECK(parsed.owner(*map, 6) == "nobody");
    CHECK_FALSE(map->covers_all());
}

TEST_CASE("a node whose host is not known is left out", "[route]") {
    Parsed parsed;
    const auto map =
        parsed.parse(reply({range(0, 5, {member(bulk("?"), 7000)}),
                            range(6, 9, {member(bulk("a"), 1), member(bulk("?"), 7000)})}));
    REQUIRE(map);
    CHECK(parsed.owner(*map, 0) == "nobody");
    CHECK(parsed.owner(*map, 6) == "a:1");
    CHECK(map->replicas_of(map->primary_of(6)).empty());
}

TEST_CASE("addresses of IPv6 are as good as others", "[route]") {
    Parsed parsed;
    const auto map = parsed.parse(reply({range(0, 5, {member(bulk("2001:db8::7"), 7000)})}));
    REQUIRE(map);
    const auto& endpoint = parsed.directory.endpoint(map->primary_of(0));
    CHECK(endpoint.host == "2001:db8::7");
    CHECK(endpoint.port == 7000);
}

TEST_CASE("what is no map is refused", "[route]") {
    Parsed parsed;
    const std::string one = member(bulk("a"), 1);
    for (const std::string& text :
         {std::string("+OK\r\n"), reply({"+OK\r\n"}), reply({"*0\r\n"}), reply({range(0, 5, {})}),
          reply({range(-1, 5, {one})}), reply({range(6, 5, {one})}),
          reply({range(0, 16384, {one})}), reply({range(16384, 16384, {one})}),
          reply({"*3\r\n" + bulk("0") + bulk("5") + one})}) {
        CAPTURE(text);
        const auto map = parsed.parse(text);
        CHECK_FALSE(map);
    }
}

TEST_CASE("nodes that cannot be reached are left out", "[route]") {
    for (const std::string& odd :
         {member(bulk("a"), 0), member(bulk("a"), -1), member(bulk("a"), 65536),
          std::string("*1\r\n$1\r\na\r\n"), std::string("+a\r\n"), std::string("*-1\r\n")}) {
        CAPTURE(odd);
        Parsed parsed;
        const auto map = parsed.parse(reply({range(0, 5, {odd})}));
        REQUIRE(map);
        CHECK(map->nodes().empty());
    }
}

TEST_CASE("no slots at all are a map of nobody", "[route]") {
    Parsed parsed;
    const auto map = parsed.parse("*0\r\n");
    REQUIRE(map);
    CHECK(map->nodes().empty());
}

TEST_CASE("an heir has all slots of its primary, which becomes its replica", "[route]") {
    Parsed parsed;
    auto map = parsed.parse(reply({range(0, 5, {member(bulk("a"), 1), member(bulk("b"), 2)}),
                                   range(9, 9, {member(bulk("a"), 1), member(bulk("b"), 2)})}));
    REQUIRE(map);
    const auto before = map->primary_of(0);
    const auto heir = map->replicas_of(before).front();
    map->promote(before, heir);
    CHECK(map->primary_of(9) == heir);
    CHECK(map->replicas_of(heir) == std::vector{before});
    CHECK_FALSE(map->is_primary(before));
}
