#include "client/cache/guards.h"

#include <catch2/catch.hpp>
#include <memory>

namespace grapevine::client::cache {
namespace {

TEST_CASE("a slot begins a new epoch when its guard is another, lost or replaced", "[cache]") {
    const auto guards = std::make_unique<Guards>();
    guards->vouches(7, 1);
    guards->vouches(8, 1);
    CHECK(guards->epoch(7) == 0);  // There was nothing to be dropped.

    guards->vouches(7, 2);
    CHECK(guards->epoch(7) == 1);
    guards->drop(2);
    CHECK(guards->epoch(7) == 2);
    guards->vouches(7, 1);
    guards->compare([](std::uint16_t slot) { return slot == 7 ? 3 : 1; });
    CHECK(guards->epoch(7) == 3);

    CHECK(guards->epoch(8) == 0);
    CHECK(guards->guard_of(8) == 1);
    CHECK(guards->guard_of(7) == Guards::nobody);
}

TEST_CASE("it is known which nodes vouch for anything", "[cache]") {
    const auto guards = std::make_unique<Guards>();
    CHECK_FALSE(guards->any());
    guards->vouches(7, 1);
    guards->vouches(8, 4);

    guards->drop_slot(7);
    guards->drop(3);

    CHECK_FALSE(guards->guards(1));
    CHECK(guards->guards(4));
    guards->drop_all();
    CHECK_FALSE(guards->any());
    CHECK(guards->epoch(8) == 1);
}

}  // namespace
}  // namespace grapevine::client::cache
