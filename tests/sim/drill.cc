#include "tests/sim/drill.h"

#include "tests/sim/agreement.h"

namespace grapevine::sim {
namespace {

using gossip::Member;
using Milliseconds = std::chrono::milliseconds;

std::int64_t slowest_ms(const Setup& setup) {
    return setup.delay_most_us / 1'000 + (setup.spike_per_mille > 0 ? setup.spike_ms : 0);
}

bool is_calm(const Setup& setup) {
    return 4 * slowest_ms(setup) + 3 * setup.tick_ms < setup.node_timeout_ms / 2;
}

bool has_fresh_replica(const World& world, const Machine& primary) {
    for (const Machine& machine : world.machines) {
        const bool follows = machine.awake() && machine.belief().self().primary == primary.id;
        if (follows && machine.store.synced && machine.store.link_up) return true;
    }
    return false;
}

Machine* victim(World& world) {
    for (Machine& machine : world.machines) {
        if (!machine.awake() || machine.belief().members.voters() < 3) continue;
        const bool votes = machine.belief().members.votes(machine.belief().self());
        if (votes && has_fresh_replica(world, machine)) return &machine;
    }
    return nullptr;
}

bool majority_knows(const World& world, const NodeId& dead) {
    std::size_t living = 0, knowing = 0;
    for (const Machine& machine : world.machines) {
        if (!machine.awake()) continue;
        const Member* member = machine.belief().members.find(dead);
        // It may have been replaced already, and cleared with that.
        const bool knows =
            member == nullptr || member->failed || member->role != slots::Role::primary;
        ++living;
        knowing += knows || !machine.belief().members.votes(*member) ? 1 : 0;
    }
    return 2 * knowing > living;
}

bool served_by_others(const World& world, const slots::SlotSet& slots, const NodeId& dead) {
    for (const slots::Slot probe : world.probes) {
        if (!slots.contains(probe)) continue;
        bool served = false;
        for (const Machine& machine : world.machines) {
            if (!machine.awake() || machine.id == dead) continue;
            const slots::Topology& map = *machine.map;
            served = served || (map.serving && !map.fenced && map.owner[probe.number] == map.self);
        }
        if (!served) return false;
    }
    return true;
}

Time detection_limit(const Setup& setup) {
    const Time slack = Milliseconds(10 * slowest_ms(setup)) + 1'500ms;
    if (setup.crash_evidence != 0) return slack;
    return slack + Milliseconds(setup.node_timeout_ms * 2);
}

Time failover_limit(const Setup& setup) {
    return detection_limit(setup) + 7s + Time{6 * setup.disk_most_us} +
           Milliseconds(20 * slowest_ms(setup));
}

// Its replicas may still stand when the failure has been found, and until votes are in.
bool stays_fresh(const Machine& dead, const Setup& setup) {
    const gossip::Timing& timing = dead.settings.timing;
    return timing.replica_validity_factor == 0 ||
           timing.data_age_limit() > detection_limit(setup) + timing.election_timeout;
}

// Everybody has an answer from everybody on a link that is up: only then is its end evidence.
bool are_in_touch(const World& world) {
    bool all = true;
    for (const Machine& machine : world.machines) {
        if (!machine.awake()) continue;
        const gossip::Core& core = machine.belief();
        core.members.for_each([&](const Member& member) {
            const auto link = core.links.find(member.link);
            const bool answered = link != core.links.end() && link->second.answered;
            all = all && (&member == &core.self() || (answered && !member.severed));
        });
    }
    return all;
}

}  // namespace

void hold_drill(World& world) {
    const Time patience = 10s + Milliseconds(world.setup.node_timeout_ms);
    (void)world.run_until(world.scheduler.now() + patience, [&] { return are_in_touch(world); });
    if (world.violation) return;
    Machine* dead = is_calm(world.setup) ? victim(world) : nullptr;
    if (dead == nullptr || !stays_fresh(*dead, world.setup) || world.setup.drill == 0) return;
    world.tell([] { return "-- the drill"; });
    const NodeId id = dead->id;
    const slots::SlotSet slots = dead->belief().members.slots_of(dead->belief().self());
    ++dead->disturbed;
    const Time start = world.scheduler.now();
    world.kill(*dead);
    if (!world.run_until(start + detection_limit(world.setup),
                         [&] { return majority_knows(world, id); })) {
        return world.violated("DetectBound",
                              "a majority does not know that " + world.name(id) + " is dead");
    }
    if (!world.run_until(start + failover_limit(world.setup),
                         [&] { return served_by_others(world, slots, id); })) {
        return world.violated("FailoverLive", "nobody serves the slots of " + world.name(id));
    }
    world.mark(Mark::drill_held);
    world.boot(*dead);
}

void hold_forget_drill(World& world) {
    Machine* gone = nullptr;
    for (Machine& machine : world.machines) {
        const bool replica = machine.awake() && !machine.belief().self().primary.none();
        if (replica) gone = &machine;
    }
    if (gone == nullptr || !is_calm(world.setup) || world.chance.happens(800)) return;
    gone->removed = true;
    world.kill(*gone);
    for (Machine& machine : world.machines) {
        if (!machine.awake() || machine.id == gone->id) continue;
        world.obey(machine, gossip::Forget{gone->id});
        break;
    }
    const auto forgotten = [&] {
        for (const Machine& machine : world.machines) {
            if (machine.awake() && machine.belief().members.find(gone->id) != nullptr) return false;
        }
        return true;
    };
    if (!world.run_until(world.scheduler.now() + 30s, forgotten)) {
        world.violated("NoResurrect", "not all forget " + world.name(gone->id));
    }
}

}  // namespace grapevine::sim
