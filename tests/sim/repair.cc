#include "tests/sim/repair.h"

#include <algorithm>

namespace grapevine::sim {
namespace {

using gossip::Member;

std::vector<Machine*> living(World& world) {
    std::vector<Machine*> found;
    for (Machine& machine : world.machines) {
        if (machine.awake()) found.push_back(&machine);
    }
    return found;
}

std::vector<NodeId> ghosts_of(World& world, const Machine& machine) {
    std::vector<NodeId> ghosts;
    machine.belief().members.for_each([&](const Member& member) {
        const Machine* known = world.find(member.id);
        if (!member.handshake && (known == nullptr || !known->alive())) ghosts.push_back(member.id);
    });
    return ghosts;
}

// Followers of nobody follow a primary that is there.
void forget_ghosts(World& world, Machine& machine, const Machine& base) {
    for (const NodeId& ghost : ghosts_of(world, machine)) {
        const bool follows = machine.belief().self().primary == ghost;
        if (follows) world.obey(machine, gossip::Replicate{base.id, false});
        world.obey(machine, gossip::Forget{ghost});
    }
}

void introduce(World& world, Machine& base) {
    for (const Machine* other : living(world)) {
        const Member* known = base.belief().members.find(other->id);
        const bool linked = known != nullptr && (known->link_up || known == &base.belief().self());
        if (linked && other->belief().members.find(base.id) != nullptr) continue;
        world.obey(base, gossip::Meet{other->address, other->port, other->bus_port()});
    }
}

void fill_gaps(World& world, Machine& base) {
    gossip::SlotSet missing = gossip::SlotSet::all();
    base.belief().members.for_each(
        [&](const Member& member) { missing -= base.belief().members.slots_of(member); });
    if (!missing.empty()) world.obey(base, gossip::AddSlots{missing});
}

// A node that was restored from an old disk may have forgotten slots that the others know it by.
bool remind(World& world, const Machine& base) {
    bool gave = false;
    for (Machine* machine : living(world)) {
        const Member* known = base.belief().members.find(machine->id);
        const gossip::Members& own = machine->belief().members;
        if (known == nullptr || own.self().role != gossip::Role::primary) continue;
        gossip::SlotSet forgotten, taken_for_others;
        base.belief().members.slots_of(*known).for_each([&](slots::Slot slot) {
            const Member* owner = own.owner(slot);
            if (owner == &own.self()) return;
            forgotten.insert(slot);
            if (owner != nullptr) taken_for_others.insert(slot);
        });
        if (!taken_for_others.empty()) world.obey(*machine, gossip::DelSlots{taken_for_others});
        if (!forgotten.empty()) world.obey(*machine, gossip::AddSlots{forgotten});
        gave = gave || !forgotten.empty();
    }
    return gave;
}

// Whose data survives is for an operator to say: the fullest one's, as with a Redis Cluster.
void crown(World& world, const std::vector<Machine*>& candidates) {
    Machine* fullest = nullptr;
    for (Machine* machine : candidates) {
        if (fullest == nullptr || machine->store.log.size() > fullest->store.log.size()) {
            fullest = machine;
        }
    }
    if (fullest == nullptr) return;
    world.allow_overlap();
    world.obey(*fullest, gossip::Failover{gossip::Failover::Mode::takeover});
}

Machine* base_of(World& world) {
    for (Machine* machine : living(world)) {
        if (machine->belief().members.votes(machine->belief().self())) return machine;
    }
    for (Machine* machine : living(world)) {
        if (machine->belief().self().role == gossip::Role::primary) return machine;
    }
    return nullptr;
}

}  // namespace

bool end_circles(World& world) {
    bool found = false;
    for (Machine* machine : living(world)) {
        Machine* primary = world.find(machine->belief().self().primary);
        const bool circle = primary != nullptr && primary->awake() &&
                            primary->belief().self().primary == machine->id;
        if (circle) crown(world, {machine, primary});
        found = found || circle;
    }
    return found;
}

bool give_back_slots(World& world) {
    const Machine* base = base_of(world);
    return base != nullptr && remind(world, *base);
}

void repair(World& world) {
    if (!world.members_changed) return;
    const std::chrono::milliseconds timeout(world.setup.node_timeout_ms);
    for (int round = 0; round < 6 && !world.violation; ++round) {
        if (base_of(world) == nullptr) crown(world, living(world));
        Machine* base = base_of(world);
        if (base == nullptr) return;
        for (Machine* machine : living(world)) forget_ghosts(world, *machine, *base);
        introduce(world, *base);
        if (round > 2) remind(world, *base);
        if (round > 2) fill_gaps(world, *base);
        world.run_until(world.scheduler.now() + std::max<Time>(timeout, 3s));
    }
}

}  // namespace grapevine::sim
