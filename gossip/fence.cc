#include "gossip/fence.h"

#include "gossip/mutant.h"
#include "gossip/voting.h"

namespace grapevine::gossip {
namespace {

// It has answered what we asked not long ago, and nothing has happened to the links since. Counted
// from the question, not from the answer: for Timing::hold_off from its answer it votes for nobody
// in our place, and who has voted says so when it answers.
bool in_contact(const Core& core, const Member& member) {
    const bool severed = member.severed && !GRAPEVINE_MUTANT(reset_does_not_fence);
    return member.reachable() && !severed && member.contact_at &&
           core.now - *member.contact_at < core.timing().fence();
}

}  // namespace

bool must_fence(const Core& core) {
    const bool holds = core.manual.active && core.replication.writes_held;  // It accepts none.
    if (!core.members.votes(core.self()) || holds || GRAPEVINE_MUTANT(no_fence)) return false;
    const bool resigned = may_be_deposed(core, core.self());  // It voted for its own successor.
    std::size_t contacts = 0;
    core.members.for_each([&](const Member& member) {
        const bool counts = &member == &core.self() ? !resigned : in_contact(core, member);
        contacts += core.members.votes(member) && counts ? 1 : 0;
    });
    return contacts < core.members.quorum();
}

}  // namespace grapevine::gossip
