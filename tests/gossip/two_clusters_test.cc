// Two clusters on one network become one only when an operator says so.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

constexpr Duration node_timeout{2'000};

Settings settings() {
    Settings settings;
    settings.timing.node_timeout = node_timeout;
    return settings;
}

Meet address_of(Village& village, std::size_t node) {
    return {village.house(node).host(), static_cast<std::uint16_t>(7000 + node),
            static_cast<std::uint16_t>(17000 + node)};
}

bool know_each_other(Village& village, const std::vector<std::size_t>& nodes) {
    return std::all_of(nodes.begin(), nodes.end(), [&](std::size_t node) {
        return village.status(node).members.size() == nodes.size();
    });
}

// Nodes 0, 1, 2, and nodes 3, 4 of which 3 claims all slots with an epoch that would win.
void found_both(Village& village) {
    village.found(3, 0, settings());
    village.add(settings());
    village.add(settings());
    village.run(Duration{10});
    REQUIRE(village.obey(3, SetConfigEpoch{100}));
    REQUIRE(village.obey(3, AddSlots{SlotSet::all()}));
    REQUIRE(village.obey(3, address_of(village, 4)));
    REQUIRE(village.run_until([&] { return know_each_other(village, {3, 4}); }, node_timeout));
    village.run(Duration{5'000});
}

}  // namespace

TEST_CASE("a node that moves to another cluster does not bring its old one along", "[gossip]") {
    Village village(81);
    found_both(village);

    REQUIRE(village.obey(2, Reset{}));
    REQUIRE(village.obey(3, address_of(village, 2)));
    REQUIRE(village.run_until([&] { return know_each_other(village, {2, 3, 4}); }, node_timeout));
    village.run(Duration{20'000});

    for (const std::size_t left : {0, 1}) {
        CHECK(village.status(left).members.size() == 3);
        CHECK(village.owner(left, 0) == 0u);
        CHECK(village.sees(left, 2, flag_failed));
        CHECK(village.count(left, Event::Kind::message_refused) == 1);
    }
    CHECK(know_each_other(village, {2, 3, 4}));
}

TEST_CASE("a node that left stays away when the others restart", "[gossip]") {
    Village village(82);
    found_both(village);
    REQUIRE(village.obey(2, Reset{}));
    REQUIRE(village.obey(3, address_of(village, 2)));
    REQUIRE(village.run_until([&] { return know_each_other(village, {2, 3, 4}); }, node_timeout));

    village.kill(0);
    village.restart(0);
    village.run(Duration{20'000});

    CHECK(village.status(0).members.size() == 3);
    CHECK(village.owner(0, 0) == 0u);
}

TEST_CASE("a node that was reset by mistake comes back when it is met again", "[gossip]") {
    for (const std::size_t caller : {0, 2}) {
        Village village(83 + caller);
        village.found(3, 0, settings());
        REQUIRE(village.obey(2, Reset{}));
        village.run(Duration{500});

        REQUIRE(village.obey(caller, address_of(village, 2 - caller)));

        CHECK(village.run_until([&] { return know_each_other(village, {0, 1, 2}); },
                                Duration{5'000}));
        village.run(Duration{10'000});
        CHECK_FALSE(village.sees(0, 2, flag_failed));
        CHECK(village.member(0, 2).pong_received);
    }
}

TEST_CASE("an operator's MEET makes one cluster of two", "[gossip]") {
    Village village(86);
    found_both(village);

    REQUIRE(village.obey(0, address_of(village, 4)));

    CHECK(village.run_until([&] { return know_each_other(village, {0, 1, 2, 3, 4}); },
                            Duration{5'000}));
}

TEST_CASE("a MEET that is given again has all its time again", "[gossip]") {
    Village village(87);
    village.found(2, 0, settings());
    const std::size_t newcomer = village.add(settings());
    village.house(newcomer).accepts = false;
    REQUIRE(village.obey(0, address_of(village, newcomer)));
    village.run(node_timeout - Duration{200});

    REQUIRE(village.obey(0, address_of(village, newcomer)));
    village.run(Duration{400});
    village.house(newcomer).accepts = true;

    CHECK(village.run_until([&] { return know_each_other(village, {0, 1, newcomer}); },
                            Duration{3'000}));
}
