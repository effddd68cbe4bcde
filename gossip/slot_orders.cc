// Orders about single slots: who owns them, and the two ends of a move.
#include "gossip/claims.h"
#include "gossip/orders.h"

namespace grapevine::gossip {
namespace {

std::string ok() {
    return "OK";
}

Error about_slot(std::string before, slots::Slot slot, std::string after = "") {
    return {std::move(before) + std::to_string(slot.number) + std::move(after)};
}

// The first slot of `slots` for which `bad` holds.
template <typename Bad>
std::optional<slots::Slot> first(const SlotSet& slots, Bad bad) {
    std::optional<slots::Slot> found;
    slots.for_each([&](slots::Slot slot) {
        if (!found && bad(slot)) found = slot;
    });
    return found;
}

void release(Core& core, const SlotSet& slots) {
    slots.for_each([&](slots::Slot slot) {
        core.members.release(slot);
        core.migrating_to.erase(slot);
    });
    core.must_save();
}

Error not_known(const SetSlot& order) {
    return {"ERR I don't know about node " + std::string(order.node.text())};
}

Result<std::string> open_move(Core& core, const SetSlot& order) {
    const bool leaves = order.change == SetSlot::Change::migrating;
    const bool own = core.members.owner(order.slot) == &core.self();
    if (leaves && !own) return about_slot("ERR I'm not the owner of hash slot ", order.slot);
    if (!leaves && own) return about_slot("ERR I'm already the owner of hash slot ", order.slot);
    const Member* other = core.members.find(order.node);
    if (other == nullptr) return not_known(order);
    if (other->role == Role::replica) return Error{"ERR Target node is not a master"};
    (leaves ? core.migrating_to : core.importing_from)[order.slot] = order.node;
    core.must_save();
    return ok();
}

// The last slot of this primary has gone: it becomes a replica of the node that took it.
void follow_last_slot(Core& core, Member& owner) {
    const bool empty = !core.members.owns_slots(core.self());
    if (empty && core.settings.allow_replica_migration) follow(core, owner);
}

Result<std::string> end_move(Core& core, const SetSlot& order) {
    Member* owner = core.members.find(order.node);
    if (owner == nullptr) return Error{"ERR Unknown node " + std::string(order.node.text())};
    if (owner->role == Role::replica) return Error{"ERR Target node is not a master"};
    Member& self = core.self();
    const Member* before = core.members.owner(order.slot);
    const bool was_own = before == &self;
    const bool voted = core.members.votes(self);
    if (was_own && owner != &self && order.has_keys) {
        return about_slot("ERR Can't assign hashslot ", order.slot,
                          " to a different node while I still hold keys for this hash slot.");
    }
    const bool imported = owner == &self && core.importing_from.contains(order.slot);
    if (!order.has_keys) core.migrating_to.erase(order.slot);
    if (owner == &self) core.importing_from.erase(order.slot);
    core.members.assign(order.slot, *owner);
    core.must_save();
    // Without asking anybody: the new owner must win against the old one's claim.
    if (imported) bump_epoch(core);
    if (imported) core.must_tell();
    const bool emptied = before != nullptr && !core.members.votes(*before);
    if (owner == &self && emptied && !voted) take_seat(core, *before);
    if (was_own && owner != &self) follow_last_slot(core, *owner);
    return ok();
}

Result<std::string> close_slot(Core& core, slots::Slot slot) {
    core.migrating_to.erase(slot);
    core.importing_from.erase(slot);
    core.must_save();
    return ok();
}

}  // namespace

// Redis lets a replica own slots; here the owner of a slot is a primary, always.
Result<std::string> carry_out(Core& core, const AddSlots& order) {
    if (core.self().role == Role::replica)
        return Error{"ERR Please use ADDSLOTS only with masters."};
    const auto busy =
        first(order.slots, [&](slots::Slot slot) { return core.members.owner(slot) != nullptr; });
    if (busy) return about_slot("ERR Slot ", *busy, " is already busy");
    order.slots.for_each([&](slots::Slot slot) {
        core.members.assign(slot, core.self());
        core.importing_from.erase(slot);
    });
    core.must_tell();
    return ok();
}

Result<std::string> carry_out(Core& core, const DelSlots& order) {
    const auto missing =
        first(order.slots, [&](slots::Slot slot) { return core.members.owner(slot) == nullptr; });
    if (missing) return about_slot("ERR Slot ", *missing, " is already unassigned");
    release(core, order.slots);
    return ok();
}

Result<std::string> carry_out(Core& core, const FlushSlots& order) {
    if (order.has_keys) return Error{"ERR DB must be empty to perform CLUSTER FLUSHSLOTS."};
    release(core, SlotSet{core.members.slots_of(core.self())});
    return ok();
}

Result<std::string> carry_out(Core& core, const SetSlot& order) {
    if (core.self().role == Role::replica)
        return Error{"ERR Please use SETSLOT only with masters."};
    switch (order.change) {
        case SetSlot::Change::node:
            return end_move(core, order);
        case SetSlot::Change::stable:
            return close_slot(core, order.slot);
        default:
            return open_move(core, order);
    }
}

}  // namespace grapevine::gossip
