#include "client/cache/shard.h"

#include <catch2/catch.hpp>

namespace grapevine::client::cache {
namespace {

constexpr std::size_t plenty = 1u << 20;

// What is known about a key; "?" when it has to be asked for and the answer may be kept, "-" when
// it may not.
std::string seen(Shard& shard, std::string_view key, std::uint32_t epoch = 0) {
    const auto found = shard.look(key, {}, epoch);
    if (found.answer) return std::string(found.answer.bytes());
    return found.marker != 0 ? "?" : "-";
}

std::uint64_t ask(Shard& shard, std::string_view key, std::uint32_t epoch = 0) {
    return shard.look(key, {}, epoch).marker;
}

void learn(Shard& shard, std::string_view key, std::string_view answer) {
    shard.keep(key, {}, ask(shard, key), 0, answer);
}

TEST_CASE("an answer is known from the second time on", "[cache]") {
    Shard shard(plenty);
    learn(shard, "k", "v");

    CHECK(seen(shard, "k") == "v");
    CHECK(shard.tallies().hits == 1);
    CHECK(shard.tallies().misses == 1);
}

TEST_CASE("news that come before the answer make it worthless", "[cache]") {
    Shard shard(plenty);
    const auto marker = ask(shard, "k");

    shard.invalidate("k");
    shard.keep("k", {}, marker, 0, "old");

    CHECK(seen(shard, "k") == "?");
    CHECK(shard.tallies().invalidations == 1);
}

TEST_CASE("news that come after the answer end it", "[cache]") {
    Shard shard(plenty);
    learn(shard, "k", "old");

    shard.invalidate("k");

    CHECK(seen(shard, "k") == "?");
}

TEST_CASE("the answer to an earlier question does not fill the place of a later one", "[cache]") {
    Shard shard(plenty);
    const auto earlier = ask(shard, "k");
    shard.invalidate("k");
    const auto later = ask(shard, "k");

    shard.keep("k", {}, earlier, 0, "old");
    CHECK(seen(shard, "k") == "-");
    shard.keep("k", {}, later, 0, "new");

    CHECK(seen(shard, "k") == "new");
}

TEST_CASE("one question at a time may fill a key", "[cache]") {
    Shard shard(plenty);
    const auto marker = ask(shard, "k");

    CHECK(seen(shard, "k") == "-");
    shard.forget("k", marker);

    CHECK(seen(shard, "k") == "?");
}

TEST_CASE("while a write of ours is on its way nothing is known", "[cache]") {
    Shard shard(plenty);
    const auto marker = ask(shard, "asked");
    learn(shard, "known", "old");

    for (const char* key : {"asked", "known"}) shard.begin_write(key);
    shard.keep("asked", {}, marker, 0, "old");

    for (const char* key : {"asked", "known"}) {
        CHECK(seen(shard, key) == "-");
        shard.end_write(key);
        CHECK(seen(shard, key) == "?");
    }
}

TEST_CASE("two writes of one key both have to end", "[cache]") {
    Shard shard(plenty);
    shard.begin_write("k");
    shard.begin_write("k");
    shard.end_write("k");

    CHECK(seen(shard, "k") == "-");
}

TEST_CASE("what was learned or asked in another epoch does not count", "[cache]") {
    Shard shard(plenty);
    learn(shard, "k", "old");
    const auto marker = ask(shard, "asked", 0);

    shard.keep("asked", {}, marker, 1, "old");

    CHECK(seen(shard, "k", 1) == "?");
    CHECK(seen(shard, "asked", 1) == "?");
}

TEST_CASE("different questions about a key are told apart and end together", "[cache]") {
    Shard shard(plenty);
    shard.keep("k", "a", shard.look("k", "a", 0).marker, 0, "1");
    shard.keep("k", "b", shard.look("k", "b", 0).marker, 0, "2");
    CHECK(shard.look("k", "a", 0).answer.bytes() == "1");
    CHECK(shard.look("k", "b", 0).answer.bytes() == "2");

    shard.invalidate("k");

    CHECK_FALSE(shard.look("k", "a", 0).answer);
    CHECK_FALSE(shard.look("k", "b", 0).answer);
}

TEST_CASE("a key has a bounded number of answers", "[cache]") {
    Shard shard(plenty);
    for (std::size_t i = 0; i <= Shard::most_answers; ++i) {
        const std::string question = std::to_string(i);
        shard.keep("k", question, shard.look("k", question, 0).marker, 0, "x");
    }
    const auto bytes = shard.tallies().bytes;

    CHECK_FALSE(shard.look("k", "0", 0).answer);
    CHECK(shard.look("k", "1", 0).answer);
    CHECK(bytes <= Shard::cost_of_key + 1 + Shard::most_answers * (Shard::cost_of_answer + 3));
}

TEST_CASE("beyond its bytes the key that was used longest ago leaves", "[cache]") {
    const std::size_t each = Shard::cost_of_key + Shard::cost_of_answer + 2;
    Shard shard(3 * each);
    for (const char* key : {"a", "b", "c"}) learn(shard, key, "x");
    CHECK(seen(shard, "a") == "x");

    learn(shard, "d", "x");

    CHECK(shard.tallies().bytes <= 3 * each);
    CHECK(shard.tallies().evictions == 1);
    CHECK(seen(shard, "a") == "x");
    CHECK(seen(shard, "c") == "x");
    CHECK(seen(shard, "d") == "x");
    CHECK(seen(shard, "b") == "?");
}

TEST_CASE("what is too large for all of it is not kept and drives nobody out", "[cache]") {
    Shard shard(2000);
    learn(shard, "small", "x");

    learn(shard, "large", std::string(2000, 'x'));
    CHECK(seen(shard, std::string(2000, 'k')) == "-");

    CHECK(seen(shard, "small") == "x");
    CHECK(seen(shard, "large") == "?");
}

TEST_CASE("what was read stays valid when it is dropped", "[cache]") {
    Shard shard(plenty);
    learn(shard, "k", "value");
    const Answer answer = shard.look("k", {}, 0).answer;

    shard.clear();

    CHECK(answer.bytes() == "value");
    CHECK(shard.tallies().bytes == 0);
    CHECK(shard.tallies().keys == 0);
}

}  // namespace
}  // namespace grapevine::client::cache
