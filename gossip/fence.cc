#include "gossip/fence.h"
#include "gossip/mutant.h"

namespace grapevine::gossip {
namespace {

// It has answered what we asked not long ago, and nothing has happened to the link since. Counted
// from the question, not from the answer: when we asked, it had not replaced us yet.
bool in_contact(const Core& core, const Member& member) {
    const bool severed = member.severed && !GRAPEVINE_MUTANT(reset_does_not_fence);
    return member.reachable() && !severed && member.contact_at &&
           core.now - *member.contact_at < core.timing().fence();
}

}  // namespace

bool must_fence(const Core& core) {
    if (!core.members.votes(core.self()) || GRAPEVINE_MUTANT(no_fence)) return false;
    std::size_t contacts = 0;
    core.members.for_each([&](const Member& member) {
        const bool counts = &member == &core.self() || in_contact(core, member);
        contacts += core.members.votes(member) && counts ? 1 : 0;
    });
    return contacts < core.members.quorum();
}

}  // namespace grapevine::gossip
