#include "gossip/data.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gossip/mutant.h"

namespace grapevine::gossip {
namespace {

// What a replica says that has all of what nobody has written to.
constexpr std::uint64_t copy_of_nothing = 1;

// `by_bus`: replication does not know it.
void note_loss(Core& core, const Member& primary, std::uint64_t offered, bool by_bus) {
    if (core.keeps_data_since || GRAPEVINE_MUTANT(less_replaces_more)) return;
    core.keeps_data_since = core.now;
    core.happened(Event::Kind::data_kept, primary.id,
                  "it has come back with " + std::to_string(offered) + " bytes of " +
                      std::to_string(data_offset(core)));
    if (by_bus) core.effects.announce.push_back(KeepData{});
}

// The primary, which had less, has taken writes since.
void give_data_up(Core& core) {
    core.keeps_data_since.reset();
    core.in_step = false;
}

// In step or not: until something else replaces it.
std::uint64_t offset_of_shard(const Core& core) {
    return core.data_of_shard ? core.replication.offset : data_offset(core);
}

}  // namespace

std::uint64_t data_offset(const Core& core) {
    const bool is_replica = core.self().role == Role::replica;
    const bool foreign = is_replica && !core.in_step && !GRAPEVINE_MUTANT(foreign_offset_counts);
    return foreign ? 0 : core.replication.offset;
}

void announce_primary(Core& core, const Member& primary) {
    const bool of_shard = core.data_of_shard || core.in_step;
    core.effects.announce.push_back(Follow{primary.id, primary.endpoint, ++core.follows,
                                           primary.shard, of_shard, core.ordered});
    core.replication.link_up = false;  // Until we hear of this one.
}

void note_replication(Core& core, const Replication& replication) {
    const bool is_replica = core.self().role == Role::replica;
    if (is_replica && replication.follow != core.follows) {
        core.replication.offset = replication.offset;
        return;
    }
    const Replication before = std::exchange(core.replication, replication);
    core.data_at = core.now - replication.data_age;
    if (!is_replica) return;
    if (replication.link_up) core.ordered = false;
    const bool kept = before.primary_has_less && before.follow == replication.follow;
    if (kept && !replication.primary_has_less) give_data_up(core);
    // Only data of one shard, or of one history, is compared: what was found to be more can be gone
    // on with.
    const bool has_more = replication.primary_has_less && !GRAPEVINE_MUTANT(less_replaces_more);
    core.in_step = core.in_step || replication.in_step || has_more;
    const Member* primary = core.members.find(core.self().primary);
    if (replication.primary_has_less && primary != nullptr) {
        note_loss(core, *primary, primary->offset, false);
    }
}

void note_primary(Core& core, Member& primary, By by) {
    core.ordered = by == By::order;
    if (core.ordered) primary.reign = {};
    const bool same_shard = core.self().shard == primary.shard;
    const bool was_replica = core.self().role == Role::replica;
    const bool had_shard = !was_replica || core.data_of_shard || core.in_step;
    core.data_of_shard = same_shard && had_shard && by == By::claim;
    core.in_step = same_shard && was_replica && core.in_step;
    core.keeps_data_since.reset();
}

void note_reign(const Core& core, Member& member, std::uint64_t epoch, std::uint64_t offset) {
    Reign& reign = member.reign;
    const bool more = epoch == reign.epoch && offset > reign.offset;
    if (more || epoch > reign.epoch) reign = {epoch, offset, core.now};
}

void note_answered_offset(Core& core, Member& sender, const Header& header, Instant asked_at) {
    if (core.self().role != Role::replica || sender.id != core.self().primary) return;
    Reign& had = sender.reign;
    if (!header.primary.none() || asked_at <= had.heard_at) return;
    const bool has_less = header.offset < had.offset && had.offset > copy_of_nothing;
    const bool has_more = header.offset < offset_of_shard(core);
    if (has_less && has_more && !core.ordered) note_loss(core, sender, header.offset, true);
    had.offset = header.offset;
}

bool saves_data(const Core& core) {
    const Member* primary = core.members.find(core.self().primary);
    return core.keeps_data_since && primary != nullptr && !primary->failed;
}

bool has_fuller_replica(const Core& core) {
    const std::uint64_t own = data_offset(core);
    bool found = false;
    core.members.for_each([&](const Member& member) {
        const bool may_stand = member.reachable() && member.grapevine && !member.no_failover;
        const bool follows = member.role == Role::replica && member.primary == core.self().id;
        found = found || (follows && may_stand && member.offset > own);
    });
    return found;
}

}  // namespace grapevine::gossip
