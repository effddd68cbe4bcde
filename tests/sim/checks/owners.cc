// Owners: one for a slot, and a new one only with a higher epoch.
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

// OwnerUnique: each slot has one owner at most, and the sets of slots say the same as the table.
class OwnerUnique final : public Check {
public:
    explicit OwnerUnique(World& watched) : Check(watched), seen_(watched.machines.size()) {}
    void started(const Machine& machine) override { seen_[machine.number].clear(); }
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        if (!std::holds_alternative<gossip::TopologyChanged>(it)) return;
        const gossip::Members& members = machine.belief().members;
        if (have_changed(seen_[machine.number], members)) count(machine, members);
        for (const slots::Slot probe : world.probes) {
            const gossip::Member* owner = members.owner(probe);
            if (owner != nullptr && !members.slots_of(*owner).contains(probe)) {
                complain(machine, std::to_string(probe.number) + "'s owner does not have it");
            }
        }
    }

private:
    using Sets = std::vector<gossip::SlotSet>;  // Of the members, in the order of their ids.

    // Most maps are new for other reasons than slots. Remembers what it has compared.
    static bool have_changed(Sets& seen, const gossip::Members& members) {
        bool changed = seen.size() != members.size();
        seen.resize(members.size());
        auto next = seen.begin();
        members.for_each([&](const gossip::Member& member) {
            gossip::SlotSet& before = *next++;
            if (before == members.slots_of(member)) return;
            before = members.slots_of(member);
            changed = true;
        });
        return changed;
    }
    void count(const Machine& machine, const gossip::Members& members) {
        std::size_t owned = 0;
        for (std::uint16_t number = 0; number < slots::slot_count; ++number) {
            owned += members.owner({number}) != nullptr ? 1 : 0;
        }
        std::size_t listed = 0;
        members.for_each(
            [&](const gossip::Member& member) { listed += members.slots_of(member).size(); });
        if (owned != listed) complain(machine, "slots are owned twice or by nobody");
    }
    void complain(const Machine& machine, const std::string& what) {
        world.violated("OwnerUnique", "at " + world.name(machine.id) + ' ' + what);
    }

    std::vector<Sets> seen_;  // By machine, at its last map.
};

// OwnerEpoch: a message moves a slot only when its claim has a higher epoch than the owner has, or
// nobody claims the slot.
class OwnerEpoch final : public Check {
public:
    using Check::Check;
    void before(const Turn& turn) override {
        const gossip::Core& core = turn.machine.belief();
        owners_.clear();
        const bool takes_over =
            turn.order != nullptr && std::holds_alternative<gossip::Failover>(*turn.order);
        if (turn.kind != Turn::Kind::message && !takes_over) return;
        for (const slots::Slot probe : world.probes) {
            const gossip::Member* owner = core.members.owner(probe);
            const bool free = owner == nullptr || core.members.unclaimed().contains(probe);
            owners_.push_back({owner == nullptr ? NodeId{} : owner->id, free,
                               owner == nullptr ? 0 : owner->config_epoch});
        }
    }
    void after(const Turn& turn) override {
        const gossip::Core& core = turn.machine.belief();
        for (std::size_t i = 0; i < owners_.size(); ++i) {
            const gossip::Member* owner = core.members.owner(world.probes[i]);
            const bool same = owner == nullptr || owner->id == owners_[i].id;
            if (same || owners_[i].free || epoch_of(turn, *owner) > owners_[i].epoch) continue;
            if (has_yielded(core, owners_[i], *owner)) continue;
            world.violated("OwnerEpoch", World::name(turn.machine) + " moves slot " +
                                             std::to_string(world.probes[i].number) + " from " +
                                             world.name(owners_[i].id) + " in epoch " +
                                             std::to_string(owners_[i].epoch) + " to " +
                                             world.name(owner->id));
        }
    }

private:
    struct Owner {
        NodeId id;
        bool free;
        std::uint64_t epoch;
    };
    // Both have the same epoch, and this node has decided to follow the other.
    static bool has_yielded(const gossip::Core& core, const Owner& before,
                            const gossip::Member& owner) {
        return before.id == core.self().id && core.self().primary == owner.id &&
               before.epoch == owner.config_epoch;
    }
    // In which the message, or an election that it has decided, gives the slot to the new owner.
    static std::uint64_t epoch_of(const Turn& turn, const gossip::Member& owner) {
        if (owner.id == turn.machine.id || turn.message == nullptr) return owner.config_epoch;
        const auto* update = std::get_if<gossip::Update>(&turn.message->body);
        return update == nullptr ? turn.message->header.config_epoch : update->config_epoch;
    }

    std::vector<Owner> owners_;  // By probe, before the turn.
};

// Demote: who hears a higher claim to one of its slots does not own that slot any more.
class Demote final : public Check {
public:
    using Check::Check;
    void before(const Turn& turn) override {
        const gossip::Core& core = turn.machine.belief();
        claimant_ = {};
        if (turn.kind != Turn::Kind::message || core.is_copy) return;
        const gossip::Header& header = turn.message->header;
        const auto link = core.links.find(turn.link);
        if (link == core.links.end()) return;
        // Whoever answers in another's place, or to a handshake that was not needed, is not heard.
        if (link->second.outbound && link->second.peer != header.sender) return;
        // Nor is a stranger, whatever it says of others.
        const gossip::Member* sender = core.members.find(header.sender);
        if (sender == nullptr) return;
        // Nor is who takes us for another process.
        if ((header.capabilities & gossip::another_has_your_name) != 0) return;
        const auto* update = std::get_if<gossip::Update>(&turn.message->body);
        const bool heartbeat = std::holds_alternative<gossip::Heartbeat>(turn.message->body);
        claimant_ = update != nullptr ? update->owner : header.sender;
        epoch_ = update != nullptr ? update->config_epoch : header.config_epoch;
        const gossip::Member* member = core.members.find(claimant_);
        const bool claims = update != nullptr || (heartbeat && header.primary.none());
        const bool fresh = member != nullptr && member->config_epoch <= header.current_epoch &&
                           !member->handshake &&
                           (update == nullptr || member->config_epoch < epoch_);
        if (!claims || !fresh || claimant_ == turn.machine.id) claimant_ = {};
    }
    void after(const Turn& turn) override {
        const gossip::Core& core = turn.machine.belief();
        if (claimant_.none() || core.members.find(claimant_) == nullptr) return;
        // Another process under its name is not heard.
        const gossip::Member* sender = core.members.find(turn.message->header.sender);
        if (sender == nullptr || sender->process != turn.message->header.process) return;
        if (core.self().config_epoch >= epoch_) return;
        const auto* update = std::get_if<gossip::Update>(&turn.message->body);
        const gossip::SlotSet& claimed =
            update != nullptr ? update->slots : turn.message->header.slots;
        for (const slots::Slot probe : world.probes) {
            const bool mine = core.members.owner(probe) == &core.self();
            if (!mine || !claimed.contains(probe)) continue;
            world.violated("Demote", World::name(turn.machine) + " keeps slot " +
                                         std::to_string(probe.number) + ", which " +
                                         world.name(claimant_) + " has in epoch " +
                                         std::to_string(epoch_));
        }
    }

    // Who has lost everything to a successor follows it.
    void converged() override {
        if (world.may_map_differ() || world.memory_lost || world.members_changed) return;
        const auto first_spare =
            world.setup.machines() - static_cast<std::size_t>(world.setup.spares);
        for (const Machine& machine : world.machines) {
            if (!machine.awake() || machine.number >= first_spare) continue;
            const gossip::Member& self = machine.belief().self();
            if (!self.primary.none() || self.owned.size() > 0) continue;
            world.violated("Demote", World::name(machine) + " is a primary without slots");
        }
    }

private:
    NodeId claimant_;  // None: the turn is no claim.
    std::uint64_t epoch_ = 0;
};

}  // namespace

void add_owner_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<OwnerUnique>(world));
    checks.push_back(std::make_unique<OwnerEpoch>(world));
    checks.push_back(std::make_unique<Demote>(world));
}

}  // namespace grapevine::sim
