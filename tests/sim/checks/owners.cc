// Owners: one for a slot, and a new one only with a higher epoch.
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

// OwnerUnique: each slot has one owner at most, and the sets of slots say the same as the table.
class OwnerUnique final : public Check {
public:
    using Check::Check;
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        if (!std::holds_alternative<gossip::TopologyChanged>(it)) return;
        const gossip::Members& members = machine.belief().members;
        std::size_t owned = 0;
        for (std::uint16_t number = 0; number < slots::slot_count; ++number) {
            owned += members.owner({number}) != nullptr ? 1 : 0;
        }
        std::size_t listed = 0;
        members.for_each(
            [&](const gossip::Member& member) { listed += members.slots_of(member).size(); });
        if (owned != listed) complain(machine, "slots are owned twice or by nobody");
        for (const slots::Slot probe : world.probes) {
            const gossip::Member* owner = members.owner(probe);
            if (owner != nullptr && !members.slots_of(*owner).contains(probe)) {
                complain(machine, std::to_string(probe.number) + "'s owner does not have it");
            }
        }
    }

private:
    void complain(const Machine& machine, const std::string& what) {
        world.violated("OwnerUnique", "at " + world.name(machine.id) + ' ' + what);
    }
};

}  // namespace

void add_owner_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<OwnerUnique>(world));
}

}  // namespace grapevine::sim
