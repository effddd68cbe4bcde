// Slots that are on their way to another shard when something happens to one of the two.
#include <catch2/catch.hpp>

#include "gossip/core.h"
#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Change = SetSlot::Change;

namespace {

SlotSet slots_of(Village& village, std::size_t number) {
    const Core& core = village.node(number).inside();
    return core.members.slots_of(core.self());
}

}  // namespace

TEST_CASE("a slot can be taken whose source was replaced meanwhile", "[gossip]") {
    Village village(93);
    village.found(3, 1);
    REQUIRE(village.obey(1, SetSlot{Change::importing, {5}, village.id(0)}));
    REQUIRE(village.obey(0, SetSlot{Change::migrating, {5}, village.id(1)}));
    village.kill(0);
    REQUIRE(village.run_until([&] { return village.accepts(3); }, Duration{20'000}));
    REQUIRE(village.run_until([&] { return village.owner(1, 5) == 3u; }, Duration{20'000}));

    REQUIRE(village.obey(1, SetSlot{Change::node, {5}, village.id(1)}));
    village.run(Duration{5'000});

    for (std::size_t number : {1, 2, 3}) CHECK(village.owner(number, 5) == 1u);
    CHECK(village.count<SlotsLost>(1) == 0);
}

TEST_CASE("a slot that another shard takes meanwhile is still being imported", "[gossip]") {
    Village village(94);
    village.found(3, 1);
    REQUIRE(village.obey(1, SetSlot{Change::importing, {5}, village.id(0)}));
    REQUIRE(village.obey(2, SetSlot{Change::importing, {5}, village.id(0)}));
    REQUIRE(village.obey(2, SetSlot{Change::node, {5}, village.id(2)}));
    REQUIRE(village.run_until([&] { return village.owner(1, 5) == 2u; }, Duration{20'000}));

    const auto& importing = village.node(1).inside().importing_from;
    REQUIRE(importing.contains(slots::Slot{5}));  // Until an order says what is to become of it.
    CHECK(importing.at(slots::Slot{5}) == village.id(0));
}

namespace {

// Node 0 has given the slots to node 1, in the epoch that 1 had by the first of them already. Its
// replica 5 has heard of the first only.
void give_two(Village& village) {
    village.found(5, 1);
    REQUIRE(village.obey(1, SetSlot{Change::importing, {5}, village.id(0)}));
    REQUIRE(village.obey(1, SetSlot{Change::node, {5}, village.id(1)}));
    for (std::size_t number : {0, 5}) {
        REQUIRE(
            village.run_until([&] { return village.owner(number, 5) == 1u; }, Duration{20'000}));
    }
    for (std::size_t other : {1, 6}) village.cut_pair(5, other);
}

}  // namespace

TEST_CASE("a slot that leaves unheard does not keep a shard without a primary", "[gossip]") {
    Village village(95);
    give_two(village);
    village.cut_pair(5, 0);
    REQUIRE(village.obey(1, SetSlot{Change::importing, {6}, village.id(0)}));
    REQUIRE(village.obey(1, SetSlot{Change::node, {6}, village.id(1)}));
    village.run(Duration{2'000});
    REQUIRE(village.owner(2, 6) == 1u);
    village.kill(0);

    CHECK(village.run_until([&] { return village.accepts(5); }, Duration{20'000}));
    CHECK(village.owner(5, 6) == 1u);
}

TEST_CASE("what a primary has given away its replica does not take back", "[gossip]") {
    Village village(96);
    give_two(village);
    for (std::size_t other = 1; other < village.size(); ++other) {
        if (other != 5) village.cut_pair(5, other);  // It hears its primary only.
    }
    REQUIRE(village.obey(1, SetSlot{Change::importing, {6}, village.id(0)}));
    REQUIRE(village.obey(1, SetSlot{Change::node, {6}, village.id(1)}));
    REQUIRE(village.obey(0, SetSlot{Change::node, {6}, village.id(1)}));
    village.run(Duration{2'000});
    REQUIRE(village.owner(5, 6) == 0u);
    REQUIRE(village.node(5).inside().members.unclaimed().contains(slots::Slot{6}));

    REQUIRE(village.obey(5, Failover{Failover::Mode::takeover}));
    village.heal();
    village.run(Duration{5'000});

    for (std::size_t number : {0, 1, 2, 5}) CHECK(village.owner(number, 6) == 1u);
    CHECK(village.count<SlotsLost>(1) == 0);
    CHECK(village.owner(1, 7) == 5u);
}

namespace {

// Node 1 has one slot, which a newcomer, whose number is returned, imports.
std::size_t found_with_newcomer(Village& village) {
    Settings settings;
    settings.require_full_coverage = false;
    village.found(3, 1, settings);
    const auto newcomer = village.add(settings);
    REQUIRE(village.obey(newcomer, Meet{village.house(0).host(), 7'000, 17'000}));
    REQUIRE(village.run_until([&] { return village.status(newcomer).members.size() == 7; },
                              Duration{60'000}));
    REQUIRE(
        village.run_until([&] { return village.owner(newcomer, 7'000) == 1u; }, Duration{60'000}));
    SlotSet others = slots_of(village, 1);
    others.erase(slots::Slot{7'000});
    for (std::size_t i = 0; i < village.size(); ++i) REQUIRE(village.obey(i, DelSlots{others}));
    REQUIRE(village.obey(newcomer, SetSlot{Change::importing, {7'000}, village.id(1)}));
    village.run(Duration{30'000});
    return newcomer;
}

}  // namespace

TEST_CASE("who is given a voter's last slot does not vote beside it", "[gossip]") {
    Village village(99);
    const std::size_t newcomer = found_with_newcomer(village);

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    village.cut({0, 1});
    REQUIRE(village.obey(newcomer, SetSlot{Change::node, {7'000}, village.id(newcomer)}));
    village.run(Duration{60'000});
    CHECK_FALSE(both);

    village.heal();
    CHECK(village.run_until([&] { return village.node(newcomer).inside().seated; },
                            Duration{30'000}));
    CHECK(village.run_until([&] { return village.accepts(newcomer, 7'000); }, Duration{30'000}));
}

TEST_CASE("who gets the last slot of a voter in peace is one at once", "[gossip]") {
    Village village(100);
    const std::size_t newcomer = found_with_newcomer(village);
    village.kill(0);
    village.kill(3);
    village.run(Duration{5'000});

    REQUIRE(village.obey(newcomer, SetSlot{Change::node, {7'000}, village.id(newcomer)}));

    CHECK(village.run_until([&] { return village.accepts(newcomer, 7'000); }, Duration{10'000}));
    CHECK(village.accepts(2, 16'000));
}

TEST_CASE("slots that their owner has given up can be had by others", "[gossip]") {
    Village village(101);
    village.found(2, 0);
    const SlotSet given_up = slots_of(village, 1);
    REQUIRE(village.obey(1, FlushSlots{}));
    const auto& members = village.node(0).inside().members;
    REQUIRE(village.run_until([&] { return members.unclaimed() == given_up; }, Duration{5'000}));
    REQUIRE(village.obey(1, Replicate{village.id(0), false}));
    const auto is_free = [&] { return !village.owner(0, 16'000); };
    REQUIRE(village.run_until(is_free, Duration{5'000}));

    REQUIRE(village.obey(0, AddSlots{given_up}));

    CHECK(village.run_until([&] { return village.accepts(0, 16'000); }, Duration{5'000}));
    CHECK(village.run_until([&] { return village.owner(1, 16'000) == 0u; }, Duration{5'000}));
}

TEST_CASE("a primary without slots of its own is waited for by nobody", "[gossip]") {
    Village village(102);
    Settings settings;
    settings.require_full_coverage = false;
    village.found(2, 0, settings);
    REQUIRE(village.obey(1, FlushSlots{}));
    village.run(Duration{30'000});

    CHECK(village.accepts(0));
}

TEST_CASE("what a dead primary had given up is nobody's", "[gossip]") {
    Village village(103);
    Settings settings;
    settings.require_full_coverage = false;
    village.found(3, 1, settings);
    SlotSet one;
    one.insert(slots::Slot{5});
    REQUIRE(village.obey(0, DelSlots{one}));
    village.run(Duration{5'000});
    village.kill(0);
    REQUIRE(village.run_until([&] { return village.accepts(3); }, Duration{20'000}));
    village.run(Duration{20'000});

    for (std::size_t number : {1, 2, 3}) {
        CHECK_FALSE(village.owner(number, 5));
        CHECK(village.status(number).size == 3);
    }
    REQUIRE(village.obey(3, AddSlots{one}));
    CHECK(village.run_until([&] { return village.accepts(3, 5); }, Duration{5'000}));
}

namespace {

// Node 0 has come back without a slot that it had got, and with less data than its replica 3.
void restore_older_state(Village& village) {
    village.found(3, 1);
    const std::string old = village.house(0).disk;
    village.set_offset(0, 1'000);
    village.set_offset(3, 1'000);
    village.run(Duration{2'000});
    REQUIRE(village.obey(0, SetSlot{Change::importing, {16'000}, village.id(2)}));
    REQUIRE(village.obey(0, SetSlot{Change::node, {16'000}, village.id(0)}));
    REQUIRE(village.run_until([&] { return village.owner(3, 16'000) == 0u; }, Duration{20'000}));
    village.kill(0);
    village.house(0).disk = old;
    village.house(0).offset = 500;
    village.restart(0);
}

}  // namespace

TEST_CASE("who is back in an older state has not given up what it had got since", "[gossip]") {
    Village village(104);
    restore_older_state(village);

    CHECK(village.run_until([&] { return village.accepts(3); }, Duration{60'000}));
    CHECK(village.run_until([&] { return village.accepts(3, 16'000); }, Duration{20'000}));
}

TEST_CASE("nor when it dies again before it is replaced", "[gossip]") {
    Village village(105);
    restore_older_state(village);
    for (std::size_t other : {1, 2, 4, 5}) village.cut_pair(3, other);  // It is voted for later.
    const auto& members = village.node(3).inside().members;
    const auto hears = [&] { return members.unclaimed().contains(slots::Slot{16'000}); };
    REQUIRE(village.run_until(hears, Duration{5'000}));
    village.run(Duration{30'000});  // And so do the voters.
    village.kill(0);
    village.run(Duration{3'000});
    village.heal();

    CHECK(village.run_until([&] { return village.accepts(3); }, Duration{60'000}));
    CHECK(village.run_until([&] { return village.accepts(3, 16'000); }, Duration{20'000}));
}

TEST_CASE("a sibling follows whoever has all that its primary had not given up", "[gossip]") {
    Village village(106);
    Settings settings;
    settings.require_full_coverage = false;
    settings.allow_replica_migration = false;
    village.found(3, 2, settings);  // 3 and 6 follow 0.
    settings.replica_no_failover = true;
    village.configure(3, settings);
    SlotSet one;
    one.insert(slots::Slot{5'460});  // Its last.
    REQUIRE(village.obey(0, DelSlots{one}));
    village.run(Duration{5'000});
    village.kill(6);
    village.kill(0);
    village.restart(6);  // Which does not know of that any more.

    REQUIRE(village.run_until([&] { return village.accepts(6); }, Duration{60'000}));
    CHECK(village.run_until([&] { return village.member(3, 3).primary == village.id(6); },
                            Duration{20'000}));
}
