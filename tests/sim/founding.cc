#include "tests/sim/founding.h"

#include "tests/sim/agreement.h"

namespace grapevine::sim {
namespace {

std::uint16_t first_slot(const Setup& setup, std::int64_t primary) {
    return static_cast<std::uint16_t>(slots::slot_count * primary / setup.primaries);
}

void deal_out_slots(World& world) {
    for (std::int64_t i = 0; i < world.setup.primaries; ++i) {
        const std::uint16_t first = first_slot(world.setup, i);
        const auto last = static_cast<std::uint16_t>(first_slot(world.setup, i + 1) - 1);
        gossip::SlotSet range;
        range.insert({{first}, {last}});
        if (world.setup.epochs_given != 0) {
            world.obey(world.machine(i), gossip::SetConfigEpoch{i + 1});
        }
        world.obey(world.machine(i), gossip::AddSlots{range});
        world.probes.push_back({first});
        world.probes.push_back({static_cast<std::uint16_t>((first + last) / 2)});
    }
}

void introduce(World& world) {
    Machine& first = world.machine(0);
    for (const Machine& machine : world.machines) {
        if (machine.is_clone) continue;
        if (first.belief().members.find(machine.id) != nullptr) continue;
        world.obey(first, gossip::Meet{machine.address, machine.port, machine.bus_port()});
    }
}

bool all_are_known(const World& world) {
    for (const Machine& machine : world.machines) {
        if (machine.is_clone) continue;
        const gossip::Core& core = machine.belief();
        if (core.members.size() != world.setup.machines()) return false;
        for (const Machine& other : world.machines) {
            if (!other.is_clone && core.members.find(other.id) == nullptr) return false;
        }
    }
    return true;
}

void assign_replicas(World& world) {
    const Setup& setup = world.setup;
    for (std::int64_t i = 0; i < setup.primaries * setup.replicas; ++i) {
        Machine& replica = world.machine(setup.primaries + i);
        const Machine& primary = world.machine(i % setup.primaries);
        world.obey(replica, gossip::Replicate{primary.id});
    }
}

}  // namespace

void found(World& world) {
    deal_out_slots(world);
    bool known = false;
    for (int attempt = 0; attempt < 10 && !known; ++attempt) {
        introduce(world);
        known = world.run_until(world.scheduler.now() + 4s, [&] { return all_are_known(world); });
    }
    if (!known) return world.violated("Founding", "nodes that were introduced do not know all");
    assign_replicas(world);
    const Time limit = world.scheduler.now() + convergence_limit(world.setup);
    if (!world.run_until(limit, [&] { return agrees(world); })) {
        world.violated("Founding", disagreement(world));
    }
    // A disk from before a node was of the cluster is another node's, and kept out.
    for (Machine& machine : world.machines) machine.disk.keep_newest();
}

}  // namespace grapevine::sim
