#include "node/journal/gate.h"

#include <array>
#include <catch2/catch.hpp>

using namespace grapevine::node::journal;

namespace {

struct Answer {
    int calls = 0;
    std::optional<unsigned> replicas;
};

Gate::Wish wish(Offset offset, unsigned replicas, std::optional<Milliseconds> deadline,
                Answer& answer) {
    return {offset, replicas, deadline, [&answer](std::optional<unsigned> reached) {
                ++answer.calls;
                answer.replicas = reached;
            }};
}

}  // namespace

TEST_CASE("an answer waits until enough replicas have the offset", "[journal]") {
    Gate gate;
    Answer answer;
    gate.hold(wish(100, 2, {}, answer));

    gate.confirmed(std::array<Offset, 2>{100, 99});
    CHECK(answer.calls == 0);
    gate.confirmed(std::array<Offset, 2>{100, 100});

    CHECK(answer.calls == 1);
    CHECK(answer.replicas == 2);
    CHECK(gate.empty());
}

TEST_CASE("an answer that replicas already confirmed is not held", "[journal]") {
    Gate gate;
    Answer answer;
    gate.confirmed(std::array<Offset, 3>{500, 400, 10});

    gate.hold(wish(100, 1, {}, answer));

    CHECK(answer.replicas == 2);
    CHECK(gate.empty());
}

TEST_CASE("after its deadline an answer says how many replicas were reached", "[journal]") {
    Gate gate;
    Answer patient;
    Answer hasty;
    gate.hold(wish(100, 2, 2000, patient));
    gate.hold(wish(100, 2, 1000, hasty));
    gate.confirmed(std::array<Offset, 1>{100});
    CHECK(gate.next_deadline() == 1000);

    gate.tick(1000);

    CHECK(hasty.calls == 1);
    CHECK(hasty.replicas == 1);
    CHECK(patient.calls == 0);
    CHECK(gate.next_deadline() == 2000);
}

TEST_CASE("an offset of a history that has ended is confirmed by nobody", "[journal]") {
    Gate gate;
    Answer answer;
    gate.hold(wish(100, 1, {}, answer));

    gate.give_up();
    gate.confirmed(std::array<Offset, 1>{200});

    CHECK(answer.calls == 1);
    CHECK_FALSE(answer.replicas);
    CHECK(gate.empty());
}

TEST_CASE("who waits for all replicas waits for none that is gone", "[journal]") {
    Gate gate;
    Answer answer;
    gate.confirmed(std::array<Offset, 2>{100, 99});
    gate.hold(wish(100, Gate::all_replicas, {}, answer));
    CHECK(answer.calls == 0);

    gate.confirmed(std::array<Offset, 1>{100});
    CHECK(answer.calls == 1);

    gate.confirmed({});
    gate.hold(wish(100, Gate::all_replicas, {}, answer));
    CHECK(answer.calls == 2);
}
