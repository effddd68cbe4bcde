#include "gossip/replica_migration.h"

#include <algorithm>
#include <map>

#include "gossip/claims.h"
#include "gossip/mutant.h"

namespace grapevine::gossip {
namespace {

using Counts = std::map<NodeId, std::size_t>;  // Replicas that have not failed, by primary.

bool is_working_replica(const Member& member) {
    return member.role == Role::replica && !member.failed && !member.handshake;
}

Counts count_replicas(const Core& core) {
    Counts counts;
    core.members.for_each([&](const Member& member) {
        if (is_working_replica(member)) ++counts[member.primary];
    });
    return counts;
}

std::size_t replicas_of(const Counts& counts, const NodeId& primary) {
    const auto found = counts.find(primary);
    return found == counts.end() ? 0 : found->second;
}

// Only of primaries that have had replicas: whoever never had one may be meant to have none.
void note_orphans(Core& core, const Counts& counts) {
    core.members.for_each_peer([&](Member& member) {
        const bool orphaned = core.members.votes(member) && !member.failed && member.had_replicas &&
                              replicas_of(counts, member.id) == 0;
        if (!orphaned) {
            member.orphan_since.reset();
        } else if (!member.orphan_since) {
            member.orphan_since = core.now;
        }
    });
}

Member* oldest_orphan(Core& core) {
    Member* oldest = nullptr;
    core.members.for_each_peer([&](Member& member) {
        if (!member.orphan_since) return;
        if (oldest == nullptr || *member.orphan_since < *oldest->orphan_since) oldest = &member;
    });
    return oldest;
}

// All nodes come to the same answer, as far as they believe the same.
bool is_the_one_to_go(const Core& core, const Counts& counts) {
    std::size_t most = 0;
    for (const auto& [primary, count] : counts) most = std::max(most, count);
    const std::size_t own = replicas_of(counts, core.self().primary);
    if (own < most || own < 2 || own <= core.settings.migration_barrier) return false;
    bool smallest = true;
    core.members.for_each([&](const Member& member) {
        const bool rival =
            is_working_replica(member) && replicas_of(counts, member.primary) == most;
        if (rival && member.id < core.self().id) smallest = false;
    });
    return smallest;
}

}  // namespace

// Whoever leaves gives up its data: its primary has it all, and is there.
bool can_be_spared(const Core& core) {
    const Member* primary = core.members.primary_of(core.self());
    if (primary == nullptr || primary->role != Role::primary || !primary->reachable()) return false;
    const bool is_heard = core.now - primary->heard_at <= 2 * core.timing().ping_interval();
    return is_heard && core.replication.link_up && !core.election.open && !core.keeps_data_since;
}

void migrate_replica(Core& core) {
    if (core.self().role != Role::replica) return;
    const Counts counts = count_replicas(core);
    note_orphans(core, counts);
    const bool may = core.settings.allow_replica_migration && core.serving && !core.manual.active &&
                     !core.self().no_failover;
    if (!may) return;
    Member* orphan = oldest_orphan(core);
    if (orphan == nullptr || core.now - *orphan->orphan_since <= core.timing().orphan_patience) {
        return;
    }
    if (!can_be_spared(core)) return;
    if (!is_the_one_to_go(core, counts) && !GRAPEVINE_MUTANT(all_migrate)) return;
    core.happened(Event::Kind::replica_migrated, orphan->id, "it has no replica any more");
    follow(core, *orphan, By::choice);
}

}  // namespace grapevine::gossip
