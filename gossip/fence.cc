#include "gossip/fence.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace grapevine::gossip {
namespace {

// When this node last knew that the member had not replaced it: counted from the question that it
// has answered, not from the answer. Nothing after something has happened to the link.
std::optional<Instant> contact(const Core& core, const Member& member) {
    if (&member == &core.self()) return core.now;
    if (!member.reachable() || member.severed) return {};
    return member.contact_at;
}

// How long what was heard lasts; nothing when too few were heard of.
std::optional<Instant> promised_until(const Core& core) {
    std::vector<Instant> contacts;
    core.members.for_each([&](const Member& member) {
        if (!core.members.votes(member)) return;
        if (const auto at = contact(core, member)) contacts.push_back(*at);
    });
    const std::size_t quorum = core.members.quorum();
    if (contacts.size() < quorum) return {};
    const auto last_needed = contacts.begin() + static_cast<std::ptrdiff_t>(quorum - 1);
    std::nth_element(contacts.begin(), last_needed, contacts.end(), std::greater<>());
    return *last_needed + core.timing().fence();
}

}  // namespace

bool must_fence(const Core& core) {
    if (!core.members.votes(core.self())) return false;
    const auto until = promised_until(core);
    return !until || core.now >= *until;
}

Instant lease_end(const Core& core) {
    if (!core.members.votes(core.self())) return Instant::max();
    if (core.fenced) return core.fenced_since;
    return promised_until(core).value_or(core.now);
}

}  // namespace grapevine::gossip
