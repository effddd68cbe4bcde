#include "gossip/fence.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "gossip/mutant.h"
#include "gossip/voting.h"

namespace grapevine::gossip {
namespace {

// How long what a member has answered lasts, unless something has happened to its links since.
// Counted from the question, not from the answer: for Timing::hold_off from its answer it votes for
// nobody in our place, and who has voted says so when it answers.
std::optional<Instant> contact(const Core& core, const Member& member) {
    if (&member == &core.self()) return core.now + core.timing().fence();
    const bool severed = member.severed && !GRAPEVINE_MUTANT(reset_does_not_fence);
    if (!member.reachable() || severed || is_voiceless(core, member)) return {};
    return member.contact_until;
}

// How long what was heard lasts; nothing when too few were heard of.
std::optional<Instant> promised_until(const Core& core) {
    if (may_be_deposed(core, core.self())) return {};  // We voted for our own successor.
    std::vector<Instant> contacts;
    contacts.reserve(core.members.size());
    core.members.for_each_owner([&](const Member& member) {
        const bool is_seat = &member != &core.self() || has_seat(core);
        if (!core.members.votes(member) || !is_seat) return;
        if (const auto at = contact(core, member)) contacts.push_back(*at);
    });
    const std::size_t quorum = core.members.quorum();
    if (contacts.size() < quorum) return {};
    const auto last_needed = contacts.begin() + static_cast<std::ptrdiff_t>(quorum - 1);
    std::nth_element(contacts.begin(), last_needed, contacts.end(), std::greater<>());
    return *last_needed;
}

// Only a primary that accepts writes has anything to stop.
bool needs_promises(const Core& core) {
    const bool holds = core.manual.active && core.replication.writes_held;
    return core.members.votes(core.self()) && !holds && !GRAPEVINE_MUTANT(no_fence);
}

// Voters have promised our predecessor something, and it has not said yet that it knows better.
bool may_predecessor_write(const Core& core) {
    if (core.now >= core.replaced_until) return false;
    const Member* predecessor = core.members.find(core.replaced);
    return predecessor != nullptr && predecessor->role == Role::primary;
}

}  // namespace

bool has_seat(const Core& core) {
    if (!core.heir_since) return true;
    const Member* predecessor = core.members.find(core.replaced);
    if (predecessor == nullptr || predecessor->role == Role::replica) return true;
    std::size_t know = 0;
    core.members.for_each_owner([&](const Member& member) {
        know += core.members.votes(member) && member.knows_claim ? 1 : 0;
    });
    const std::size_t voters = core.members.voters();
    return know >= std::min(voters - core.members.quorum() + 1, voters - 1);
}

bool must_fence(const Core& core) {
    if (!needs_promises(core)) return false;
    if (may_predecessor_write(core)) return true;
    const auto until = promised_until(core);
    return !until || core.now >= *until;
}

Instant lease_end(const Core& core) {
    if (!needs_promises(core)) return Instant::max();
    if (core.fenced) return core.fenced_since;
    return promised_until(core).value_or(core.now);
}

}  // namespace grapevine::gossip
