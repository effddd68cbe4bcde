#include "client/cli/replies.h"

#include <catch2/catch.hpp>

#include "tests/client/cli/village.h"

using namespace grapevine;
using namespace grapevine::client::cli;

TEST_CASE("what Redis 7.0 answers to CLUSTER SHARDS is understood", "[cli]") {
    const auto reply = value_from(captured_shards());

    const auto shards = parse_shards(reply, {"127.0.0.1", 18001, 0});

    REQUIRE(shards);
    REQUIRE(shards->size() == 4);
    const ListedShard& first = (*shards)[0];
    CHECK(to_string(first.slots) == "0-5460");
    REQUIRE(first.nodes.size() == 2);
    CHECK(first.nodes[0].id.text() == "d1e9f33c7510f3f61ae5027ee1caea0f15cf5017");
    CHECK(to_string(first.nodes[0].endpoint) == "127.0.0.1:18001");
    CHECK(first.nodes[0].is_primary);
    CHECK_FALSE(first.nodes[1].is_primary);
    const ListedShard& replaced = (*shards)[1];
    CHECK(replaced.slots.empty());
    CHECK(replaced.nodes.at(0).is_failed);
}

TEST_CASE("RESP3 maps say the same as RESP2 lists", "[cli]") {
    const auto reply = value_from(
        "*1\r\n%2\r\n+slots\r\n*2\r\n:7\r\n:9\r\n+nodes\r\n*1\r\n%3\r\n"
        "+id\r\n+d1e9f33c7510f3f61ae5027ee1caea0f15cf5017\r\n+port\r\n:7001\r\n"
        "+role\r\n+master\r\n");

    const auto shards = parse_shards(reply, {"::1", 7009, 0});

    REQUIRE(shards);
    CHECK(to_string(shards->at(0).slots) == "7-9");
    CHECK(shards->at(0).nodes.at(0).is_primary);
}

TEST_CASE("a node that does not know its own address has that by which it was asked", "[cli]") {
    const auto reply = value_from(
        "*1\r\n*4\r\n+slots\r\n*0\r\n+nodes\r\n*1\r\n*8\r\n"
        "+id\r\n+d1e9f33c7510f3f61ae5027ee1caea0f15cf5017\r\n+port\r\n:7001\r\n"
        "+ip\r\n$0\r\n\r\n+endpoint\r\n+?\r\n");

    const auto shards = parse_shards(reply, {"10.0.0.7", 7001, 0});

    REQUIRE(shards);
    CHECK(to_string(shards->at(0).nodes.at(0).endpoint) == "10.0.0.7:7001");
}

TEST_CASE("replies that no cluster node gives are refused and named", "[cli]") {
    const auto refusal = [](const std::string& bytes) {
        const auto shards = parse_shards(value_from(bytes), {"127.0.0.1", 7001, 0});
        REQUIRE_FALSE(shards);
        return shards.error().text;
    };
    CHECK(refusal("+OK\r\n") == "ERR CLUSTER SHARDS was answered with something that is no list");
    CHECK(refusal("*1\r\n:1\r\n") ==
          "ERR CLUSTER SHARDS was answered with a shard without slots or nodes");
    CHECK(refusal("*1\r\n*4\r\n+slots\r\n*1\r\n:1\r\n+nodes\r\n*0\r\n") ==
          "ERR CLUSTER SHARDS was answered with half a range of slots");
    CHECK(refusal("*1\r\n*4\r\n+slots\r\n*2\r\n:1\r\n:16384\r\n+nodes\r\n*0\r\n") ==
          "ERR CLUSTER SHARDS was answered with a range of slots that is none");
    CHECK(refusal("*1\r\n*4\r\n+slots\r\n*0\r\n+nodes\r\n*1\r\n*2\r\n+id\r\n+x\r\n") ==
          "ERR CLUSTER SHARDS was answered with a node without an id");
    CHECK(refusal("-NOAUTH Authentication required.\r\n") == "NOAUTH Authentication required.");
}

TEST_CASE("INFO is read line by line, without its headings", "[cli]") {
    const Facts facts = parse_facts("# Memory\r\nused_memory:12\r\nnonsense\r\nos:a:b\r\n");

    CHECK(facts.size() == 2);
    CHECK(number_of(facts, "used_memory") == 12);
    CHECK(facts.at("os") == "a:b");
    CHECK(number_of(facts, "os") == 0);
    CHECK(number_of(facts, "missing") == 0);
}

TEST_CASE("the keys of all databases are counted together", "[cli]") {
    CHECK(keys_of(parse_facts("db0:keys=5,expires=1,avg_ttl=0\r\ndb12:keys=7,expires=0\r\n")) ==
          12);
    CHECK(keys_of(parse_facts("role:master\r\n")) == 0);
}
