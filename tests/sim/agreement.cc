#include "tests/sim/agreement.h"

#include <map>

namespace grapevine::sim {
namespace {

using gossip::Core;
using gossip::Member;

std::string about(const World& world, const Machine& observer, const NodeId& id,
                  const std::string& what) {
    return World::name(observer) + " thinks " + world.name(id) + ' ' + what;
}

// What the observer thinks of a live node, against what that node is.
std::string misjudged(const World& world, const Machine& observer, const Machine& other) {
    const Core& core = observer.belief();
    const Core& truth = other.belief();
    const Member* member = core.members.find(other.id);
    if (member == nullptr) return World::name(observer) + " does not know " + World::name(other);
    if (member->failed) return about(world, observer, other.id, "has failed");
    if (member->suspected) return about(world, observer, other.id, "may have failed");
    if (member->role != truth.self().role || member->primary != truth.self().primary) {
        return about(world, observer, other.id,
                     "follows " + world.name(member->primary) + " and not " +
                         world.name(truth.self().primary));
    }
    // A primary that was restored from an old disk is remembered with its later epoch, or with that
    // of its copy.
    const bool had_later = other.disk_lied || world.plan.has_clones();
    const bool speaks_for_itself = truth.self().primary.none();
    if (speaks_for_itself && !had_later && member->config_epoch != truth.self().config_epoch) {
        return about(world, observer, other.id, "has another config epoch");
    }
    if (!(core.members.slots_of(*member) == truth.members.slots_of(truth.self()))) {
        return about(world, observer, other.id,
                     "owns " + to_string(core.members.slots_of(*member)) + " and not " +
                         to_string(truth.members.slots_of(truth.self())));
    }
    return {};
}

std::string alone(const World& world, const Machine& machine) {
    const Core& core = machine.belief();
    if (!core.serving) return World::name(machine) + " does not serve";
    if (core.fenced) return World::name(machine) + " is fenced";
    if (machine.writes_held) return World::name(machine) + " holds writes";
    for (const Machine& other : world.machines) {
        if (other.removed && core.members.find(other.id) != nullptr) {
            return World::name(machine) + " knows " + World::name(other) + ", which is gone";
        }
    }
    if (core.latest() > core.saved) return World::name(machine) + " has not saved";
    const Store& store = machine.store;
    const bool waits = !store.primary.host.empty() && !store.link_up && !store.keeps;
    if (waits) return World::name(machine) + " has no link to its primary's data";
    for (const slots::Slot probe : world.probes) {
        if (core.members.owner(probe) == nullptr) {
            return World::name(machine) + " knows no owner of " + std::to_string(probe.number);
        }
    }
    return {};
}

std::string shared_epoch(const World& world) {
    std::map<std::uint64_t, const Machine*> holders;
    for (const Machine& machine : world.machines) {
        if (!machine.awake() || machine.belief().self().role != gossip::Role::primary) continue;
        const auto [holder, alone] =
            holders.emplace(machine.belief().self().config_epoch, &machine);
        if (!alone) {
            return World::name(machine) + " and " + World::name(*holder->second) +
                   " share a config epoch";
        }
    }
    return {};
}

}  // namespace

std::string disagreement(const World& world) {
    for (const Machine& observer : world.machines) {
        if (!observer.awake()) continue;
        if (auto found = alone(world, observer); !found.empty()) return found;
        for (const Machine& other : world.machines) {
            if (!other.awake()) continue;
            if (auto found = misjudged(world, observer, other); !found.empty()) return found;
        }
    }
    return shared_epoch(world);
}

Time convergence_limit(const Setup& setup) {
    return std::chrono::milliseconds(setup.node_timeout_ms) * 4 + 30s;
}

}  // namespace grapevine::sim
