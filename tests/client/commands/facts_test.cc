#include "client/commands/facts.h"

#include <catch2/catch.hpp>
#include <grapevine/arguments.h>
#include <initializer_list>

#include "slots/slot.h"

using namespace grapevine::client;
using namespace grapevine::client::commands;

namespace {

using Words = std::vector<std::string_view>;

const CommandFacts& facts_of(const Words& words) {
    const auto* facts = find_command(words[0], words.size() > 1 ? words[1] : "");
    REQUIRE(facts != nullptr);
    return *facts;
}

Words keys(const Words& words) {
    return keys_of(facts_of(words), words);
}

bool is_repeatable(const Words& words) {
    return has(traits_of(facts_of(words), words), Trait::repeatable);
}

bool blocks(const Words& words) {
    return has(traits_of(facts_of(words), words), Trait::blocks);
}

}  // namespace

TEST_CASE("keys stand where a command has them") {
    CHECK(keys({"get", "a"}) == Words{"a"});
    CHECK(keys({"PING"}).empty());
    CHECK(keys({"MGET", "a", "b", "c"}) == Words{"a", "b", "c"});
    CHECK(keys({"MSET", "a", "1", "b", "2"}) == Words{"a", "b"});
    CHECK(keys({"BLPOP", "a", "b", "0"}) == Words{"a", "b"});
    CHECK(keys({"BITOP", "AND", "to", "a", "b"}) == Words{"to", "a", "b"});
    CHECK(keys({"object", "encoding", "a"}) == Words{"a"});
    CHECK(keys({"XGROUP", "CREATE", "s", "g", "$"}) == Words{"s"});
}

TEST_CASE("keys that move are found") {
    CHECK(keys({"EVAL", "return 1", "2", "a", "b", "c"}) == Words{"a", "b"});
    CHECK(keys({"EVAL", "return 1", "0", "c"}).empty());
    CHECK(keys({"ZUNIONSTORE", "to", "2", "a", "b", "WEIGHTS", "1", "2"}) == Words{"to", "a", "b"});
    CHECK(keys({"LMPOP", "2", "a", "b", "LEFT"}) == Words{"a", "b"});
    CHECK(keys({"BZMPOP", "0", "1", "a", "MIN"}) == Words{"a"});
    CHECK(keys({"XREAD", "COUNT", "2", "streams", "a", "b", "0", "0"}) == Words{"a", "b"});
    CHECK(keys({"SORT", "a", "BY", "x", "store", "to"}) == Words{"a", "to"});
    CHECK(keys({"GEORADIUS", "a", "1", "2", "3", "km", "STOREDIST", "to"}) == Words{"a", "to"});
    CHECK(keys({"MIGRATE", "h", "1", "a", "0", "9"}) == Words{"a"});
    CHECK(keys({"MIGRATE", "h", "1", "", "0", "9", "KEYS", "a", "b"}) == Words{"a", "b"});
}

TEST_CASE("too few arguments have no keys outside of them") {
    CHECK(keys({"GET"}).empty());
    CHECK(keys({"EVAL", "return 1"}).empty());
    CHECK(keys({"EVAL", "return 1", "9", "a"}) == Words{"a"});
    CHECK(keys({"EVAL", "return 1", "-1", "a"}).empty());
    CHECK(keys({"XREAD", "STREAMS"}).empty());
    CHECK(keys({"BLPOP", "0"}).empty());
}

TEST_CASE("what depends on arguments depends on them") {
    CHECK(is_repeatable({"SET", "a", "1", "EX", "10"}));
    CHECK_FALSE(is_repeatable({"SET", "a", "1", "nx"}));
    CHECK_FALSE(is_repeatable({"SET", "a", "1", "GET"}));
    CHECK_FALSE(is_repeatable({"ZADD", "a", "INCR", "1", "m"}));
    CHECK_FALSE(is_repeatable({"INCR", "a"}));
    CHECK(blocks({"XREAD", "BLOCK", "0", "STREAMS", "a", "0"}));
    CHECK_FALSE(blocks({"XREAD", "STREAMS", "BLOCK", "0"}));
}

TEST_CASE("a request that was put together by hand finds its place") {
    Request request("EVAL", 4);
    for (const auto* word : {"return 1", "1", "{x}a", "b"}) request.add(word);
    find_keys(request);
    CHECK(request.facts().slot == grapevine::slots::slot_of("x").number);
    CHECK_FALSE(request.facts().unknown);

    Request crossing("MGET", 2);
    crossing.add("a");
    crossing.add("b");
    find_keys(crossing);
    CHECK(crossing.facts().crosses_slots);
    CHECK(crossing.facts().reads());

    Request unknown("NOSUCH", 0);
    find_keys(unknown);
    CHECK(unknown.facts().unknown);
}
