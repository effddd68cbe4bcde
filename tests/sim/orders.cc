#include "tests/sim/orders.h"

#include <memory>

namespace grapevine::sim {
namespace {

using Kind = Step::Kind;
using gossip::SetSlot;

// What the operator does after an OK.
void order(World& world, Machine& machine, const gossip::Order& what, Task then = {}) {
    world.obey(machine, what, [&world, &machine, then = std::move(then)](const auto& reply) {
        world.tell([&] {
            return World::name(machine) + " answers " + (reply ? *reply : reply.error().text);
        });
        if (reply && then) then();
    });
}

bool is_primary_with_slots(const Machine& machine) {
    return machine.awake() && machine.belief().members.votes(machine.belief().self());
}

void fail_over(World& world, Machine& machine, std::int64_t number) {
    const auto mode = static_cast<gossip::Failover::Mode>(number % 3);
    if (mode != gossip::Failover::Mode::agreed) world.allow_overlap();
    order(world, machine, gossip::Failover{mode});
}

// It goes for good, and everybody who can be told is told at once.
void forget(World& world, Machine& machine) {
    if (!machine.awake() || is_primary_with_slots(machine)) return;
    world.members_changed = machine.removed = true;
    world.kill(machine);
    const auto forgetting =
        std::make_shared<Forgetting>(Forgetting{machine.id, world.scheduler.now(), {}});
    std::size_t told = 0;
    for (const Machine& other : world.machines) {
        const bool hears = !other.removed && !other.is_clone && other.awake();
        forgetting->memories.push_back(hears ? std::optional(other.memory) : std::nullopt);
        told += hears ? 1 : 0;
    }
    const auto missing = std::make_shared<std::size_t>(told);
    const Task confirmed = [&world, forgetting, missing] {
        if (--*missing > 0) return;
        for (const auto& check : world.checks) check->forgotten(*forgetting);
    };
    for (Machine& other : world.machines) {
        if (!other.removed && !other.is_clone && other.awake())
            order(world, other, gossip::Forget{machine.id}, confirmed);
    }
}

// Only of nodes that hold nothing that others do not.
void reset(World& world, Machine& machine, bool hard) {
    if (!machine.awake() || is_primary_with_slots(machine)) return;
    world.members_changed = world.shards_changed = true;
    ++machine.disturbed;
    ++machine.memory;
    order(world, machine, gossip::Reset{hard, false});
}

void replicate(World& world, Machine& machine, const Machine& primary) {
    world.shards_changed = true;
    order(world, machine, gossip::Replicate{primary.id, false});
}

void set_slot(World& world, Machine& machine, SetSlot::Change change, slots::Slot slot,
              const NodeId& node, Task then = {}) {
    order(world, machine, SetSlot{change, slot, node, false}, std::move(then));
}

// As redis-cli moves one: both ends are opened, then the target takes it, then the source lets go;
// or it hears of it.
void move_slot(World& world, slots::Slot slot, Machine& target, bool tells_source) {
    if (!is_primary_with_slots(target)) return;
    const gossip::Member* owner = target.belief().members.owner(slot);
    Machine* source = owner == nullptr ? nullptr : world.find(owner->id);
    if (source == nullptr || source == &target || !source->awake()) return;
    world.allow_overlap(slot);
    set_slot(world, target, SetSlot::Change::importing, slot, source->id);
    set_slot(world, *source, SetSlot::Change::migrating, slot, target.id);
    const Time takes{world.chance.between(1'000, 300'000)};
    world.scheduler.after(takes, [=, &world, &target] {
        const bool open = target.awake() && target.belief().importing_from.contains(slot);
        if (!open || !source->awake()) return;
        world.allow_overlap(slot);
        set_slot(world, target, SetSlot::Change::node, slot, target.id, [=, &world, &target] {
            if (!tells_source) return;
            world.allow_overlap(slot);
            set_slot(world, *source, SetSlot::Change::node, slot, target.id);
        });
    });
}

}  // namespace

void give_order(World& world, const Step& step) {
    Machine& machine = world.machine(step.a);
    const Machine& other = world.machine(step.b);
    switch (step.kind) {
        case Kind::failover:
            return fail_over(world, machine, step.b);
        case Kind::forget:
            return forget(world, machine);
        case Kind::meet:
            order(world, machine, gossip::Meet{other.address, other.port, other.bus_port()});
            return;
        case Kind::bump:
            machine.bumped = true;
            order(world, machine, gossip::BumpEpoch{});
            return;
        case Kind::reset_node:
            return reset(world, machine, step.b % 2 == 1);
        case Kind::replicate:
            return replicate(world, machine, other);
        case Kind::move_slot:
            return move_slot(world,
                             world.probes[static_cast<std::size_t>(step.a) % world.probes.size()],
                             world.machine(step.b), step.c == 0);
        case Kind::save:
            order(world, machine, gossip::SaveConfig{});
            return;
        default:
            return;
    }
}

}  // namespace grapevine::sim
