#include "tests/sim/faults.h"

#include <algorithm>

#include "tests/sim/orders.h"

namespace grapevine::sim {
namespace {

using Kind = Step::Kind;
using Milliseconds = std::chrono::milliseconds;

// What ends a fault; nothing once all faults were ended.
void later(World& world, std::int64_t milliseconds, Task task) {
    world.scheduler.after(Milliseconds(milliseconds), [&world, task = std::move(task)] {
        if (world.in_danger) task();
    });
}

bool is_in(const Machine& machine, std::int64_t set) {
    return ((set >> machine.number) & 1) != 0;
}

void restart_later(World& world, Machine& machine, std::int64_t milliseconds) {
    later(world, milliseconds, [&world, &machine] {
        if (!machine.alive() && !machine.removed) world.boot(machine);
    });
}

void crash(World& world, const Step& step) {
    Machine& machine = world.machine(step.a);
    if (!machine.alive()) return;
    ++machine.disturbed;
    world.kill(machine, step.kind == Kind::power_off);
    if (step.kind == Kind::old_disk) machine.disk.roll_back(static_cast<std::size_t>(step.c));
    if (step.kind == Kind::wipe) machine.disk.wipe();
    if (step.kind == Kind::wipe) world.data.lost_everything(machine);
    world.memory_lost |= step.kind == Kind::old_disk || step.kind == Kind::wipe;
    machine.memory += step.kind == Kind::old_disk || step.kind == Kind::wipe ? 1 : 0;
    machine.disk_lied |= step.kind == Kind::old_disk || step.kind == Kind::wipe;
    machine.moved |= step.kind == Kind::move;
    world.members_changed |= step.kind != Kind::crash && step.kind != Kind::power_off;
    if (step.kind == Kind::move)
        machine.address =
            "10.1." + std::to_string(machine.life) + "." + std::to_string(machine.number + 1);
    restart_later(world, machine, step.b);
}

void pause(World& world, const Step& step) {
    Machine& machine = world.machine(step.a);
    // One short stop is no reason to accuse anybody.
    const bool short_one = step.b < world.setup.node_timeout_ms / 3;
    if (!short_one || machine.stops > 0) ++machine.disturbed;
    ++machine.stops;
    world.pause(machine);
    later(world, step.b, [&world, &machine] { world.resume(machine); });
}

// On the other side of the cut than set a.
bool is_beyond(const Machine& machine, const Step& step) {
    return !is_in(machine, step.a) && (step.kind != Kind::cut_sets || is_in(machine, step.b));
}

// Calls cut(from, to) for both directions of every pair that the step separates.
template <typename Cut>
void for_each_cut(World& world, const Step& step, Cut cut) {
    if (step.kind == Kind::cut_pair) {
        const std::size_t a = world.machine(step.a).number, b = world.machine(step.b).number;
        if (a == b) return;
        cut(a, b);
        return cut(b, a);
    }
    for (const Machine& from : world.machines) {
        for (const Machine& to : world.machines) {
            const bool leaves = is_in(from, step.a) && is_beyond(to, step);
            const bool comes = is_beyond(from, step) && is_in(to, step.a);
            if (leaves || (comes && step.kind != Kind::cut_from)) cut(from.number, to.number);
        }
    }
}

void cut(World& world, const Step& step) {
    for_each_cut(world, step, [&](std::size_t from, std::size_t to) {
        ++world.machines[from].disturbed;
        ++world.machines[to].disturbed;
        world.network.cut(from, to);
    });
    const bool between = step.kind == Kind::cut_pair || step.kind == Kind::cut_sets;
    later(world, between ? step.c : step.b, [&world, step] {
        for_each_cut(world, step,
                     [&](std::size_t from, std::size_t to) { world.network.open(from, to); });
        world.tell([&] { return "over: " + to_text(step); });
    });
}

// No fault that anybody may be accused for: new links work at once.
void reset(World& world, const Step& step) {
    Machine& a = world.machine(step.a);
    for (Machine& other : world.machines) {
        if (step.kind != Kind::reset_all && other.number != world.machine(step.b).number) continue;
        if (other.number == a.number) continue;
        if (step.kind == Kind::half_open) {
            world.network.half_open(a.number, other.number);
        } else {
            world.network.reset(a.number, other.number);
        }
    }
}

void refuse(World& world, const Step& step) {
    Machine& machine = world.machine(step.a);
    ++machine.disturbed;
    if (step.c != 0) {
        // A crash is forged of a process that stands still: it does not see its links end before it
        // goes on, and until then its lease holds.
        if (machine.paused && world.setup.crash_evidence != 0) world.allow_overlap();
        for (Machine& other : world.machines) ++other.disturbed;  // Refused by it, it seems.
        world.network.seal(machine.number);
        return later(world, step.b, [&world, &machine] { world.network.unseal(machine.number); });
    }
    world.network.refuse(machine.number);
    later(world, step.b, [&world, &machine] { world.network.admit(machine.number); });
}

void stall(World& world, const Step& step) {
    Machine& from = world.machine(step.a);
    Machine& to = world.machine(step.b);
    ++from.disturbed;
    ++to.disturbed;
    world.network.slow(from.number, to.number, Milliseconds(step.c));
}

void deafen(World& world, const Step& step) {
    const Machine& deaf = world.machine(step.a);
    const auto delay_by = [&world, &deaf](Time late) {
        for (Machine& other : world.machines) {
            ++other.disturbed;
            if (other.number != deaf.number) world.network.slow(other.number, deaf.number, late);
        }
    };
    delay_by(Milliseconds(step.c));
    later(world, step.b, [delay_by] { delay_by(Time{0}); });
}

void spoil_disk(World& world, const Step& step) {
    Machine& machine = world.machine(step.a);
    if (step.kind == Kind::bad_disk) {
        machine.disk.fail(true);
        return later(world, step.b, [&machine] { machine.disk.fail(false); });
    }
    machine.disk.slow_down(Milliseconds(step.c));
    later(world, step.b, [&machine] { machine.disk.slow_down(Time{0}); });
}

bool is_cut_off(const World& world, const Machine& machine) {
    return std::any_of(world.machines.begin(), world.machines.end(), [&](const Machine& other) {
        return world.network.is_cut(machine.number, other.number) ||
               world.network.is_cut(other.number, machine.number);
    });
}

// An operator's mistake: a copy of the disk is started elsewhere, and the original goes on. Beyond
// a cut it would be a restart to those who do not hear the original, and vote in its name.
void clone(World& world, const Step& step) {
    const Machine& original = world.machine(step.a);
    Machine& copy = world.machines.back();
    const bool runs = original.awake() && original.disk.durable() != nullptr;
    if (!runs || !copy.is_clone || copy.alive() || is_cut_off(world, original)) return;
    copy.disk.copy(original.disk);
    copy.disk.roll_back(static_cast<std::size_t>(step.c));
    copy.store = world.setup.persists != 0 ? original.store : Store{};
    ++copy.disturbed;
    world.boot(copy);
    later(world, step.b, [&world, &copy, life = copy.life] {
        if (copy.life == life) world.kill(copy);
    });
}

void perform(World& world, const Step& step) {
    world.tell([&] { return "-- " + to_text(step); });
    switch (step.kind) {
        case Kind::crash:
        case Kind::power_off:
        case Kind::old_disk:
        case Kind::wipe:
        case Kind::move:
            return crash(world, step);
        case Kind::pause:
            return pause(world, step);
        case Kind::cut:
        case Kind::cut_from:
        case Kind::cut_pair:
        case Kind::cut_sets:
            return cut(world, step);
        case Kind::reset:
        case Kind::reset_all:
        case Kind::half_open:
            return reset(world, step);
        case Kind::refuse:
            return refuse(world, step);
        case Kind::stall:
            return stall(world, step);
        case Kind::deaf:
            return deafen(world, step);
        case Kind::slow_disk:
        case Kind::bad_disk:
            return spoil_disk(world, step);
        case Kind::clone:
            return clone(world, step);
        default:
            return give_order(world, step);
    }
}

}  // namespace

void schedule_steps(World& world) {
    world.in_danger = true;
    for (const Step& step : world.plan.steps) {
        world.scheduler.after(step.at, [&world, &step] {
            if (world.in_danger) perform(world, step);
        });
    }
}

void end_faults(World& world) {
    world.tell([] { return "-- all faults are over"; });
    world.in_danger = false;
    world.network.heal();
    for (Machine& machine : world.machines) {
        machine.disk.fail(false);
        machine.disk.slow_down(Time{0});
        world.resume(machine);
        // Who was told that it is a copy is to be started again.
        const bool keeps_still = machine.alive() && machine.belief().is_copy;
        if (keeps_still && !world.plan.has_clones()) {
            world.violated("OneProcess", World::name(machine) + " was told that it is a copy");
        }
        if (machine.is_clone || keeps_still) world.kill(machine);
        if (!machine.alive() && !machine.removed && !machine.is_clone) world.boot(machine);
    }
}

}  // namespace grapevine::sim
