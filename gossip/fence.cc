#include "gossip/fence.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "gossip/failure.h"
#include "gossip/mutant.h"
#include "gossip/voting.h"
#include "gossip/witnesses.h"

namespace grapevine::gossip {
namespace {

// How long what a member has answered lasts, unless something has happened to its links since.
// Counted from the question, not from the answer: for Timing::hold_off from its answer it votes for
// nobody in our place, and who has voted says so when it answers.
std::optional<Instant> contact(const Core& core, const Member& member) {
    if (&member == &core.self()) return core.now + long_lease(core);
    const bool severed = member.severed && !GRAPEVINE_MUTANT(reset_does_not_fence);
    if (!member.reachable() || severed || is_voiceless(core, member)) return {};
    return member.contact_until;
}

// The one that `needed` of them reach.
std::optional<Instant> reached_by(std::vector<Instant>& contacts, std::size_t needed) {
    if (contacts.size() < needed) return {};
    const auto last_needed = contacts.begin() + static_cast<std::ptrdiff_t>(needed - 1);
    std::nth_element(contacts.begin(), last_needed, contacts.end(), std::greater<>());
    return *last_needed;
}

// By a majority of our witnesses; for ever when we have none.
std::optional<Instant> promised_by_witnesses(const Core& core) {
    const bool none = !core.witnesses || core.witnesses->empty();
    if (none || GRAPEVINE_MUTANT(witnesses_not_needed)) return Instant::max();
    std::vector<Instant> contacts;
    for (const NodeId& id : *core.witnesses) {
        const Member* member = core.members.find(id);
        if (member == nullptr) continue;
        if (const auto at = contact(core, *member)) contacts.push_back(*at);
    }
    return reached_by(contacts, majority_of(*core.witnesses));
}

std::optional<Instant> promised_by_voters(const Core& core) {
    std::vector<Instant> contacts;
    contacts.reserve(core.members.size());
    core.members.for_each_owner([&](const Member& member) {
        const bool is_seat = &member != &core.self() || has_seat(core);
        if (!core.members.votes(member) || !is_seat) return;
        if (const auto at = contact(core, member)) contacts.push_back(*at);
    });
    return reached_by(contacts, core.members.quorum());
}

// How long what was heard lasts; nothing when too few were heard of.
std::optional<Instant> promised_until(const Core& core) {
    if (may_be_deposed(core, core.self())) return {};  // We voted for our own successor.
    const auto by_witnesses = promised_by_witnesses(core);
    const auto by_voters = promised_by_voters(core);
    if (!by_witnesses || !by_voters) return {};
    return std::min(*by_witnesses, *by_voters);
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
    if (!core.heir_since || core.seated) return true;
    const bool of_itself = core.replaced == core.self().id;
    const Member* predecessor = core.members.find(core.replaced);
    const bool given_way = predecessor == nullptr || predecessor->role == Role::replica;
    if (!of_itself && given_way) return true;
    std::size_t know = 0;
    std::size_t saw_nobody = 0;
    core.members.for_each_owner([&](const Member& member) {
        if (!core.members.votes(member) || !member.knows_claim) return;
        if (has_displaced(core, member)) return;  // It speaks for a seat that may be another's.
        ++know;
        saw_nobody += member.saw_successor || is_voiceless(core, member) ? 0 : 1;
    });
    const std::size_t voters = core.members.voters();
    const std::size_t others_elect_nobody = voters - core.members.quorum();
    if (of_itself && !core.was_heir && saw_nobody >= others_elect_nobody) return true;
    return know >= std::min(others_elect_nobody + 1, voters - 1);
}

void note_seat(Core& core) {
    const bool before = std::exchange(core.seated, has_seat(core));
    if (core.seated == before) return;
    core.seated_at = core.now;
    core.must_save();
}

bool must_fence(const Core& core) {
    if (!needs_promises(core)) return false;
    if (may_predecessor_write(core)) return true;
    const auto until = promised_until(core);
    return !until || core.now >= *until;
}

std::string silent_voters(const Core& core) {
    const auto silent = [&](const Member& member) {
        return core.now >= contact(core, member).value_or(core.now);
    };
    const std::string names = names_of_voters(core, silent);
    if (names.empty()) return "too few have heard yet what it is";
    return "no word of " + names + what_to_forget;
}

std::string why_fenced(const Core& core) {
    if (may_predecessor_write(core)) return "its predecessor may not know of it yet";
    if (may_be_deposed(core, core.self())) return "it has voted for another in its place";
    return silent_voters(core);
}

Instant lease_end(const Core& core) {
    if (!needs_promises(core)) return Instant::max();
    if (core.fenced) return core.fenced_since;
    return promised_until(core).value_or(core.now);
}

}  // namespace grapevine::gossip
