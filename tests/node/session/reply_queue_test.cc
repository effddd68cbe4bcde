#include "node/session/reply_queue.h"

#include <algorithm>
#include <catch2/catch.hpp>

using grapevine::node::session::no_write;
using grapevine::node::session::ReplyQueue;

TEST_CASE("replies leave in the order of their requests", "[session]") {
    ReplyQueue queue;
    const auto first = queue.expect();
    queue.append("second");
    const auto third = queue.expect();
    std::string ready;

    queue.fill(third, "third", ready);
    CHECK(ready.empty());
    CHECK(queue.bytes() == 11);

    queue.fill(first, "first", ready);
    CHECK(ready == "firstsecondthird");
    CHECK_FALSE(queue.waiting());
    CHECK(queue.bytes() == 0);
    CHECK(queue.missing() == 0);
}

TEST_CASE("what is ready in front leaves before the rest is there", "[session]") {
    ReplyQueue queue;
    const auto first = queue.expect();
    queue.append("b");
    queue.expect();
    queue.append("d");
    std::string ready;

    queue.fill(first, "a", ready);

    CHECK(ready == "ab");
    CHECK(queue.waiting());
    CHECK(queue.missing() == 1);
}

TEST_CASE("a reply that nobody wants only makes room", "[session]") {
    ReplyQueue queue;
    const auto unwanted = queue.expect(false);
    queue.append("next");
    std::string ready;

    queue.fill(unwanted, "secret", ready);

    CHECK(ready == "next");
}

TEST_CASE("places stay valid after the queue has run empty", "[session]") {
    ReplyQueue queue;
    std::string ready;
    for (int round = 0; round < 3; ++round) {
        const auto place = queue.expect();
        queue.fill(place, "x", ready);
    }
    CHECK(ready == "xxx");
}

TEST_CASE("what leaves together confirms the oldest write among it", "[session]") {
    ReplyQueue queue;
    const auto first = queue.expect();
    queue.append("b", 5);
    queue.append("c");
    const auto third = queue.expect();
    const auto unwanted = queue.expect(false);
    std::string ready;

    CHECK(queue.fill(third, "d", ready, 4) == no_write);
    CHECK(queue.fill(first, "a", ready) == 4);
    CHECK(queue.fill(unwanted, "e", ready, 3) == no_write);
    CHECK(ready == "abcd");
}

TEST_CASE("a queue that never runs empty stays small", "[session]") {
    ReplyQueue queue;
    std::string ready;
    auto missing = queue.expect();
    std::size_t most = 0;
    for (int round = 0; round < 1'000; ++round) {
        const auto next = queue.expect();
        queue.append(",");
        queue.fill(missing, std::to_string(round), ready);
        CHECK(ready == std::to_string(round) + (round == 0 ? "" : ","));
        ready.clear();
        missing = next;
        most = std::max(most, queue.pieces());
    }
    CHECK(most < 10);
}
