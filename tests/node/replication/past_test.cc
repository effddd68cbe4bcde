#include "node/replication/past.h"

#include <catch2/catch.hpp>

using namespace grapevine::node;
using namespace grapevine::node::replication;

namespace {

journal::ReplicationId id_of(char digit) {
    return *journal::ReplicationId::parse(std::string(40, digit));
}

// Our history, b, was called a until 700; it is at 1000.
const journal::Lineage ours{id_of('b'), {{id_of('a'), 700}}};

Refusal refusal(const History& primary, const Past& past) {
    return refusal_of(primary, past, ours, 1000);
}
bool is_refused(const History& primary, const Past& past) {
    return refusal(primary, past) != Refusal::none;
}
// A primary that goes on under another name from what it found: some beginning of b.
History back_with(Offset saved, std::optional<Offset> untouched, Offset end) {
    return {.id = id_of('c'), .formers = {{id_of('b'), saved}}, .end = end, .saved = untouched};
}
History stranger(std::optional<Offset> untouched, Offset end) {
    return {.id = id_of('d'), .end = end, .saved = untouched};
}

constexpr bool of_shard = true;
Past confirmed(Offset offset, bool by_shard = of_shard) {
    return {.known = true, .confirmed = offset, .of_shard = by_shard};
}
Past saved(Offset offset, bool by_shard = of_shard) {
    return {.known = true, .saved = offset, .saved_of_shard = by_shard};
}

}  // namespace

TEST_CASE("what is behind an earlier fork than the last one is kept too", "[replication]") {
    Past past{.lost_writes = "here"};
    CHECK(must_keep(past, 500));
    past.kept_from = 500;
    CHECK_FALSE(must_keep(past, 500));
    CHECK_FALSE(must_keep(past, 600));
    CHECK(must_keep(past, 400));
    CHECK_FALSE(must_keep({}, 400));
}

TEST_CASE("an older copy of our history is refused until it has been written to", "[replication]") {
    CHECK(refusal(back_with(800, 800, 800), confirmed(1000)) == Refusal::until_written);
    CHECK(is_refused(back_with(800, 800, 828), saved(1000)));   // It has said PING twice.
    CHECK(is_refused(back_with(800, 800, 1200), saved(1000)));  // For long.
    CHECK_FALSE(is_refused(back_with(800, {}, 830), confirmed(1000)));
    CHECK_FALSE(is_refused(back_with(800, {}, 1200), saved(1000)));
}

TEST_CASE("who has all of ours is followed, whatever it has found", "[replication]") {
    CHECK_FALSE(is_refused(back_with(1000, 1000, 1000), confirmed(1000)));
    CHECK_FALSE(is_refused(back_with(1200, 1200, 1200), saved(1000)));
    // It found 800 bytes, and what follows in our history are signs of life of its own.
    const History alive{
        .id = id_of('b'), .formers = {{id_of('e'), 800}}, .end = 1100, .saved = 800};
    CHECK_FALSE(is_refused(alive, confirmed(1000)));
    CHECK_FALSE(is_refused(alive, saved(1000)));
}

TEST_CASE("a primary with nothing empties nobody who has data of its shard", "[replication]") {
    CHECK(refusal(stranger(0, 0), confirmed(1000)) == Refusal::for_good);
    CHECK(refusal(stranger(0, 0), saved(1000)) == Refusal::until_written);
    CHECK(is_refused(stranger(0, 14), saved(1000)));
    CHECK_FALSE(is_refused(stranger(0, 0), saved(1000, !of_shard)));
    CHECK_FALSE(is_refused(stranger(0, 0), confirmed(1000, !of_shard)));
}

TEST_CASE("another history is refused when it is shorter than what was confirmed",
          "[replication]") {
    CHECK(refusal(stranger({}, 900), confirmed(1000)) == Refusal::for_good);
    CHECK_FALSE(is_refused(stranger({}, 1000), confirmed(1000)));
    CHECK_FALSE(is_refused(stranger({}, 900), confirmed(900)));
    CHECK_FALSE(is_refused(stranger({}, 0), saved(1000)));     // It may have been written to.
    CHECK_FALSE(is_refused(stranger(300, 300), saved(1000)));  // It may be newer than our disk.
}

TEST_CASE("an operator's order and a primary that says nothing are obeyed", "[replication]") {
    Past past = confirmed(1000);
    CHECK_FALSE(is_refused({.id = id_of('d')}, past));
    past.ordered = true;
    CHECK_FALSE(is_refused(stranger(0, 0), past));
    CHECK_FALSE(is_refused(back_with(800, 800, 800), past));
}
