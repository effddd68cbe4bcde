#include "gossip/voting.h"

#include <string>

#include "gossip/claims.h"
#include "gossip/speech.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;
using Refusal = std::optional<std::string>;

// Redis peers count on this pause: their replicas' retries are made for it. Between Grapevines one
// vote per epoch is enough.
bool too_soon(const Core& core, const Member& candidate, const Member& primary) {
    const auto given = core.votes_given.find(primary.id);
    return !candidate.grapevine && given != core.votes_given.end() &&
           core.now - given->second.at < core.timing().redis_vote_spacing();
}

bool is_out_of_date(const Core& core, const Header& header) {
    bool found = false;
    header.slots.for_each([&](slots::Slot slot) {
        const Member* owner = core.members.owner(slot);
        const bool newer = owner != nullptr && owner->config_epoch > header.config_epoch;
        found = found || (newer && !core.unclaimed.contains(slot));
    });
    return found;
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

// The same for every election, manual ones included.
Refusal refusal_by_epoch(const Core& core, const Header& header) {
    if (header.current_epoch < core.current_epoch) return "its epoch is behind";
    if (core.last_vote_epoch >= core.current_epoch) return "the vote of this epoch is spent";
    return {};
}

Refusal refusal(Core& core, const Member& candidate, const Header& header) {
    if (auto reason = refusal_by_epoch(core, header)) return reason;
    const Member* primary = core.members.find(candidate.primary);
    if (candidate.role == Role::primary || primary == nullptr) return "it is no replica";
    if (!primary->failed && !header.forced) return "its primary has not failed";
    if (too_soon(core, candidate, *primary)) return "it is too soon after the last vote";
    if (is_out_of_date(core, header)) return "it does not know who owns its slots";
    if (header.forced) return {};
    if (const Member* better = better_sibling(core, candidate, *primary, header.offset)) {
        return std::string(better->id.text()) + " has more data";
    }
    return {};
}

// The candidate may have won without our knowing. It has not when it still calls itself a replica
// after its election must be over. One that is not heard of any more counts as beaten after a long
// while: a shard must not wait for ever.
bool is_open(const Core& core, const Core::VoteGiven& vote) {
    const Duration age = core.now - vote.at;
    if (age < core.timing().vote_outcome()) return true;
    const Member* candidate = core.members.find(vote.candidate);
    const bool known_beaten = candidate != nullptr && candidate->role == Role::replica &&
                              candidate->heard_at >= vote.at + core.timing().vote_outcome();
    return !known_beaten && age < core.timing().fail_undo();
}

}  // namespace

void consider_vote(Core& core, Member& candidate, const Header& header) {
    if (!core.members.votes(core.self())) return;
    if (const Refusal reason = refusal(core, candidate, header)) {
        core.happened(Kind::vote_refused, candidate.id, *reason, header.current_epoch);
        return correct(core, candidate, header.config_epoch, header.slots);
    }
    core.last_vote_epoch = core.current_epoch;
    core.votes_given[candidate.primary] = {core.now, candidate.id};
    core.must_save();
    core.happened(Kind::vote_granted, candidate.id, {}, core.current_epoch);
    say_once_saved(core, candidate, Vote{});
}

bool doubts(const Core& core, const Member& member) {
    if (!core.members.votes(member)) return false;
    const auto given = core.votes_given.find(member.id);
    return member.failed || (given != core.votes_given.end() && is_open(core, given->second));
}

}  // namespace grapevine::gossip
