// Who has the shard's data: an empty or older copy takes over from nobody and wipes nobody.
#include "gossip/data.h"

#include <catch2/catch.hpp>

#include "gossip/core.h"
#include "gossip/state.h"
#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Kind = Event::Kind;

namespace {

// The node comes back with `offset` bytes at once.
void come_back_with(Village& village, std::size_t number, std::uint64_t offset) {
    village.kill(number);
    village.restart(number);
    village.set_offset(number, offset);
}

// Node 0 has come back with nothing. Its replica 3 keeps what it has, and may not stand.
void let_3_keep_what_0_lost(Village& village) {
    Settings settings;
    settings.crash_evidence = false;
    settings.replica_no_failover = true;
    village.found(3, 1, settings);
    village.set_offset(0, 1'000);
    village.set_offset(3, 1'000);
    village.run(Duration{10'000});
    come_back_with(village, 0, 0);
    village.run(Duration{30'000});
    REQUIRE(village.count<KeepData>(3) == 1);
}

// Node 0 is cut off and replaced by its replica 3, and hears of it when that has lost all data.
void depose_0_by_3_that_loses_all(Village& village) {
    village.found(3, 1);
    village.set_offset(0, 1'000);
    village.set_offset(3, 1'000);
    village.cut({0});
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{60'000}));
    come_back_with(village, 3, 0);
    village.house(0).in_step = false;
    village.run(Duration{1'000});
    village.heal();
    const auto follows = [&] { return village.member(0, 0).primary == village.id(3); };
    REQUIRE(village.run_until(follows, Duration{60'000}));
}

Follow last_follow(Village& village, std::size_t number) {
    Follow last;
    for (const auto& one : village.house(number).heard) {
        if (const auto* follow = std::get_if<Follow>(&one)) last = *follow;
    }
    return last;
}

}  // namespace

TEST_CASE("a replica that has never been in step does not take over", "[gossip]") {
    Village village(61);
    village.found(3, 1);
    village.kill(3);
    village.house(3).in_step = false;
    village.restart(3);
    village.set_offset(3, 900);  // Of what, nobody knows.
    village.run(Duration{2'000});

    village.kill(0);
    village.run(Duration{10'000});

    CHECK(village.count(3, Kind::election_started) == 0);
    CHECK(village.member(1, 3).replication_offset == 0);
}

TEST_CASE("what belongs to another shard's history does not count in this one", "[gossip]") {
    Village village(62);
    village.found(3, 2);  // 3 and 6 follow 0; 4 and 7 follow 1.
    village.set_offset(3, 100);
    village.set_offset(6, 900);
    village.set_offset(4, 100);
    village.run(Duration{1'000});
    village.house(6).in_step = false;  // It has not had anything of its new primary yet.
    village.set_offset(6, 900);
    REQUIRE(village.obey(6, Replicate{village.id(1)}));
    village.run(Duration{1'000});

    village.kill(1);
    village.run(Duration{3'000});

    CHECK(village.count(6, Kind::election_started) == 0);
    CHECK(village.owner(2, 8'000) != 6u);
    CHECK(village.owner(2, 8'000) != 1u);
}

TEST_CASE("a sibling of the new primary may replace it before it is in step with it", "[gossip]") {
    Village village(63);
    village.found(3, 2);
    village.set_offset(3, 200);
    village.set_offset(6, 100);
    village.kill(0);
    REQUIRE(village.run_until([&] { return village.owner(6, 0) == 3u; }, Duration{2'000}));
    village.house(6).in_step = false;
    village.set_offset(6, 100);

    village.kill(3);
    village.run(Duration{3'000});

    CHECK(village.owner(1, 0) == 6u);
}

TEST_CASE("a primary that comes back with less is replaced before it serves", "[gossip]") {
    const std::uint64_t left = GENERATE(0, 300);
    Village village(64);
    Settings settings;
    settings.crash_evidence = false;  // Otherwise it would have been replaced while it was away.
    village.found(3, 1, settings);
    village.set_offset(0, 1'000);
    village.set_offset(3, 990);
    village.run(Duration{10'000});  // Everybody has asked everybody.

    bool served = false;
    village.after_each = [&] { served = served || (village.alive(0) && village.accepts(0, 0)); };
    village.kill(0);
    served = false;
    village.restart(0);
    village.set_offset(0, left);
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{5'000}));
    village.run(Duration{2'000});

    CHECK_FALSE(served);
    CHECK(village.count<KeepData>(3) == 1);
    CHECK(village.member(0, 0).primary == village.id(3));
    CHECK(village.count(1, Kind::peer_failed) == 0);
}

TEST_CASE("a primary that lost its data does not get it wiped by taking an epoch", "[gossip]") {
    Village village(69);
    Settings settings;
    settings.crash_evidence = false;
    village.found(3, 2, settings);
    village.set_offset(0, 1'000);
    village.set_offset(3, 990);
    village.set_offset(6, 980);
    village.run(Duration{10'000});
    come_back_with(village, 0, 0);
    const auto epoch = village.status(0).current_epoch;
    const auto heard_candidate = [&] { return village.status(0).current_epoch > epoch; };
    REQUIRE(village.run_until(heard_candidate, Duration{5'000}));
    village.cut({0});  // And will not hear that it has won.
    REQUIRE(village.run_until([&] { return village.owner(6, 0) == 3u; }, Duration{1'000}));
    village.heal();

    REQUIRE(village.obey(0, BumpEpoch{}));
    village.house(3).in_step = false;
    REQUIRE(village.run_until([&] { return village.owner(3, 0) == 0u; }, Duration{5'000}));
    CHECK(last_follow(village, 3).of_shard);  // What it asks for is compared with what it has.
    village.house(3).primary_has_less = true;
    village.run(Duration{5'000});

    CHECK(village.owner(1, 0) != 0u);
    CHECK(village.member(0, 0).primary == village.id(*village.owner(1, 0)));
}

TEST_CASE("a primary that comes back with all of its data keeps its slots", "[gossip]") {
    Village village(65);
    Settings settings;
    settings.crash_evidence = false;
    village.found(3, 1, settings);
    village.set_offset(0, 1'000);
    village.set_offset(3, 1'000);
    village.run(Duration{10'000});

    come_back_with(village, 0, 1'000);
    village.run(Duration{10'000});

    CHECK(village.owner(1, 0) == 0u);
    CHECK(village.accepts(0, 0));
    CHECK(village.count<KeepData>(3) == 0);
}

TEST_CASE("of two replicas of a primary that lost its data the fuller one replaces it",
          "[gossip]") {
    const bool second = GENERATE(false, true);
    Village village(66);
    Settings settings;
    settings.crash_evidence = false;
    village.found(3, 2, settings);
    village.set_offset(0, 1'000);
    village.set_offset(3, second ? 900 : 950);
    village.set_offset(6, second ? 950 : 900);
    village.run(Duration{10'000});

    come_back_with(village, 0, 0);
    village.run(Duration{5'000});

    CHECK(village.owner(1, 0) == (second ? 6u : 3u));
}

TEST_CASE("a primary in a new reign may have less than it had in the one before", "[gossip]") {
    Village village(67);
    village.found(3, 1);
    village.set_offset(0, 1'000);
    village.set_offset(3, 1'000);
    village.run(Duration{10'000});
    village.cut({3});  // It misses that 0 loses its slots to nobody and takes a new epoch.
    village.run(Duration{2'000});
    REQUIRE(village.obey(0, BumpEpoch{}));
    village.set_offset(0, 500);
    village.heal();
    village.run(Duration{20'000});

    CHECK(village.count<KeepData>(3) == 0);
    CHECK(village.owner(1, 0) == 0u);
}

TEST_CASE("an operator's order to follow is obeyed, whatever the primary has lost", "[gossip]") {
    Village village(68);
    let_3_keep_what_0_lost(village);
    CHECK(village.owner(1, 0) == 0u);
    CHECK(village.accepts(0, 0));  // Nobody may take over: it does not wait for ever.
    const auto followed = village.count<Follow>(3);

    REQUIRE(village.obey(3, Replicate{village.id(0)}));
    village.run(Duration{1'000});

    CHECK(village.count<Follow>(3) == followed + 1);
}

TEST_CASE("a replica that keeps what its primary lost does not take over by agreement",
          "[gossip]") {
    Village village(70);
    let_3_keep_what_0_lost(village);

    const auto refused = village.obey(3, Failover{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.starts_with("ERR My master has lost data that I have"));

    REQUIRE(village.obey(3, Failover{Failover::Mode::forced}));
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{2'000}));
}

TEST_CASE("a deposed primary takes over from a successor that has lost what it took over",
          "[gossip]") {
    Village village(71);
    depose_0_by_3_that_loses_all(village);
    CHECK(last_follow(village, 0).of_shard);
    CHECK(village.member(0, 0).replication_offset == 0);  // Of which history, it does not know yet.

    village.house(0).primary_has_less = true;
    village.set_offset(0, 1'000);
    village.house(3).in_step = true;

    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 0u; }, Duration{5'000}));
    CHECK(village.count(0, Kind::data_kept) == 1);
    CHECK(village.count<KeepData>(0) == 0);  // Its replication asks again whether it is still so.
    village.run(Duration{1'000});
    CHECK(village.count(1, Kind::peer_failed) == 1);  // Node 0, when it was cut off.
    CHECK(last_follow(village, 3).primary == village.id(0));
}

TEST_CASE("a deposed primary sees that its successor has lost all since it took over", "[gossip]") {
    Village village(73);
    village.found(3, 1);
    village.set_offset(0, 1'000);
    village.set_offset(3, 1'000);
    village.cut({0});
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{60'000}));
    village.house(0).in_step = false;  // It gets nothing of its successor's.
    village.heal();
    const auto has_heard_it = [&] {
        return village.member(0, 0).primary == village.id(3) &&
               village.member(0, 3).replication_offset == 1'000;
    };
    REQUIRE(village.run_until(has_heard_it, Duration{60'000}));
    CHECK(village.count<KeepData>(0) == 0);

    village.cut({0});  // Nor hears it that it dies.
    come_back_with(village, 3, 0);
    village.heal();

    REQUIRE(village.run_until([&] { return village.count<KeepData>(0) == 1; }, Duration{60'000}));
}

namespace {

Instant at(int time) {
    return Instant{Duration{time}};
}

// At 1,000 ms this node, a replica in step, has `offset` bytes, and hears that its primary has
// `told`. True: it takes an answer of `answered` bytes for a loss.
bool keeps_data(std::uint64_t offset, std::uint64_t told, std::uint64_t answered,
                Instant asked_at) {
    Core core({}, State::fresh(1), false, 1, at(1'000));
    Member named;
    named.id = *NodeId::parse(std::string(40, 'a'));
    named.shard = core.self().shard;
    Member& primary = core.members.add(named);
    core.members.set_role(core.self(), Role::replica);
    core.self().primary = primary.id;
    core.in_step = true;
    core.replication.offset = offset;
    Header answer;
    answer.offset = answered;
    note_reign(core, primary, 0, told);
    note_answered_offset(core, primary, answer, asked_at);
    return core.keeps_data_since.has_value();
}

}  // namespace

TEST_CASE("an answer that later news has overtaken does not look like a loss", "[gossip]") {
    CHECK(keeps_data(1'900, 2'000, 1'000, at(1'001)));
    CHECK_FALSE(keeps_data(1'900, 2'000, 1'000, at(990)));  // It was asked before.
    CHECK_FALSE(keeps_data(900, 2'000, 1'000, at(1'001)));  // It has more than this node.
}

TEST_CASE("a primary to which nobody has written anything has lost nothing", "[gossip]") {
    CHECK_FALSE(keeps_data(1, 1, 0, at(1'001)));  // It told of 1 when it was a replica.
}

TEST_CASE("what is kept is given up once the primary has taken writes of its own", "[gossip]") {
    Core core({}, State::fresh(1), false, 1, at(1'000));
    Member named;
    named.id = *NodeId::parse(std::string(40, 'a'));
    core.members.set_role(core.self(), Role::replica);
    core.self().primary = core.members.add(named).id;

    note_replication(core, {.offset = 100, .primary_has_less = true});
    CHECK(saves_data(core));
    CHECK(data_offset(core) == 100);

    note_replication(core, {.offset = 100});
    CHECK_FALSE(saves_data(core));
    CHECK(data_offset(core) == 0);
}

TEST_CASE("a primary that an operator ordered to follow keeps nothing from whom it follows",
          "[gossip]") {
    Village village(72);
    depose_0_by_3_that_loses_all(village);

    REQUIRE(village.obey(0, Replicate{village.id(3)}));

    CHECK(last_follow(village, 0).ordered);
    CHECK_FALSE(last_follow(village, 0).of_shard);
    CHECK_FALSE(last_follow(village, 4).of_shard);  // It never had anything of its own.
}
