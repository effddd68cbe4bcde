// A primary that was replaced takes a later epoch by itself, and with that the place of whoever was
// elected.
#include <catch2/catch.hpp>

#include "gossip/core.h"
#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

// Node 3 was elected in the place of 0, which has taken its very epoch.
void elect_rival(Village& village, Settings settings = {}) {
    settings.require_full_coverage = false;
    village.found(3, 1, settings);
    village.cut({0});
    REQUIRE(village.run_until([&] { return village.accepts(3); }, Duration{60'000}));
    REQUIRE(village.obey(0, BumpEpoch{}));
    village.run(2 * Timing{}.redis_vote_spacing());  // Its voters forget the vote.
}

// 0 has met node 1 only, of the others, and takes a later epoch.
void usurp(Village& village) {
    village.heal();
    village.cut({0, 1});
    REQUIRE(village.obey(1, BumpEpoch{}));
    village.run(Duration{20'000});
    REQUIRE(village.obey(0, BumpEpoch{})->starts_with("BUMPED"));
}

// 3 was given a slot more.
void usurp_all_but_one_slot(Village& village) {
    elect_rival(village);
    REQUIRE(village.obey(3, SetSlot{SetSlot::Change::node, {16'383}, village.id(3)}));
    const auto is_known = [&] { return village.owner(1, 16'383) == 3u; };
    REQUIRE(village.run_until(is_known, Duration{5'000}));
    usurp(village);
}

}  // namespace

TEST_CASE("a voter that starts again knows whom a usurper has displaced", "[gossip]") {
    Village village(80);
    elect_rival(village);
    usurp(village);

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 0u; }, Duration{5'000}));
    village.run(Duration{1'000});
    village.kill(1);
    village.run(Duration{100});
    village.restart(1);
    village.run(Duration{30'000});

    CHECK_FALSE(both);
    CHECK_FALSE(village.accepts(0));
}

TEST_CASE("a usurper that takes all but one slot has no seat beyond a cut either", "[gossip]") {
    Village village(85);
    usurp_all_but_one_slot(village);

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    village.run(Duration{30'000});

    CHECK_FALSE(both);
}

TEST_CASE("who is usurped of all but one slot keeps what it has", "[gossip]") {
    Village village(86);
    usurp_all_but_one_slot(village);
    village.run(Duration{1'000});
    village.heal();

    CHECK(village.run_until([&] { return village.member(0, 0).primary == village.id(3); },
                            Duration{20'000}));
    CHECK(village.run_until([&] { return village.accepts(3); }, Duration{20'000}));
    CHECK(village.count<SlotsLost>(3) == 0);
}

TEST_CASE("who takes back what it was usurped of waits until its disk has that", "[gossip]") {
    Village village(89);
    usurp_all_but_one_slot(village);
    village.house(3).disk_works = false;

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    village.heal();
    village.run(Duration{60'000});
    village.mend_disk(3);

    CHECK(village.run_until([&] { return village.accepts(3); }, Duration{30'000}));
    village.run(Duration{1'000});
    CHECK(village.member(0, 0).primary == village.id(3));
    CHECK_FALSE(both);
}

TEST_CASE("a usurper whose victim has given way has a seat of its own again", "[gossip]") {
    Village village(92);
    Settings settings;
    settings.allow_replica_migration = false;  // The victim stays a primary, of nothing.
    elect_rival(village, settings);
    village.heal();
    village.cut({3});
    REQUIRE(village.obey(1, BumpEpoch{}));
    REQUIRE(village.run_until(
        [&] { return village.status(0).current_epoch == village.status(1).current_epoch; },
        Duration{20'000}));
    REQUIRE(village.obey(0, BumpEpoch{})->starts_with("BUMPED"));
    // Who loses all to one that has this alone would follow it.
    REQUIRE(village.obey(0, SetSlot{SetSlot::Change::node, {6'000}, village.id(0)}));
    village.run(Duration{1'000});
    for (std::size_t voter : {1, 2}) REQUIRE(village.owner(voter, 0) == 0u);
    village.heal();
    const auto gave_way = [&] { return village.owner(3, 0) == 0u && village.accepts(0); };
    REQUIRE(village.run_until(gave_way, Duration{60'000}));
    REQUIRE_FALSE(village.sees(0, 3, flag_replica));

    village.kill(1);
    const auto accepts = [&](std::size_t number, std::uint16_t slot) {
        return village.run_until([&] { return village.accepts(number, slot); }, Duration{60'000});
    };
    REQUIRE(accepts(4, 7'000));
    village.run(Duration{2'000});
    CHECK(village.node(4).inside().seated);  // Both that are left know its claim.

    village.kill(2);
    CHECK(accepts(5, 16'000));  // Only with the vote of node 4, which needs a seat.
}

TEST_CASE("a victim that has given way does not promise beside its usurper", "[gossip]") {
    Village village(97);
    Settings settings;
    settings.allow_replica_migration = false;  // It stays a primary, of nothing.
    elect_rival(village, settings);
    village.heal();
    village.cut({3});
    village.cut_pair(0, 1);
    REQUIRE(village.obey(2, BumpEpoch{}));
    const auto epoch = [&](std::size_t number) { return village.status(number).current_epoch; };
    REQUIRE(village.run_until([&] { return epoch(0) == epoch(2); }, Duration{20'000}));
    REQUIRE(village.obey(0, BumpEpoch{})->starts_with("BUMPED"));
    REQUIRE(village.obey(0, SetSlot{SetSlot::Change::node, {12'000}, village.id(0)}));
    village.run(Duration{1'000});
    village.heal();
    village.cut_pair(0, 1);  // Which does not hear of the usurper.
    REQUIRE(village.run_until([&] { return village.owner(3, 0) == 0u; }, Duration{20'000}));
    REQUIRE_FALSE(village.sees(3, 3, flag_replica));
    village.run(Duration{30'000});
    REQUIRE(village.accepts(1, 7'000));

    bool both = false;
    village.after_each = [&] {
        both = both || (village.accepts(1, 7'000) && village.accepts(4, 7'000));
    };
    village.cut({1, 3});
    village.run(Duration{60'000});

    CHECK_FALSE(both);
    CHECK(village.accepts(4, 7'000));
}

TEST_CASE("who is forgotten has been displaced by nobody", "[gossip]") {
    Village village(98);
    elect_rival(village);
    usurp(village);
    const auto displaced = [&] {
        return village.node(1).inside().members.find(village.id(0))->displaced;
    };
    REQUIRE(village.run_until([&] { return displaced() == village.id(3); }, Duration{5'000}));

    REQUIRE(village.obey(1, Forget{village.id(3)}));

    CHECK(displaced().none());
}
