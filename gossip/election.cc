#include "gossip/election.h"

#include <algorithm>
#include <string>

#include "gossip/claims.h"
#include "gossip/data.h"
#include "gossip/heartbeat.h"
#include "gossip/mutant.h"
#include "gossip/speech.h"
#include "gossip/witnesses.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;
constexpr unsigned most_doublings = 3;           // No more: see Timing::vote_life.
constexpr unsigned most_contest_doublings = 10;  // After that it takes as long as any election.

bool data_is_fresh(const Core& core) {
    const Timing& timing = core.timing();
    if (data_offset(core) == 0) return false;  // However long ago: it has nothing to go on with.
    if (timing.replica_validity_factor == 0 || core.replication.link_up) return true;
    if (GRAPEVINE_MUTANT(stale_candidate)) return true;
    // What its primary has lost does not become old.
    const Instant until = core.keeps_data_since.value_or(core.now);
    return until - core.data_at <= timing.data_age_limit();
}

// Null: there is nobody to replace, or this is not the one to do it.
const Member* whom_to_replace(const Core& core) {
    const Member& self = core.self();
    if (self.role != Role::replica) return nullptr;
    const Member* primary = core.members.find(self.primary);
    if (primary == nullptr || !core.members.owns_slots(*primary)) return nullptr;
    if (core.manual.active) return core.manual.ready ? primary : nullptr;
    const bool needed = primary->failed || saves_data(core);
    // Who was asked for votes may wait for them: nobody else may have fresher data.
    const bool fresh = core.election.asked || data_is_fresh(core);
    return needed && fresh && !self.no_failover ? primary : nullptr;
}

bool is_rival(const Core& core, const Member& sibling) {
    return &sibling != &core.self() && sibling.reachable() && sibling.link_up && !sibling.severed &&
           !sibling.no_failover;
}

bool is_better(const Core& core, const Member& sibling) {
    const std::uint64_t own = data_offset(core);
    return sibling.offset > own || (sibling.offset == own && sibling.id < core.self().id);
}

// How many failed shards come before this one, as far as somebody can save them.
unsigned shards_before(const Core& core, const Member& primary) {
    unsigned count = 0;
    core.members.for_each_owner([&](const Member& member) {
        const bool waits = !member.reachable() && core.members.votes(member) &&
                           member.id < primary.id && core.members.has_eligible_replica(member);
        count += waits ? 1 : 0;
    });
    return count;
}

// Voters have one vote in each epoch: candidates of several shards that ask at once split them, and
// none is elected. So shards take turns, in an order that is the same for all nodes.
Instant turn_of_shard(const Core& core, const Member& primary) {
    const unsigned before = shards_before(core, primary);
    if (before == 0) return core.election.opened_at;
    const unsigned doublings = std::min(core.election.attempt, most_doublings);
    return core.election.turn_from + core.timing().shard_delay * (before << doublings);
}

// When this node asks for votes: when its shard's turn has come if it is the best, later the more
// siblings are better.
Instant turn(Core& core, const Member& primary) {
    if (core.manual.active) return core.now;
    unsigned better = 0;
    bool all_heard = true;
    const Instant since = primary.failed ? primary.suspected_at : *core.keeps_data_since;
    for (const Member* sibling : core.members.replicas_of(primary)) {
        if (!is_rival(core, *sibling)) continue;
        better += is_better(core, *sibling) ? 1 : 0;
        all_heard = all_heard && sibling->offset_at >= since;
    }
    const Duration wait = all_heard ? Duration{0} : core.timing().sibling_wait;
    return std::max(core.election.opened_at + wait + core.timing().rank_delay * better,
                    turn_of_shard(core, primary));
}

void open(Core& core, unsigned attempt) {
    core.election = {};
    core.election.open = true;
    core.election.opened_at = core.election.turn_from = core.now;
    core.election.attempt = attempt;
    pong_siblings(core);
}

Duration patience(Core& core, Duration basis, unsigned most) {
    const auto chance = core.random.below(static_cast<std::uint64_t>(basis.count()) / 2 + 1);
    const unsigned doublings = std::min(core.election.attempt, most);
    return basis * (1u << doublings) + Duration{static_cast<std::int64_t>(chance)};
}

void ask_for_votes(Core& core, const Member& primary) {
    Election& election = core.election;
    election.asked = true;
    election.saves_data = saves_data(core);
    election.epoch = GRAPEVINE_MUTANT(epoch_not_raised) ? core.current_epoch : ++core.current_epoch;
    core.last_vote_epoch = election.epoch;  // It has a voice once it has won: not in this epoch.
    election.expires_at = core.now + patience(core, core.timing().election_timeout, most_doublings);
    core.must_save();
    core.happened(Kind::election_started, primary.id, {}, election.epoch);
    // Voters refuse while they do not know of the failure: on the same link it comes before.
    if (primary.failed) say_to_all(core, Fail{primary.id});
    core.members.for_each_peer([&](Member& member) {
        if (!member.handshake) say_once_saved(core, member, VoteRequest{});
    });
}

void win(Core& core) {
    const std::uint64_t epoch = core.election.epoch;
    const std::size_t votes = core.election.votes.size();
    core.self().config_epoch = std::max(core.self().config_epoch, epoch);
    std::string by = std::to_string(votes) + " votes:";
    for (const auto& [voter, conditions] : core.election.votes) by.append(" ").append(voter.text());
    core.happened(Kind::election_won, core.self().primary, std::move(by), epoch);
    // Nor do we know whether a primary that held its writes for us has been started again since.
    const Member* primary = core.members.find(core.self().primary);
    const bool held = core.manual.paused_offset && primary != nullptr && primary->grapevine;
    if (core.election.saves_data || held) {
        core.replaced_until = core.now + core.timing().hold_off(long_lease(core));
    }
    take_over(core);
}

void lose(Core& core) {
    const std::string count = std::to_string(votes_that_count(core.election));
    core.happened(Kind::election_lost, core.self().primary,
                  count + " votes of " + std::to_string(core.members.quorum()) + " needed",
                  core.election.epoch);
    open(core, core.election.attempt + 1);
}

// A Redis votes for nobody else of the shard for a while: what it has said is waited for.
bool has_redis_voter(const Core& core) {
    bool found = false;
    core.members.for_each_owner([&](const Member& member) {
        found = found || (core.members.votes(member) && member.reachable() && !member.grapevine);
    });
    return found;
}

bool is_elected(const Core& core) {
    const std::size_t spared = GRAPEVINE_MUTANT(half_is_enough) ? 1 : 0;
    const std::size_t needed = core.members.quorum() - spared;
    return core.election.votes.size() >= needed && votes_that_count(core.election) >= needed;
}

}  // namespace

void step_election(Core& core) {
    const Member* primary = whom_to_replace(core);
    if (primary == nullptr) {
        core.election = {};
        return;
    }
    if (!core.election.open) open(core, 0);
    if (!core.election.asked) {
        if (core.now >= turn(core, *primary)) ask_for_votes(core, *primary);
        return;
    }
    // It has taken a new epoch since: ours would lose to it, or win by accident.
    if (primary->config_epoch >= core.election.epoch && !GRAPEVINE_MUTANT(epoch_not_raised)) {
        return lose(core);
    }
    if (core.now >= core.election.expires_at) return lose(core);
    if (is_elected(core)) win(core);
}

void count_vote(Core& core, const Member& voter, const Header& header, const Vote& vote) {
    Election& election = core.election;
    const bool late = header.current_epoch != election.epoch;
    if (!election.asked || (late && !GRAPEVINE_MUTANT(late_votes_count))) return;
    if (core.members.votes(voter)) election.votes.try_emplace(voter.id, vote.conditions);
}

void hear_rival(Core& core, const Header& header) {
    Election& election = core.election;
    if (!election.asked) {
        // Not for ever: it may be one that is never elected.
        const bool polite = core.now - election.opened_at < core.timing().election_timeout;
        if (polite) election.turn_from = core.now;
        return;
    }
    if (header.current_epoch < election.epoch || has_redis_voter(core)) return;
    const Duration left = patience(core, core.timing().contest, most_contest_doublings);
    election.expires_at = std::min(election.expires_at, core.now + left);
}

}  // namespace grapevine::gossip
