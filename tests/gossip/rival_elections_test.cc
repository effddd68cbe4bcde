// Elections of several shards at the same time.
#include <algorithm>
#include <catch2/catch.hpp>

#include "gossip/core.h"
#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Kind = Event::Kind;

namespace {

// In a village of nine primaries.
std::uint16_t slot_of_nine(std::size_t primary) {
    return static_cast<std::uint16_t>(slots::slot_count * primary / 9);
}

// In its own eyes.
bool owns(Village& village, std::size_t number, std::uint16_t slot) {
    return village.owner(number, slot) == number;
}

}  // namespace

TEST_CASE("shards that fail at once take turns, and no election is lost", "[gossip]") {
    for (std::uint64_t seed = 40; seed < 45; ++seed) {
        CAPTURE(seed);
        Village village(seed);
        village.found(9, 1);  // 9 follows 0, and so on.

        for (std::size_t i = 0; i < 4; ++i) village.kill(i);
        const auto all_served = [&] {
            bool all = true;
            for (std::size_t i = 9; i < 13; ++i) all = all && owns(village, i, slot_of_nine(i - 9));
            return all;
        };

        CHECK(village.run_until(all_served, Duration{300}));
        for (std::size_t i = 9; i < 13; ++i) CHECK(village.count(i, Kind::election_lost) == 0);
    }
}

TEST_CASE("a shard that nobody can save holds up no other one for long", "[gossip]") {
    Village village(46);
    village.found(5, 1);
    const std::size_t first = village.id(0) < village.id(1) ? 0 : 1;
    const std::size_t second = 1 - first;
    village.house(5 + first).disk_works = false;

    village.kill(0);
    village.kill(1);

    const auto slot = static_cast<std::uint16_t>(second == 0 ? 0 : 4'000);
    CHECK(village.run_until([&] { return owns(village, 5 + second, slot); }, Duration{500}));
    CHECK(village.count(5 + first, Kind::election_won) == 0);
}

namespace {

// A replica of a primary that has failed, and has asked for votes in epoch 6.
struct AskingReplica {
    explicit AskingReplica(bool redis = false) : node({}, state(), true, 1, now) {
        for (const char name : {'a', 'b', 'c'}) links[name] = node.accepted("10.0.0.2", "", now);
        for (const char name : {'b', 'c'}) {
            hear(name, 5, Heartbeat{Heartbeat::Kind::ping, {}, {}}, redis ? 0 : knows_grapevine);
        }
        note(node.tick(now));
        note(node.replication({.offset = 10, .follow = 1, .link_up = true, .in_step = true}, now));
    }

    static NodeId id(char name) { return *NodeId::parse(std::string(40, name)); }
    static State state() {
        State state = State::fresh(1);
        state.current_epoch = 5;
        state.members[0].role = slots::Role::replica;
        state.members[0].primary = id('a');
        const auto add = [&](char name, const char* owned) {
            SavedMember member;
            member.id = id(name);
            member.failed = name == 'a';
            member.config_epoch = 1;
            if (owned != nullptr) member.slots = *SlotSet::parse(owned);
            state.members.push_back(member);
        };
        add('a', "0-99");
        add('b', "100-199");
        add('c', "200-16383");
        std::sort(state.members.begin(), state.members.end(),
                  [](const auto& a, const auto& b) { return a.id < b.id; });
        return state;
    }

    void hear(char from, std::uint64_t epoch, Body body, std::uint16_t capabilities) {
        Message message;
        message.header.sender = id(from);
        message.header.current_epoch = epoch;
        message.header.config_epoch = 1;
        message.header.capabilities = capabilities;
        message.header.slots = *SlotSet::parse(from == 'b' ? "100-199" : "200-16383");
        message.body = std::move(body);
        note(node.receive(links[from], message, now));
    }
    void run(Duration time) {
        for (const Instant end = now + time; now < end; now += Timing{}.tick) note(node.tick(now));
    }
    void note(const Effects& effects) {
        for (const Announcement& one : effects.announce) {
            const auto* event = std::get_if<Event>(&one);
            if (event == nullptr) continue;
            if (event->kind == Kind::election_started) epochs.push_back(event->epoch);
        }
    }

    Instant now{Duration{1'000'000}};
    Gossip node;
    std::map<char, LinkId> links;
    std::vector<std::uint64_t> epochs;  // Of its elections.
};

}  // namespace

TEST_CASE("an election that another has crossed is soon repeated", "[gossip]") {
    AskingReplica replica;
    REQUIRE(replica.epochs == std::vector<std::uint64_t>{6});
    const std::uint64_t epoch = GENERATE(6, 9);

    replica.hear('b', epoch, VoteRequest{}, knows_grapevine);
    replica.run(Duration{500});

    CHECK(replica.epochs == std::vector<std::uint64_t>{6, epoch + 1});
}

TEST_CASE("one in an older epoch does not cross it", "[gossip]") {
    AskingReplica replica;

    replica.hear('b', 5, VoteRequest{}, knows_grapevine);
    replica.run(Duration{700});

    CHECK(replica.epochs == std::vector<std::uint64_t>{6});
}

TEST_CASE("the votes of Redis are waited for", "[gossip]") {
    AskingReplica replica(true);

    replica.hear('b', 6, VoteRequest{}, 0);
    replica.run(Duration{700});

    CHECK(replica.epochs == std::vector<std::uint64_t>{6});
}

TEST_CASE("crossed elections are repeated ever more rarely", "[gossip]") {
    AskingReplica replica;

    for (unsigned i = 0; i < 200; ++i) {
        replica.hear('b', replica.epochs.back(), VoteRequest{}, knows_grapevine);
        replica.run(Duration{100});
    }

    CHECK(replica.epochs.size() > 4);
    CHECK(replica.epochs.size() < 12);
}

TEST_CASE("who was elected long ago waits for whom another election has put there since",
          "[gossip]") {
    Village village(79);
    village.found(3, 2);
    village.cut_pair(3,
                     6);  // Of one shard: each hears neither the other's candidacy nor its claim.
    village.on_send = [&](std::size_t from, const Message& message) {
        // Its new epoch is on the disk; what it wins by it will not be.
        const bool asks = std::holds_alternative<VoteRequest>(message.body);
        const bool is_later = message.header.current_epoch > village.node(3).inside().current_epoch;
        const bool wins = asks && (from == 3 || (from == 6 && is_later));
        if (wins) village.house(from).disk_works = false;
    };
    const auto is_elected = [&](std::size_t number) {
        return village.count(number, Kind::election_won) == 1;
    };
    village.stop(6);
    village.kill(0);
    REQUIRE(village.run_until([&] { return is_elected(3); }, Duration{30'000}));
    village.resume(6);
    REQUIRE(village.run_until([&] { return is_elected(6); }, Duration{30'000}));
    village.on_send = nullptr;
    village.mend_disk(3);
    REQUIRE(village.run_until([&] { return village.accepts(3); }, Duration{30'000}));

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(3) && village.accepts(6)); };
    village.mend_disk(6);

    CHECK(village.run_until([&] { return village.accepts(6); }, Duration{30'000}));
    CHECK_FALSE(both);
}

TEST_CASE("an heir without a seat gets none by taking a new epoch", "[gossip]") {
    Village village(81);
    Settings settings;
    settings.require_full_coverage = false;
    village.found(3, 1, settings);
    village.cut({0});
    village.on_send = [&](std::size_t from, const Message& message) {
        const bool asks = std::holds_alternative<VoteRequest>(message.body);
        if (from == 3 && asks) village.house(3).disk_works = false;
    };
    const auto is_elected = [&] { return village.count(3, Kind::election_won) == 1; };
    REQUIRE(village.run_until(is_elected, Duration{60'000}));
    village.on_send = nullptr;
    village.heal();
    village.cut_pair(3, 2);  // Node 1 hears the heir, node 2 its predecessor.
    for (std::size_t other : {1, 3, 4, 5}) village.cut_pair(0, other);
    village.mend_disk(3);
    REQUIRE(village.run_until([&] { return village.accepts(0); }, Duration{90'000}));
    REQUIRE_FALSE(village.accepts(3));

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    REQUIRE(village.obey(1, BumpEpoch{}));
    village.run(Duration{2'000});
    REQUIRE(village.obey(3, BumpEpoch{})->starts_with("BUMPED"));
    village.run(Duration{30'000});

    CHECK_FALSE(both);
    CHECK(village.accepts(0));
}

TEST_CASE("a failover that was given up is not voted for when the disk is back", "[gossip]") {
    Village village(82);
    village.found(3, 1);
    village.house(3).disk_works = false;
    REQUIRE(village.obey(3, Failover{}));
    village.run(Timing{}.manual_failover + Duration{500});
    REQUIRE_FALSE(village.house(0).writes_held);

    bool fenced = false;
    village.after_each = [&] { fenced = fenced || village.node(0).topology()->fenced; };
    village.mend_disk(3);
    village.run(Duration{5'000});

    CHECK_FALSE(fenced);
    CHECK(village.count(1, Kind::vote_granted) == 0);
}

TEST_CASE("a voter whose disk does not hold a claim yet does not know it", "[gossip]") {
    Village village(83);
    Settings settings;
    settings.require_full_coverage = false;
    village.found(3, 1, settings);
    village.cut({0});
    village.on_send = [&](std::size_t from, const Message& message) {
        const bool votes = std::holds_alternative<Vote>(message.body);
        if (from == 1 && votes) village.house(1).disk_works = false;
    };
    REQUIRE(village.run_until([&] { return village.accepts(3); }, Duration{60'000}));
    village.on_send = nullptr;
    village.run(Duration{1'000});
    const bool had_seat = village.node(3).inside().seated;

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    village.kill(1);  // It forgets the claim, and not its vote.
    village.heal();
    village.cut({0, 1});
    village.house(1).disk_works = true;
    village.restart(1);
    village.run(Duration{90'000});
    CHECK_FALSE(both);
    CHECK_FALSE(had_seat);

    village.heal();
    CHECK(village.run_until([&] { return village.node(3).inside().seated; }, Duration{5'000}));
}

TEST_CASE("an heir has its seat as soon as the voters' disks hold its claim", "[gossip]") {
    Village village(84);
    village.found(3, 1);
    village.kill(0);
    REQUIRE(village.run_until([&] { return village.accepts(3); }, Duration{5'000}));
    CHECK(village.run_until([&] { return village.node(3).inside().seated; }, 2 * Timing{}.tick));
}

namespace {

void take(Village& village, std::uint16_t slot) {
    using Change = SetSlot::Change;
    REQUIRE(village.obey(0, SetSlot{Change::importing, {slot}, village.id(2)}));
    REQUIRE(village.obey(0, SetSlot{Change::node, {slot}, village.id(0)}));
    village.run(Duration{2'000});
}

// Its replica 3 does not know of 16382.
void give_last_slot(Village& village) {
    village.found(3, 1);
    take(village, 16'383);
    village.cut_pair(0, 3);
    take(village, 16'382);
    REQUIRE(village.owner(1, 16'382) == 0u);
    REQUIRE(village.owner(3, 16'382) != 0u);
}

}  // namespace

TEST_CASE("whoever is elected has what its primary was given last", "[gossip]") {
    Village village(87);
    give_last_slot(village);
    village.kill(0);

    CHECK(village.run_until([&] { return village.accepts(3, 16'382); }, Duration{10'000}));
    CHECK(village.accepts(3, 16'383));
}

TEST_CASE("a voter that has not heard of all holds up no election, and takes nothing from others",
          "[gossip]") {
    Village village(90);
    give_last_slot(village);
    SlotSet slot;
    slot.insert(slots::Slot{16'382});
    village.heal();
    village.cut_pair(0, 1);  // Which does not hear that it gives up the slot.
    REQUIRE(village.run_until([&] { return village.owner(3, 16'382) == 0u; }, Duration{10'000}));
    REQUIRE(village.obey(0, DelSlots{slot}));
    village.run(Duration{2'000});
    REQUIRE(village.obey(2, SetSlot{SetSlot::Change::node, {16'382}, village.id(2)}));
    REQUIRE(village.run_until([&] { return village.owner(3, 16'382) == 2u; }, Duration{60'000}));
    REQUIRE(village.owner(1, 16'382) == 0u);
    village.kill(0);

    CHECK(village.run_until([&] { return village.accepts(3); }, Duration{20'000}));
    CHECK(village.owner(3, 16'382) == 2u);
    CHECK(village.count<SlotsLost>(2) == 2);  // When the two were moved.
}

TEST_CASE("what an operator gives to another is not the dead one's again", "[gossip]") {
    Village village(91);
    Settings settings;
    settings.require_full_coverage = false;
    village.found(3, 0, settings);
    village.kill(2);
    REQUIRE(village.run_until([&] { return village.sees(0, 2, flag_failed); }, Duration{30'000}));
    REQUIRE(village.obey(0, SetSlot{SetSlot::Change::node, {16'000}, village.id(0)}));
    village.run(Duration{5'000});

    CHECK(village.owner(0, 16'000) == 0u);
    CHECK(village.count<SlotsLost>(0) == 0);
}

TEST_CASE("what a voter promises without a disk counts for nobody who has no seat", "[gossip]") {
    Village village(88);
    Settings settings;
    settings.crash_evidence = false;
    village.found(3, 1, settings);
    village.house(1).disk_works = false;
    village.on_send = [&](std::size_t from, const Message& message) {
        const bool asks = std::holds_alternative<VoteRequest>(message.body);
        if (from == 3 && asks) village.house(3).disk_works = false;
    };
    REQUIRE(village.obey(3, Failover{}));
    const auto is_elected = [&] { return village.count(3, Kind::election_won) == 1; };
    REQUIRE(village.run_until(is_elected, Duration{5'000}));
    village.on_send = nullptr;
    for (std::size_t other : {2, 4, 5}) village.cut_pair(0, other);  // It hears node 1 only.
    village.cut_pair(0, 3);
    village.mend_disk(3);
    village.run(Timing{}.vote_life() + Duration{1'000});

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    village.cut_pair(1, 3);
    village.kill(1);
    village.house(1).disk_works = true;
    village.restart(1);
    village.run(Duration{30'000});

    CHECK_FALSE(both);
}
