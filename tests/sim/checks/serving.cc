// Who accepts writes: one node for a slot at any instant, and none that may have been replaced.
#include "gossip/witnesses.h"
#include "slots/route.h"
#include "tests/sim/checks/checks.h"
#include "tests/sim/checks/contacts.h"

namespace grapevine::sim {
namespace {

constexpr auto absent = slots::Question::Presence::none;  // Of keys that are moving away.

bool accepts(const Machine& machine, slots::Slot slot) {
    if (!machine.awake() || machine.writes_held) return false;
    const slots::Topology& map = *machine.map;
    return slots::route(map, {.slot = slot, .writes = true, .present = absent}).verdict ==
           slots::Verdict::serve;
}

// SingleServer: never do two nodes accept writes for a slot at the same instant. Not promised, and
// only measured, where somebody gave the promise away: see World::may_overlap.
class SingleServer final : public Check {
public:
    using Check::Check;
    void after(const Turn& turn) override { look_at(turn.machine); }
    void woken(const Machine& machine) override { look_at(machine); }
    void died(const Machine& machine) override { look_at(machine); }

private:
    struct Seen {
        const slots::Topology* map = nullptr;
        bool able = false;
    };

    void look_at(const Machine& machine) {
        servers_.resize(world.probes.size());
        seen_.resize(world.machines.size());
        Seen& seen = seen_[machine.number];
        const bool able = machine.awake() && !machine.writes_held;
        if (seen.map == machine.map.get() && seen.able == able) return;
        seen = {machine.map.get(), able};
        for (std::size_t i = 0; i < world.probes.size(); ++i) look_at(machine, i);
    }
    void look_at(const Machine& machine, std::size_t probe) {
        const std::uint64_t bit = std::uint64_t{1} << machine.number;
        std::uint64_t& servers = servers_[probe];
        const std::uint64_t before = servers;
        servers = accepts(machine, world.probes[probe]) ? servers | bit : servers & ~bit;
        if (servers == before || __builtin_popcountll(servers) < 2) return;
        world.mark(Mark::two_servers);
        if (world.may_overlap(world.probes[probe])) return;
        world.violated("SingleServer", who(servers) + "all accept writes for slot " +
                                           std::to_string(world.probes[probe].number));
    }
    std::string who(std::uint64_t servers) const {
        std::string text;
        for (const Machine& machine : world.machines) {
            if (((servers >> machine.number) & 1) != 0) text += World::name(machine) + ' ';
        }
        return text;
    }

    std::vector<std::uint64_t> servers_;  // By probe, a bit for each machine.
    std::vector<Seen> seen_;              // By machine.
};

// Fence: no write is accepted by a primary that had no answer from a majority for the fence time,
// counted from its questions.
class Fence final : public Check {
public:
    explicit Fence(World& watched) : Check(watched), contacts_(watched.machines.size()) {}
    void started(const Machine& machine) override { contacts_[machine.number] = {}; }
    void after(const Turn& turn) override { contacts_[turn.machine.number].hear(turn); }
    void sent(const Machine& machine, const gossip::Send& it, const NodeId& to) override {
        contacts_[machine.number].say(machine, it, to, now_at(machine));
    }
    void wrote(const Machine& machine, slots::Slot slot) override {
        const gossip::Core& core = machine.belief();
        const gossip::Timing& timing = machine.settings.timing;
        const auto oldest = now_at(machine) - gossip::long_lease(core) - 2 * timing.tick;
        std::size_t count = 0;
        core.members.for_each([&](const gossip::Member& member) {
            const bool in_contact = &member == &core.self() || member.joined_at > oldest ||
                                    contacts_[machine.number].since(member.id) > oldest;
            count += core.members.votes(member) && in_contact ? 1 : 0;
        });
        if (count >= core.members.quorum()) return;
        world.violated("Fence", World::name(machine) + " accepts a write for slot " +
                                    std::to_string(slot.number) + " in contact with " +
                                    std::to_string(count) + " of " +
                                    std::to_string(core.members.voters()) + " voters");
    }

private:
    gossip::Instant now_at(const Machine& machine) const {
        return machine.clock.at(world.scheduler.now());
    }

    std::vector<Contacts> contacts_;  // By machine.
};

// ServeDurable: who accepts writes for a slot has saved that it owns it.
class ServeDurable final : public Check {
public:
    using Check::Check;
    void wrote(const Machine& machine, slots::Slot) override { look_at(machine); }
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        if (std::holds_alternative<gossip::TopologyChanged>(it)) look_at(machine);
    }

private:
    void look_at(const Machine& machine) {
        const Written* saved = machine.disk.durable();
        for (const slots::Slot probe : world.probes) {
            const bool durable = saved != nullptr && saved->promise.slots.contains(probe);
            if (durable || !accepts(machine, probe)) continue;
            return world.violated("ServeDurable", World::name(machine) + " serves slot " +
                                                      std::to_string(probe.number) +
                                                      ", which its disk does not say is its own");
        }
    }
};

}  // namespace

void add_serving_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<SingleServer>(world));
    checks.push_back(std::make_unique<Fence>(world));
    checks.push_back(std::make_unique<ServeDurable>(world));
}

}  // namespace grapevine::sim
