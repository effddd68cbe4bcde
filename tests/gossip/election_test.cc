// Elections: who stands, who votes, and what is never said before it is saved.
#include <catch2/catch.hpp>

#include "gossip/core.h"
#include "gossip/fence.h"
#include "gossip/lost_host.h"
#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Kind = Event::Kind;

TEST_CASE("of two replicas the one with more data takes over, in one election", "[gossip]") {
    const bool second_is_better = GENERATE(false, true);
    Village village(21);
    village.found(3, 2);  // 3 and 6 follow 0.
    village.set_offset(3, second_is_better ? 100 : 200);
    village.set_offset(6, second_is_better ? 200 : 100);

    village.kill(0);
    village.run(Duration{1'000});

    CHECK(village.owner(1, 0) == (second_is_better ? 6u : 3u));
    CHECK(village.count(3, Kind::election_started) + village.count(6, Kind::election_started) == 1);
    const std::size_t loser = second_is_better ? 3 : 6;
    CHECK(village.member(loser, loser).primary == village.id(second_is_better ? 6 : 3));
}

TEST_CASE("replicas with equal data do not stand against each other", "[gossip]") {
    for (std::uint64_t seed = 30; seed < 40; ++seed) {
        CAPTURE(seed);
        Village village(seed);
        village.found(3, 2);

        village.kill(0);
        village.run(Duration{1'000});

        CHECK(village.count(3, Kind::election_started) + village.count(6, Kind::election_started) ==
              1);
        CHECK(village.owner(1, 0).has_value());
        CHECK(village.owner(1, 0) != 0u);
    }
}

TEST_CASE("a voter whose disk does not work votes for nobody", "[gossip]") {
    Village village(22);
    village.found(3, 1);
    village.house(1).disk_works = village.house(2).disk_works = false;
    std::size_t votes = 0;
    village.on_send = [&](std::size_t, const Message& message) {
        votes += std::holds_alternative<Vote>(message.body);
    };

    village.kill(0);
    village.run(Duration{800});
    CHECK(votes == 0);
    CHECK(village.count(3, Kind::election_won) == 0);
    CHECK(village.sees(3, 0, flag_failed));  // Heartbeats and failures do not wait for a disk.

    village.mend_disk(1);
    village.mend_disk(2);
    village.run(Duration{5'000});
    CHECK(village.owner(1, 0) == 3u);
}

TEST_CASE("a replica whose disk does not work claims nothing", "[gossip]") {
    Village village(23);
    village.found(3, 1);
    village.house(3).disk_works = false;

    village.kill(0);
    village.run(Duration{5'000});

    CHECK(village.owner(1, 0) == 0u);
    CHECK(village.owner(3, 0) == 0u);
}

TEST_CASE("who was elected long ago waits for whom its voters have answered since", "[gossip]") {
    Village village(78);
    village.found(3, 1);
    village.cut({0});
    const auto is_elected = [&] { return village.count(3, Kind::election_won) == 1; };
    village.on_send = [&](std::size_t from, const Message& message) {
        // Its new epoch is on the disk; what it wins by it will not be.
        if (from == 3 && std::holds_alternative<VoteRequest>(message.body)) {
            village.house(3).disk_works = false;
        }
    };
    REQUIRE(village.run_until(is_elected, Duration{30'000}));
    village.run(Timing{}.vote_life());
    village.heal();
    village.cut_pair(0, 3);  // It does not hear the claim itself.
    REQUIRE(village.run_until([&] { return village.accepts(0); }, Duration{30'000}));

    bool both = false;
    village.after_each = [&] { both = both || (village.accepts(0) && village.accepts(3)); };
    village.mend_disk(3);

    CHECK(village.run_until([&] { return village.accepts(3) && village.owner(1, 0) == 3u; },
                            Duration{30'000}));
    CHECK_FALSE(both);
}

TEST_CASE("a replica that must not fail over does not", "[gossip]") {
    Village village(24);
    Settings settings;
    settings.replica_no_failover = true;
    village.found(3, 1, settings);

    village.kill(0);
    village.run(Duration{5'000});

    CHECK(village.count(3, Kind::election_started) == 0);
    CHECK_FALSE(village.status(1).serving);  // Nobody can take over: the slots are uncovered.
}

TEST_CASE("data that was fresh when its replica stood may win", "[gossip]") {
    Village village(27);
    village.found(3, 1);
    village.house(1).disk_works = village.house(2).disk_works = false;
    village.house(3).silent_since = village.now() - Timing{}.data_age_limit() + Duration{500};

    village.kill(0);
    village.run(Duration{600});
    REQUIRE(village.count(3, Kind::election_started) == 1);  // Its data is too old by now.
    village.mend_disk(1);
    village.mend_disk(2);
    village.run(Duration{400});

    CHECK(village.owner(1, 0) == 3u);
}

TEST_CASE("a vote is not given twice in one epoch, also not after a restart", "[gossip]") {
    Village village(25);
    village.found(3, 2);
    std::map<std::pair<std::size_t, std::uint64_t>, std::size_t> votes;
    village.on_send = [&](std::size_t from, const Message& message) {
        if (std::holds_alternative<Vote>(message.body))
            ++votes[{from, message.header.current_epoch}];
    };

    village.kill(0);
    REQUIRE(village.run_until([&] { return !votes.empty(); }, Duration{2'000}));
    village.kill(1);
    village.restart(1);
    village.run(Duration{20'000});

    for (const auto& [voter_and_epoch, count] : votes) CHECK(count == 1);
    CHECK(village.status(1).last_vote_epoch <= village.status(1).current_epoch);
}

namespace {

// A restarted node that owns slots and has voted for somebody in the place of the only other.
struct RestartedVoter {
    RestartedVoter() : node({}, state(), true, 1, now), link(node.accepted("10.0.0.2", "", now)) {}

    explicit RestartedVoter(const State& state)
        : node({}, state, true, 1, now), link(node.accepted("10.0.0.2", "", now)) {}

    static State state() {
        State state = State::fresh(1);
        state.current_epoch = state.last_vote_epoch = 5;
        state.members[0].slots = *SlotSet::parse("0-99");
        state.members[0].config_epoch = 1;
        SavedMember other = state.members[0];
        other.id = *NodeId::parse(std::string(40, 'f'));
        other.slots = *SlotSet::parse("100-16383");
        other.config_epoch = 2;
        state.members.push_back(other);
        state.votes[other.id] = {5, *NodeId::parse(std::string(40, 'e'))};
        return state;
    }
    // The other has died, it had two replicas, and the vote is for the second.
    static State with_replicas() {
        State with = state();
        SavedMember first = with.members[1];
        first.role = slots::Role::replica;
        first.primary = with.members[1].id;
        first.slots = {};
        SavedMember second = first;
        first.id = first_replica();
        second.id = with.votes.begin()->second.candidate;
        with.members[1].failed = true;
        with.members.insert(with.members.begin() + 1, {first, second});
        std::sort(with.members.begin(), with.members.end(),
                  [](const auto& a, const auto& b) { return a.id < b.id; });
        return with;
    }
    // The first of them has taken its place, with epoch 5.
    static State replaced() {
        State with = with_replicas();
        with.votes.clear();
        for (SavedMember& member : with.members) {
            if (member.id != first_replica()) continue;
            member.role = slots::Role::primary;
            member.primary = {};
            member.config_epoch = 5;
            member.slots = state().members[1].slots;
        }
        for (SavedMember& member : with.members) {
            if (member.id == state().members[1].id) member.slots = {};
        }
        return with;
    }
    static NodeId second_replica() { return *NodeId::parse(std::string(40, 'e')); }
    static NodeId first_replica() { return *NodeId::parse(std::string(40, 'd')); }

    // What is marked in its answer to the other, whose claim is of this epoch.
    unsigned marks(std::uint64_t config_epoch) {
        return marks(state().members[1].id, config_epoch);
    }
    // Who has its slots, or follows somebody who has.
    unsigned marks(const NodeId& sender, std::uint64_t config_epoch, const NodeId& primary = {}) {
        Message ping;
        ping.header.sender = sender;
        ping.header.primary = primary;
        ping.header.current_epoch = std::max<std::uint64_t>(5, config_epoch);
        ping.header.config_epoch = config_epoch;
        ping.header.slots = state().members[1].slots;
        ping.header.capabilities = knows_grapevine;
        ping.body = Heartbeat{Heartbeat::Kind::ping, {}, {}};
        for (const Send& sent : node.receive(link, ping, now).send) {
            if (sent.link == link) return sent.message.header.capabilities;
        }
        return 0;
    }

    Instant now{Duration{1'000'000}};
    Gossip node;
    LinkId link;
};

}  // namespace

TEST_CASE("a restarted voter still tells whom it has voted against", "[gossip]") {
    RestartedVoter voter;
    (void)voter.node.tick(voter.now);
    CHECK((voter.marks(2) & voted_for_another) != 0);
    CHECK((voter.marks(6) & voted_for_another) == 0);  // It was confirmed after that vote.
}

TEST_CASE("the epoch of the candidate does not confirm whom it replaces", "[gossip]") {
    RestartedVoter voter;
    CHECK((voter.marks(5) & voted_for_another) != 0);
}

TEST_CASE("a deposed primary that took its successor's epoch is promised nothing", "[gossip]") {
    RestartedVoter voter(RestartedVoter::replaced());
    const NodeId deposed = RestartedVoter::state().members[1].id;
    voter.now += Duration{60'000};

    CHECK((voter.marks(deposed, 5) & voted_for_another) != 0);
    CHECK(voter.node.topology()->owner[100] != voter.node.topology()->find(deposed));
    CHECK((voter.marks(deposed, 6) & voted_for_another) == 0);  // That is a later claim.
}

TEST_CASE("one that comes back is promised nothing while its successor is", "[gossip]") {
    RestartedVoter voter(RestartedVoter::replaced());
    const NodeId deposed = RestartedVoter::state().members[1].id;
    voter.now += Duration{60'000};
    REQUIRE((voter.marks(RestartedVoter::first_replica(), 5) & voted_for_another) == 0);

    voter.now += Duration{100};
    CHECK((voter.marks(deposed, 6) & voted_for_another) != 0);
    CHECK(voter.node.topology()->owner[100] == voter.node.topology()->find(deposed));
    CHECK((voter.marks(RestartedVoter::first_replica(), 5) & voted_for_another) != 0);
    voter.now += Timing{}.hold_off(Timing{}.fence()) - Duration{101};
    CHECK((voter.marks(deposed, 6) & voted_for_another) != 0);
    voter.now += Duration{1};
    CHECK((voter.marks(deposed, 6) & voted_for_another) == 0);
}

TEST_CASE("nor is its replica voted for", "[gossip]") {
    RestartedVoter voter(RestartedVoter::replaced());
    Message request;
    request.header.sender = RestartedVoter::second_replica();
    request.header.primary = RestartedVoter::state().members[1].id;
    request.header.current_epoch = 7;
    request.header.offset = 100;
    request.header.capabilities = knows_grapevine;
    request.header.slots = RestartedVoter::state().members[1].slots;
    request.body = VoteRequest{};
    voter.now += Duration{60'000};  // Nobody relies on an answer from its last life.
    const auto votes = [&](std::uint64_t config_epoch) {
        request.header.config_epoch = config_epoch;
        (void)voter.node.receive(voter.link, request, voter.now);
        return voter.node.inside().votes_against.contains(request.header.primary);
    };

    CHECK_FALSE(votes(5));
    CHECK(votes(6));
}

TEST_CASE("who may share its seat with a predecessor promises nothing yet", "[gossip]") {
    const bool has_replaced = GENERATE(false, true);
    State state = RestartedVoter::state();
    state.votes.clear();
    if (has_replaced) state.replaced = state.members[1].id;
    RestartedVoter voter(state);

    const auto lease = told_lease(voter.node.inside(), static_cast<std::uint16_t>(voter.marks(2)));

    CHECK(lease.has_value() != has_replaced);
}

TEST_CASE("a vote that can mean nothing any more is forgotten", "[gossip]") {
    RestartedVoter voter;
    REQUIRE_FALSE(voter.node.inside().votes_against.empty());

    voter.now += Timing{}.vote_life();
    CHECK((voter.marks(2) & voted_for_another) == 0);

    voter.now += Timing{}.redis_vote_spacing();
    const Effects effects = voter.node.tick(voter.now);
    REQUIRE(effects.save);
    CHECK(parse_state(effects.save->text)->votes.empty());
}

TEST_CASE("the first answer to a new primary tells of a vote for its sibling", "[gossip]") {
    RestartedVoter voter(RestartedVoter::with_replicas());
    CHECK((voter.marks(RestartedVoter::first_replica(), 4) & voted_for_another) != 0);
}

TEST_CASE("a vote means nothing once its candidate follows another", "[gossip]") {
    RestartedVoter voter(RestartedVoter::with_replicas());
    const NodeId heir = RestartedVoter::first_replica();
    const NodeId candidate = voter.node.inside().votes_against.begin()->second.candidate;
    const NodeId dead = RestartedVoter::state().members[1].id;
    voter.now +=
        Timing{}.hold_off(Timing{}.fence());  // Who counts on an answer from its last life.
    REQUIRE((voter.marks(heir, 4) & voted_for_another) != 0);

    (void)voter.marks(candidate, 2, dead);  // It still stands in the place of the dead one.
    CHECK((voter.marks(heir, 4) & voted_for_another) != 0);
    (void)voter.marks(candidate, 4, heir);
    CHECK((voter.marks(heir, 4) & voted_for_another) == 0);
}

TEST_CASE("an ordered failover loses no byte and needs no failure", "[gossip]") {
    Village village(26);
    village.found(3, 1);
    village.set_offset(0, 500);
    village.set_offset(3, 400);

    REQUIRE(village.obey(3, Failover{}));
    village.run(Duration{300});
    CHECK(village.count<WritesPaused>(0) == 1);
    CHECK(village.owner(1, 0) == 0u);  // The replica is behind.
    village.set_offset(3, 500);
    village.run(Duration{500});

    CHECK(village.owner(1, 0) == 3u);
    CHECK(village.member(0, 0).primary == village.id(3));
    CHECK(village.count<WritesResumed>(0) == 1);
    CHECK(village.count(1, Kind::peer_failed) == 0);
}

TEST_CASE("held writes go on only behind the map that says to whom they go", "[gossip]") {
    Village village(29);
    village.found(3, 1);
    REQUIRE(village.obey(3, Failover{}));

    bool owns = true;  // By the last map that node 0 was handed.
    bool resumed_as_owner = false;
    REQUIRE(
        village.run_until([&] { return village.count<WritesResumed>(0) == 1; }, Duration{3'000}));
    for (const auto& one : village.house(0).heard) {
        if (const auto* map = std::get_if<TopologyChanged>(&one))
            owns = map->topology->owner[0] == map->topology->self;
        if (std::holds_alternative<WritesResumed>(one)) resumed_as_owner = owns;
    }

    CHECK_FALSE(resumed_as_owner);
}

TEST_CASE("an ordered failover that takes too long gives the writes back", "[gossip]") {
    Village village(27);
    village.found(3, 1);
    village.set_offset(0, 500);

    REQUIRE(village.obey(3, Failover{}));
    village.run(Duration{6'000});

    CHECK(village.count<WritesResumed>(0) == 1);
    CHECK(village.owner(1, 0) == 0u);
}

TEST_CASE("a forced failover and a takeover do not ask the primary", "[gossip]") {
    const auto mode = GENERATE(Failover::Mode::forced, Failover::Mode::takeover);
    Village village(28);
    village.found(3, 1);
    village.set_offset(0, 500);

    REQUIRE(village.obey(3, Failover{mode}));
    village.run(Duration{1'000});

    CHECK(village.owner(1, 0) == 3u);
    CHECK(village.member(0, 0).primary == village.id(3));
    CHECK(village.count<WritesPaused>(0) == 0);
}

TEST_CASE("whom nobody saw replaced serves under an epoch that it took while it was fenced",
          "[gossip]") {
    Village village(75);
    Settings settings;
    settings.require_full_coverage = false;
    village.found(3, 0, settings);
    village.kill(2);  // For good: node 0 needs node 1 only.
    REQUIRE(village.run_until([&] { return village.sees(0, 2, flag_failed); }, Duration{20'000}));
    village.cut({0});
    const auto is_fenced = [&] { return village.node(0).topology()->fenced; };
    REQUIRE(village.run_until(is_fenced, Duration{30'000}));

    REQUIRE(village.obey(0, BumpEpoch{}));
    village.run(Duration{1'000});
    REQUIRE(is_fenced());
    village.heal();

    CHECK(village.run_until([&] { return !is_fenced(); }, Duration{30'000}));
}

TEST_CASE("a replica that has missed its primary's last epoch hears of it when it stands",
          "[gossip]") {
    Village village(77);
    village.found(3, 1);
    village.cut_pair(0, 3);
    REQUIRE(village.obey(0, BumpEpoch{}));
    village.run(Duration{1'000});
    REQUIRE(village.member(3, 0).config_epoch < village.member(1, 0).config_epoch);

    village.kill(0);

    CHECK(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{10'000}));
}

TEST_CASE("a seat that does not count yet does not count for a restart either", "[gossip]") {
    Village village(76);
    village.found(3, 0);
    village.cut({0});
    const auto is_fenced = [&] { return village.node(0).topology()->fenced; };
    REQUIRE(village.run_until(is_fenced, Duration{30'000}));
    REQUIRE(village.obey(0, BumpEpoch{}));
    village.run(Duration{1'000});
    REQUIRE_FALSE(has_seat(village.node(0).inside()));

    village.restart(0);
    village.run(Duration{1'000});
    CHECK_FALSE(has_seat(village.node(0).inside()));
    village.heal();
    REQUIRE(
        village.run_until([&] { return has_seat(village.node(0).inside()); }, Duration{30'000}));

    village.run(Duration{100});  // That is saved, too.
    village.restart(0);
    CHECK(has_seat(village.node(0).inside()));
}
