// Who knows the same of all others whispers about nobody.
#include "gossip/view.h"

#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

// Rumours in heartbeats, while the village runs.
std::size_t rumours_within(Village& village, Duration during) {
    std::size_t count = 0;
    village.on_send = [&](std::size_t, const Message& message) {
        const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
        if (heartbeat != nullptr) count += heartbeat->rumours.size();
    };
    village.run(during);
    village.on_send = {};
    return count;
}

const Core& core_of(Village& village, std::size_t number) {
    return village.node(number).inside();
}

bool agree(Village& village, std::size_t a, std::size_t b) {
    const Member* known = core_of(village, a).members.find(village.id(b));
    return known != nullptr && sees_the_same(core_of(village, a), *known);
}

}  // namespace

TEST_CASE("nodes that know the same of all others mention none", "[gossip][view]") {
    Village village(1);
    village.found(3, 1);
    village.run(Duration{10'000});

    CHECK(agree(village, 0, 1));
    CHECK(agree(village, 5, 2));
    CHECK(rumours_within(village, Duration{20'000}) == 0);
}

TEST_CASE("a new node, an accusation and a failure end the agreement until all know",
          "[gossip][view]") {
    Village village(2);
    village.found(3, 1);
    village.run(Duration{10'000});

    SECTION("a node that was killed") {
        village.kill(5);
        const auto all_know = [&] {
            return village.sees(0, 5, flag_failed) && agree(village, 0, 1);
        };
        CHECK(village.run_until(all_know, Duration{5'000}));
        village.run(Duration{15'000});
        CHECK(agree(village, 1, 3));
        CHECK(rumours_within(village, Duration{20'000}) == 0);
    }
    SECTION("a node that nobody but one has met") {
        village.add();
        REQUIRE(village.obey(4, Meet{village.house(6).host(), 7006, 17006}));
        const auto all_know = [&] {
            for (std::size_t i = 0; i < 6; ++i) {
                if (core_of(village, i).members.size() != 7) return false;
            }
            return true;
        };
        CHECK(village.run_until(all_know, Duration{10'000}));
        village.run(Duration{10'000});
        CHECK(agree(village, 6, 0));
        CHECK(rumours_within(village, Duration{20'000}) == 0);
    }
}

TEST_CASE("an accusation is withdrawn without being mentioned again", "[gossip][view]") {
    Village village(3);
    village.found(3, 1);
    village.run(Duration{10'000});

    village.cut_pair(0, 5);
    REQUIRE(
        village.run_until([&] { return village.sees(0, 5, flag_suspected); }, Duration{40'000}));
    const auto reported = [&](std::size_t by) {
        return core_of(village, by).members.find(village.id(5))->reports.contains(village.id(0));
    };
    REQUIRE(village.run_until([&] { return reported(1) && reported(2); }, Duration{10'000}));
    village.heal();

    CHECK(village.run_until([&] { return !reported(1) && !reported(2); }, Duration{20'000}));
}
