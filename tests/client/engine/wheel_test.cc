#include "client/engine/wheel.h"

#include <catch2/catch.hpp>

using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

struct Dummy final : Operation {
    Dummy() : Operation(Request("PING", 0)) {}
    void succeeded(const Reply&) override {}
    void failed(Error&&) override {}
};

constexpr Instant start{1h};

std::vector<Operation*> turn(Wheel& wheel, Instant now) {
    std::vector<Operation*> visited;
    wheel.turn(now, [&](Operation& operation) { visited.push_back(&operation); });
    return visited;
}

}  // namespace

TEST_CASE("an operation comes up within a tick after its time, and not before", "[engine]") {
    Wheel wheel;
    turn(wheel, start);
    Dummy dummy;
    for (Duration wait = 0ms; wait < 500ms; wait += 7ms) {
        const Instant due = start + 10s + wait;
        turn(wheel, due - 300ms);
        wheel.add(dummy, due);
        CHECK(turn(wheel, due - 1ms).empty());
        CHECK(wheel.next() <= due + Wheel::tick);
        CHECK(turn(wheel, due + Wheel::tick) == std::vector<Operation*>{&dummy});
        CHECK_FALSE(dummy.TimeHook::linked());
    }
    CHECK(wheel.next() == Instant::max());
}

TEST_CASE("what is due in the past comes up at the next tick", "[engine]") {
    Wheel wheel;
    turn(wheel, start);
    Dummy dummy;
    wheel.add(dummy, start - 1h);
    CHECK(turn(wheel, start + Wheel::tick).size() == 1);
}

TEST_CASE("nobody is forgotten when the wheel stood still for long", "[engine]") {
    Wheel wheel;
    turn(wheel, start);
    std::vector<std::unique_ptr<Dummy>> many;
    for (int i = 0; i < 1000; ++i) {
        many.push_back(std::make_unique<Dummy>());
        wheel.add(*many.back(), start + i * 3ms);
    }
    CHECK(turn(wheel, start + 1h).size() == 1000);
}

TEST_CASE("who leaves the wheel does not come up", "[engine]") {
    Wheel wheel;
    turn(wheel, start);
    Dummy stays;
    Dummy leaves;
    wheel.add(stays, start + 8ms);
    wheel.add(leaves, start + 8ms);
    leaves.TimeHook::unlink();
    CHECK(turn(wheel, start + 1s) == std::vector<Operation*>{&stays});
    std::size_t drained = 0;
    wheel.add(stays, start + 2s);
    wheel.add(leaves, start + 20min);
    wheel.drain([&](Operation&) { ++drained; });
    CHECK(drained == 2);
}

TEST_CASE("a queue keeps the order, and lets anybody leave", "[engine]") {
    Queue<QueueHook> queue;
    Dummy a, b, c;
    for (Dummy* each : {&a, &b, &c}) queue.push(*each);
    b.QueueHook::unlink();
    Queue<QueueHook> other;
    other.take(queue);
    CHECK(queue.empty());
    CHECK(&other.front() == &a);
    CHECK(&other.pop() == &a);
    CHECK(&other.pop() == &c);
    CHECK(other.empty());
    other.take(queue);
    CHECK(other.empty());
}
