// Two clusters on one network become one only when an operator says so.
#include <catch2/catch.hpp>

#include "gossip/core.h"
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

TEST_CASE("a MEET does not make one cluster of two", "[gossip]") {
    for (const auto& [caller, called] : {std::pair<std::size_t, std::size_t>{0, 4}, {3, 1}}) {
        Village village(86);
        found_both(village);

        REQUIRE(village.obey(caller, address_of(village, called)));
        village.run(Duration{20'000});

        CHECK(know_each_other(village, {0, 1, 2}));
        CHECK(know_each_other(village, {3, 4}));
        CHECK(village.count(caller, Event::Kind::message_refused) > 0);
        CHECK(village.owner(0, 0) == 0u);
    }
}

TEST_CASE("neither does a node that two clusters know", "[gossip]") {
    Village village(92);
    found_both(village);
    // Its old cluster forgets it; it has not forgotten its old cluster, and is met by another.
    for (const std::size_t left : {0, 1}) REQUIRE(village.obey(left, Forget{village.id(2)}));

    REQUIRE(village.obey(3, address_of(village, 2)));
    village.run(Duration{20'000});

    CHECK(know_each_other(village, {0, 1}));
    CHECK(know_each_other(village, {3, 4}));
}

TEST_CASE("clusters that are still forming become one in whatever order they meet", "[gossip]") {
    for (std::uint64_t seed = 100; seed < 130; ++seed) {
        INFO("seed " << seed);
        Village village(seed);
        Random random(seed);
        village.set_delay(Duration{1}, Duration{60});
        for (std::size_t node = 0; node < 6; ++node) village.add(settings());
        village.run(Duration{10});
        for (std::size_t node = 0; node < 6; ++node) {
            const auto first = static_cast<std::uint16_t>(slots::slot_count * node / 6);
            const auto end = static_cast<std::uint16_t>(slots::slot_count * (node + 1) / 6);
            SlotSet share;
            for (std::uint16_t slot = first; slot < end; ++slot) share.insert(slots::Slot{slot});
            REQUIRE(village.obey(node, AddSlots{share}));
        }
        // A chain, in pieces and at any time.
        std::vector<std::size_t> links{0, 1, 2, 3, 4};
        while (!links.empty()) {
            const std::size_t chosen = random.below(links.size());
            REQUIRE(village.obey(links[chosen], address_of(village, links[chosen] + 1)));
            links.erase(links.begin() + static_cast<std::ptrdiff_t>(chosen));
            village.run(Duration{static_cast<int>(random.below(1'500))});
        }

        CHECK(village.run_until([&] { return know_each_other(village, {0, 1, 2, 3, 4, 5}); },
                                Duration{10'000}));
        village.run(Duration{5'000});
        const Kin kin = village.node(0).inside().kin;
        CHECK(kin.settled);
        for (std::size_t node = 1; node < 6; ++node) CHECK(village.node(node).inside().kin == kin);
    }
}

TEST_CASE("a node that was reset joins another cluster", "[gossip]") {
    Village village(93);
    found_both(village);
    REQUIRE(village.obey(2, Reset{}));

    REQUIRE(village.obey(3, address_of(village, 2)));

    CHECK(village.run_until([&] { return know_each_other(village, {2, 3, 4}); }, Duration{5'000}));
    village.run(Duration{1'000});
    CHECK(village.node(2).inside().kin == village.node(3).inside().kin);
}

TEST_CASE("which cluster a node is of survives its restart", "[gossip]") {
    Village village(94);
    found_both(village);
    const Kin kin = village.node(0).inside().kin;
    REQUIRE(kin.settled);

    village.kill(0);
    village.restart(0);

    CHECK(village.node(0).inside().kin == kin);
    CHECK_FALSE(village.node(3).inside().kin == kin);
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
