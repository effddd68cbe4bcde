#include "gossip/voting.h"

#include <algorithm>
#include <string>

#include "gossip/claims.h"
#include "gossip/failure.h"
#include "gossip/fence.h"
#include "gossip/mutant.h"
#include "gossip/speech.h"
#include "gossip/witnesses.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;
using Refusal = std::optional<std::string>;

// Redis peers count on this pause: their replicas' retries are made for it. Between Grapevines one
// vote per epoch is enough.
bool too_soon(const Core& core, const Member& candidate, const Member& primary) {
    const auto voted = core.votes_against.find(primary.id);
    return !candidate.grapevine && voted != core.votes_against.end() &&
           core.now - voted->second.at < core.timing().redis_vote_spacing();
}

// How long the primary may count on what we have answered, and so accept writes. What we answered
// before we were restarted is forgotten, and what our predecessor answered, until we had its seat,
// we do not know: until it has heard that we are in its place, the primary counts on that one.
// Nothing: it has crashed before our eyes.
std::optional<Instant> relies_until(const Core& core, const Member& primary) {
    if (has_crashed(core, primary) || GRAPEVINE_MUTANT(no_hold_off)) return {};
    auto until = primary.relied_until;
    if (core.settings.crash_evidence && primary.refused) return until;
    const Duration hold = core.timing().hold_off(long_lease(core));
    const auto at_least = [&](Instant begin) {
        until = std::max(until.value_or(begin), begin + hold);
    };
    if (core.restarted) at_least(core.born);
    if (core.heir_since && !primary.knows_claim) {
        at_least(std::max(*core.heir_since, core.seated_at));
    }
    return until;
}

bool is_relied_on(const Core& core, const Member& primary) {
    const auto until = relies_until(core, primary);
    return until && core.now < *until;
}

// On which a vote against the primary counts: see witnesses.h.
std::vector<Witnesses> conditions_against(const Core& core, const Member& primary) {
    if (has_crashed(core, primary) || GRAPEVINE_MUTANT(no_hold_off)) return {};
    return conditions(core, primary);
}

// The same, and on any condition.
std::optional<Instant> may_rely_until(const Core& core, const Member& primary) {
    auto until = relies_until(core, primary);
    if (conditions_against(core, primary).empty()) return until;
    for (const Condition& condition : primary.conditions) {
        until = std::max(until.value_or(condition.until), condition.until);
    }
    return until;
}

// A claim against another: nobody knows of two equal ones which is the later.
bool wins(std::uint64_t claim, std::uint64_t other) {
    return claim > other || (claim == other && GRAPEVINE_MUTANT(equal_claim_trusted));
}

// All that the member had, and that is claimed for it, has another owner, and the claim does not
// win against that one's. Or some of it has, if that one is of its shard: it has taken its place.
bool is_displaced(const Core& core, const Member& member, const Header& header) {
    if (header.slots == core.members.slots_of(member)) return false;  // Nearly always.
    const bool has_some = core.members.owns_slots(member);
    bool displaced = false;
    (header.slots - core.members.slots_of(member) - core.members.unclaimed())
        .for_each([&](slots::Slot slot) {
            const Member* owner = core.members.owner(slot);
            const bool counts = owner != nullptr && (!has_some || owner->shard == member.shard);
            displaced = displaced || (counts && !wins(header.config_epoch, owner->config_epoch));
        });
    return displaced;
}

// It claims what another has by a claim in the same epoch: one of the two was deposed, and they
// have not heard each other.
bool is_contested(const Core& core, const Member& member, const Header& header) {
    if (GRAPEVINE_MUTANT(equal_claim_trusted)) return false;
    const Member* heir = core.members.find(member.displaced);
    const bool is_equal = heir != nullptr && heir->config_epoch == header.config_epoch;
    if (is_equal && heir->role == Role::primary) return true;
    bool contested = false;
    (header.slots - core.members.slots_of(member) - core.members.unclaimed())
        .for_each([&](slots::Slot slot) {
            const Member* owner = core.members.owner(slot);
            contested =
                contested || (owner != nullptr && owner->config_epoch == header.config_epoch);
        });
    return contested;
}

// Somebody alive in the same shard has more of the data. Believed for a while only: it may be
// unable to stand, and a shard must not wait for ever.
const Member* better_sibling(Core& core, const Member& candidate, const Member& primary,
                             std::uint64_t offset) {
    if (core.now - primary.failed_at > core.timing().better_sibling_patience) return nullptr;
    for (const Member* sibling : core.members.replicas_of(primary)) {
        const bool stands = sibling->reachable() && sibling->link_up && !sibling->severed &&
                            !sibling->no_failover && sibling->grapevine;
        if (sibling != &candidate && stands && sibling->offset > offset) return sibling;
    }
    return nullptr;
}

// Our vote for it still holds: since then we have answered its primary no more.
bool stands_by_vote(const Core& core, const Member& heir, const Member& last) {
    if (!may_be_deposed(core, last)) return false;
    const VoteAgainst& vote = core.votes_against.at(last.id);
    return vote.candidate == heir.id && !vote.restored;
}

// Nothing is promised to the member while the owner of its slots may count on us. `name` is whose
// giving way ends that; none: nobody's.
void wait_for(const Core& core, Member& member, const Member& owner, const NodeId& name) {
    const auto until = may_rely_until(core, owner);
    if (!until) return;
    member.waits_until = std::max(member.waits_until.value_or(*until), *until);
    member.waits_for = name;
}

void note_heir(const Core& core, Member& heir, std::uint64_t epoch) {
    const Member* last = core.members.find(heir.primary);
    const bool takes_over = last != nullptr && last != &core.self() &&
                            last->role == Role::primary && epoch > last->config_epoch;
    if (!takes_over || stands_by_vote(core, heir, *last)) return;
    wait_for(core, heir, *last, last->id);
}

// That we voted for another of our replicas, which may be in our place by now.
bool has_successor_but(const Core& core, const Member& candidate) {
    const auto vote = core.votes_against.find(core.self().id);
    return may_be_deposed(core, core.self()) && vote->second.candidate != candidate.id;
}

// The same for every election, manual ones included.
Refusal refusal_by_epoch(const Core& core, const Header& header) {
    if (header.current_epoch < core.current_epoch) return "its epoch is behind";
    const bool spent = core.last_vote_epoch >= core.current_epoch && !GRAPEVINE_MUTANT(vote_twice);
    if (spent) return "the vote of this epoch is spent";
    return {};
}

// It would be elected without a slot that its primary was given last, and leave that to the dead.
// For a while only: perhaps it is this node that has not heard of all.
bool lacks_slots(const Core& core, const Member& candidate, const Header& header) {
    const Member* primary = core.members.find(candidate.primary);
    if (!candidate.grapevine || primary == nullptr || !primary->failed) return false;
    return header.config_epoch <= primary->config_epoch &&
           core.now - primary->failed_at <= core.timing().better_sibling_patience &&
           !(core.members.claimed_by(*primary) - header.slots).empty();
}

Refusal refusal(Core& core, const Member& candidate, const Header& header) {
    if (auto reason = refusal_by_epoch(core, header)) return reason;
    if (!has_seat(core)) return "this node has just taken another's place";
    const Member* primary = core.members.find(candidate.primary);
    if (candidate.role == Role::primary || primary == nullptr) return "it is no replica";
    if (primary == &core.self() && has_successor_but(core, candidate)) {
        return "this node has voted for another of its replicas";
    }
    const bool empty = candidate.grapevine && header.offset == 0;
    if (empty && !header.forced) return "it has no data";
    const bool needless = !primary->failed && !header.forced;
    if (needless && !GRAPEVINE_MUTANT(vote_without_failure)) return "its primary has not failed";
    if (too_soon(core, candidate, *primary)) return "it is too soon after the last vote";
    if (lacks_slots(core, candidate, header)) {
        return "it does not know of all that its primary has";
    }
    const bool stale = newer_owner(core, header.slots, header.config_epoch) != nullptr;
    const bool displaced = is_displaced(core, *primary, header);
    if ((stale || displaced) && !GRAPEVINE_MUTANT(vote_for_stale_claim))
        return "it does not know who owns its slots";
    const bool bound = is_relied_on(core, *primary) ||
                       (!candidate.grapevine && !conditions_against(core, *primary).empty());
    if (!header.forced && bound) return "its primary was answered just now";
    if (header.forced || GRAPEVINE_MUTANT(vote_for_stale_data)) return {};
    if (const Member* better = better_sibling(core, candidate, *primary, header.offset)) {
        return std::string(better->id.text()) + " has more data";
    }
    return {};
}

// Who is the only voter has voted for that replica, and the operator has not forgotten it since.
bool has_elected(const Core& core, const VoteAgainst& vote) {
    return !vote.lapsed && core.members.quorum() == 1 && !GRAPEVINE_MUTANT(lone_vote_forgotten) &&
           core.members.find(vote.candidate) != nullptr;
}

}  // namespace

bool may_count_on_us(const Core& core, const Member& member) {
    const auto until = may_rely_until(core, member);
    return until && core.now < *until;
}

bool may_be_deposed(const Core& core, const Member& member) {
    const auto vote = core.votes_against.find(member.id);
    if (vote == core.votes_against.end()) return false;
    if (&member == &core.self() && has_elected(core, vote->second)) return true;
    // Who has taken the very epoch of our candidate does not win against it.
    return !vote->second.lapsed && !wins(member.config_epoch, vote->second.epoch) &&
           core.now - vote->second.at < core.timing().vote_life();
}

bool has_been_deposed(const Core& core, const Member& member, const Header& header) {
    return header.primary.none() &&
           (is_displaced(core, member, header) || is_contested(core, member, header));
}

bool has_displaced(const Core& core, const Member& member) {
    const Member* displaced = core.members.find(member.displaced);
    return displaced != nullptr && displaced->role == Role::primary;
}

bool has_successor(const Core& core, const Member& member) {
    const auto vote = core.votes_against.find(member.id);
    const bool voted = vote != core.votes_against.end() && !vote->second.lapsed;
    return voted || has_displaced(core, member);
}

bool usurps(const Member& member, const Member& owner, const SlotSet& owned,
            const SlotSet& claimed) {
    const std::size_t taken = (owned & claimed).size();
    return member.shard == owner.shard && taken > 1 && 2 * taken > owned.size();
}

void displace(Core& core, Member& usurper, const NodeId& victim) {
    usurper.displaced = victim;
    if (Member* known = core.members.find(victim)) known->usurped = true;
}

void note_comeback(Core& core, Member& member, std::uint64_t epoch, const SlotSet& slots) {
    const bool is_heir = member.role == Role::replica;
    if (is_heir) note_heir(core, member, epoch);
    if (slots == core.members.slots_of(member)) return;  // Nearly always.
    const bool had_none = !core.members.owns_slots(member);
    core.members.for_each_owner([&](const Member& owner) {
        if (&owner == &core.self() || &owner == &member || epoch <= owner.config_epoch) return;
        if (!had_none && owner.shard != member.shard) return;
        const SlotSet owned = core.members.claimed_by(owner);
        const bool loses_all = had_none && !owned.empty() && (owned - slots).empty();
        if (!loses_all && !usurps(member, owner, owned, slots)) return;
        // An heir may find another owner than whom it was elected against.
        const bool expected = owner.id == member.primary || stands_by_vote(core, member, owner);
        if (is_heir && expected) return;
        if (!is_heir) displace(core, member, owner.id);
        wait_for(core, member, owner, loses_all ? NodeId{} : owner.id);
    });
}

bool must_wait_for_another(const Core& core, const Member& member) {
    const Member* other = core.members.find(member.waits_for);
    const bool given_way = other != nullptr && other->role == Role::replica;
    return member.waits_until && core.now < *member.waits_until && !given_way &&
           !GRAPEVINE_MUTANT(comeback_not_delayed);
}

void inherit_seat(const Core& core, Member& heir, const Member& last) {
    if (!core.members.votes(core.self()) || &last == &core.self()) return;
    const Instant alive = last.reachable() ? core.now : last.suspected_at;
    if (last.abstains_until && alive < *last.abstains_until) return;
    heir.voice_from = core.now + core.timing().vote_life();
}

bool is_voiceless(const Core& core, const Member& member) {
    return member.voice_from && core.now < *member.voice_from && !GRAPEVINE_MUTANT(heir_has_voice);
}

void drop_old_votes(Core& core) {
    const Duration life = std::max(core.timing().vote_life(), core.timing().redis_vote_spacing());
    const auto is_old = [&](const auto& vote) {
        const bool of_ours = vote.first == core.self().id && has_elected(core, vote.second);
        return !of_ours && core.now - vote.second.at >= life;
    };
    if (std::erase_if(core.votes_against, is_old) > 0) core.must_save();
}

void note_defeat(Core& core, const Member& candidate, const Header& header, Instant asked_at) {
    const auto vote = core.votes_against.find(core.self().id);
    if (vote == core.votes_against.end() || vote->second.candidate != candidate.id) return;
    const bool too_late = asked_at - vote->second.at >= core.timing().vote_life();
    const bool is_about_to = (header.capabilities & voted_for_another) != 0;  // Its disk is slow.
    if (header.primary != core.self().id || !too_late || is_about_to) return;
    core.votes_against.erase(vote);
    core.must_save();
}

void inherit_vote(Core& core, const Member& heir) {
    const auto vote = core.votes_against.find(heir.primary);
    const bool for_another = vote != core.votes_against.end() && vote->second.candidate != heir.id;
    if (!for_another || GRAPEVINE_MUTANT(vote_not_inherited)) return;
    VoteAgainst inherited = vote->second;
    if (inherited.original.none()) inherited.original = heir.primary;
    core.votes_against[heir.id] = inherited;
}

void let_votes_lapse(Core& core, const Member& candidate, const Header& header) {
    if (header.primary.none()) return;
    for (auto& [primary, vote] : core.votes_against) {
        const NodeId& original = vote.original.none() ? primary : vote.original;
        const bool gave_up = vote.candidate == candidate.id && header.primary != original &&
                             header.current_epoch >= vote.epoch;
        vote.lapsed = vote.lapsed || gave_up;
    }
}

void consider_vote(Core& core, Member& candidate, const Header& header) {
    if (!core.members.votes(core.self()) && !GRAPEVINE_MUTANT(vote_by_replica)) return;
    if (const Refusal reason = refusal(core, candidate, header)) {
        core.happened(Kind::vote_refused, candidate.id, *reason, header.current_epoch);
        // Its own primary, perhaps, in a later epoch: it would be refused for ever.
        if (lacks_slots(core, candidate, header)) {
            return tell_about(core, candidate, *core.members.find(candidate.primary));
        }
        return tell_owner(core, candidate, header.config_epoch, header.slots);
    }
    core.last_vote_epoch = core.current_epoch;
    core.votes_against[candidate.primary] = {core.now, core.current_epoch, candidate.id, {}, false};
    core.must_save();
    core.happened(Kind::vote_granted, candidate.id, {}, core.current_epoch);
    Vote vote;
    if (!header.forced) {
        vote.conditions = conditions_against(core, *core.members.find(candidate.primary));
    }
    say_once_saved(core, candidate, std::move(vote));
}

}  // namespace grapevine::gossip
