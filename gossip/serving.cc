#include "gossip/serving.h"

#include <string>
#include <utility>

#include "gossip/data.h"
#include "gossip/failure.h"
#include "gossip/fence.h"
#include "gossip/mutant.h"
#include "gossip/twins.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;

// A replica is about to take over: the other shards go on meanwhile, but not for ever.
bool is_failing_over(const Core& core, const Member& primary) {
    return core.now - primary.failed_at <= core.timing().node_timeout * 2 &&
           core.members.has_eligible_replica(primary);
}

bool is_covered(const Core& core, const Member& owner) {
    return !owner.failed || is_failing_over(core, owner);
}

// What the owners of slots come to.
struct Standing {
    std::size_t covered = 0;    // Slots.
    std::size_t reachable = 0;  // Voters.
    std::size_t answered = 0;   // Voters that have, at least once since this process began.
};

Standing standing_of(const Core& core) {
    Standing standing;
    core.members.for_each_owner([&](const Member& member) {
        if (is_covered(core, member)) standing.covered += member.owned.size();
        if (!core.members.votes(member)) return;
        const bool heard = &member == &core.self() || member.pong_received;
        standing.reachable += member.reachable() ? 1 : 0;
        standing.answered += heard ? 1 : 0;
    });
    return standing;
}

// A primary that could have been replaced meanwhile gives its successor time to say so.
bool must_wait(const Core& core) {
    if (core.self().role != Role::primary) return false;
    if (core.serves_from && !GRAPEVINE_MUTANT(no_writable_delay)) {
        if (core.now < *core.serves_from) return true;
        // It has come back without its data; whoever has more may take over.
        const bool too_long = core.now - *core.serves_from > core.timing().node_timeout;
        if (!too_long && has_fuller_replica(core)) return true;
    }
    if (GRAPEVINE_MUTANT(no_rejoin_delay)) return false;
    return core.minority_at && core.now - *core.minority_at < core.timing().rejoin();
}

bool should_serve(Core& core, const Standing& standing) {
    if (core.is_copy) return false;
    const bool majority = standing.reachable >= core.members.quorum();
    if (!majority && core.members.voters() > 0) core.minority_at = core.now;
    const bool gaps = standing.covered < slots::slot_count;
    if (!majority || (core.settings.require_full_coverage && gaps)) return false;
    return core.serving || !must_wait(core);
}

std::string why_not_serving(const Core& core, const Standing& standing) {
    if (core.is_copy) return "another process has its name";
    if (standing.reachable < core.members.quorum()) {
        const auto is_gone = [](const Member& member) { return !member.reachable(); };
        return "too few primaries are left: " + names_of_voters(core, is_gone) + " are gone" +
               what_to_forget;
    }
    return std::to_string(slots::slot_count - standing.covered) + " slots have no primary";
}

void announce(Core& core, Event::Kind kind, std::string detail = {}) {
    core.map_changed = true;
    core.happened(kind, {}, std::move(detail));
}

// Who was started again and hears too few would else wait without a word.
void note_long_wait(Core& core) {
    if (core.told_wait || core.now - core.born < core.timing().node_timeout) return;
    core.told_wait = true;
    core.happened(Kind::not_serving, {}, silent_voters(core));
}

}  // namespace

void judge_serving(Core& core) {
    const Standing standing = standing_of(core);
    // Nobody can have told of a successor before a majority has answered: the wait begins then.
    const bool unheard = standing.answered < core.members.quorum() || must_be_recognised(core);
    if (core.serves_from && unheard) {
        core.serves_from = core.now + core.timing().writable_delay;
        note_long_wait(core);
    }
    const bool serving = should_serve(core, standing);
    const bool fenced = must_fence(core);
    const bool serving_changed = serving != core.serving;
    const bool fenced_changed = fenced != core.fenced;
    core.serving = serving;
    core.fenced = fenced;
    if (fenced && fenced_changed) core.fenced_since = core.now;
    if (serving_changed && serving) announce(core, Kind::serving);
    if (serving_changed && !serving) {
        announce(core, Kind::not_serving, why_not_serving(core, standing));
    }
    if (fenced_changed && fenced) announce(core, Kind::fenced, why_fenced(core));
    if (fenced_changed && !fenced) announce(core, Kind::unfenced);
}

}  // namespace grapevine::gossip
