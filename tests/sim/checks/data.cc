// Data: what every replica has confirmed is never lost, and replicas hold a beginning of what their
// primary holds. Nobody empties the fuller one.
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

// AckedDurable: a write that all replicas of its shard have confirmed is there ever after. Promised
// while nobody moves slots or replicas and no disk loses anything.
class AckedDurable final : public Check {
public:
    using Check::Check;
    void kept(const Kept& write) override {
        auto& newest = kept_[write.slot];
        if (write.index >= newest.index) newest = write;
    }
    // NoWipe: whoever has such a write does not give it up for a log that lacks it. Who moves to
    // another shard leaves the writes of its old one to those who stay.
    void replaces(const Machine& machine, const std::vector<Entry>& log) override {
        if (world.data_may_be_lost()) return;
        if (is_chosen(machine, log)) {
            std::erase_if(kept_, [&](const auto& kept) {
                return holds(machine.store.log, kept.second) && !holds(log, kept.second);
            });
        }
        for (const auto& [slot, write] : kept_) {
            if (!holds(machine.store.log, write) || holds(log, write)) continue;
            if (world.data_may_be_lost(slots::Slot{slot})) continue;
            if (!follows_owner(machine, slots::Slot{slot})) continue;
            if (must_go(machine, write, log)) continue;
            world.violated("NoWipe", World::name(machine) + " gives up a write to slot " +
                                         std::to_string(slot) +
                                         " that every replica had confirmed: for " +
                                         std::to_string(log.size()) + " writes instead of " +
                                         std::to_string(machine.store.log.size()));
        }
    }
    void read(const Machine& machine, slots::Slot slot) override {
        if (!machine.map->fenced) look_for(machine, slot);
    }
    // Not promised any more: its primary has come back without its data, has not heard anybody who
    // has it for as long as it waits, and serves. It begins another history, and one has to go.
    void after(const Turn& turn) override {
        const Machine& machine = turn.machine;
        if (world.setup.persists != 0 || !machine.map->serving || machine.map->fenced) return;
        std::erase_if(kept_, [&](const auto& kept) {
            const gossip::Core& core = machine.belief();
            const bool owns = core.members.owner(slots::Slot{kept.first}) == &core.self();
            return owns && !holds(machine.store.log, kept.second) && !hears_holder(machine, kept);
        });
    }
    void converged() override {
        for (const slots::Slot probe : world.probes) {
            for (const Machine& machine : world.machines) {
                const bool owns = machine.awake() &&
                                  machine.belief().members.owner(probe) == &machine.belief().self();
                if (owns) look_for(machine, probe);
            }
        }
    }

private:
    // Who comes back with an older copy has a beginning of the shard's history, until it takes
    // writes of its own: then one of two histories has to go, and only who was in step with that
    // primary, and has more, knows that it has lost something. What a node finds on its own disk
    // may be of a shard that it has left, if the disk does not say: that a primary has nothing at
    // all says nothing then.
    bool must_go(const Machine& machine, const Kept& write, const std::vector<Entry>& log) {
        const Store& store = machine.store;
        const Machine* primary = world.find(store.primary_id);
        const bool restarted = machine.life > 1 || (primary != nullptr && primary->life > 1);
        const bool has_less = store.synced && log.size() < store.log.size();
        if (world.setup.dumps == 0 || !restarted || has_less) return false;
        if (!log.empty()) return !is_beginning_of(log, store.log) && !is_foreign(machine, log);
        return !store.saved_of_shard && write.index < store.had_saved.value_or(0);
    }
    // The primary has writes of its own, and was given an epoch by an operator.
    bool is_chosen(const Machine& machine, const std::vector<Entry>& log) {
        const Machine* primary = world.find(machine.store.primary_id);
        return primary != nullptr && primary->bumped && !is_beginning_of(log, machine.store.log);
    }
    static bool holds(const std::vector<Entry>& log, const Kept& write) {
        return log.size() > write.index && log[write.index].sum == write.sum;
    }
    bool hears_holder(const Machine& machine, const std::pair<const std::uint16_t, Kept>& kept) {
        for (const Machine& other : world.machines) {
            const gossip::Member* member = machine.belief().members.find(other.id);
            const bool heard = member != nullptr && member->pong_received && member->reachable();
            if (heard && holds(other.store.log, kept.second)) return true;
        }
        return false;
    }
    // Of no history of its shard, but a copy of another one's keys; as far as its first key tells.
    bool is_foreign(const Machine& machine, const std::vector<Entry>& log) {
        const slots::Slot first{log.front().slot};
        return !world.data_may_be_lost(first) && !follows_owner(machine, first);
    }
    // As the primary sees it, or, when that has just died, the one that follows it.
    bool follows_owner(const Machine& machine, slots::Slot slot) {
        const Machine* primary = world.find(machine.store.primary_id);
        if (primary == nullptr) return true;
        const Machine& asked = primary->awake() ? *primary : machine;
        const gossip::Member* owner = asked.belief().members.owner(slot);
        return owner == nullptr || owner->id == primary->id;
    }
    void look_for(const Machine& machine, slots::Slot slot) {
        const auto found = kept_.find(slot.number);
        if (found == kept_.end() || world.setup.persists == 0 || world.data_may_be_lost(slot))
            return;
        if (holds(machine.store.log, found->second)) return;
        world.violated("AckedDurable", World::name(machine) + " serves slot " +
                                           std::to_string(slot.number) +
                                           " without a write that every replica had confirmed");
    }

    std::map<std::uint16_t, Kept> kept_;  // The newest of each slot.
};

// ReplicaPrefix: when all is quiet, a replica's log is a beginning of its primary's, unless it
// keeps what the primary has lost and may not stand for election: then an operator has to choose.
class ReplicaPrefix final : public Check {
public:
    using Check::Check;
    void converged() override {
        for (const Machine& replica : world.machines) {
            if (!replica.awake() || !replica.store.synced || replica.store.log.empty()) continue;
            if (replica.store.refuses()) continue;
            const Machine* primary = world.find(replica.store.primary_id);
            if (primary == nullptr || replica.store.primary.host.empty()) continue;
            const auto& log = primary->store.log;
            const std::size_t size = replica.store.log.size();
            if (log.size() >= size && log[size - 1].sum == replica.store.log.back().sum) continue;
            world.violated("ReplicaPrefix", World::name(replica) + " has another history than " +
                                                World::name(*primary));
        }
    }
};

// ManualLossless: who takes over from a primary that holds its writes has all of them, unless an
// operator has ordered FORCE or TAKEOVER, which do not wait for the primary's last writes.
// FreshCandidate: nobody stands for election whose data is older than the limit (or was when its
// primary came back without any), or who has had nothing from its shard in this life: what it holds
// may be another history.
class Candidates final : public Check {
public:
    explicit Candidates(World& watched)
        : Check(watched),
          in_step_(watched.machines.size()),
          waits_for_nobody_(watched.machines.size()) {}
    void started(const Machine& machine) override { in_step_[machine.number] = false; }
    void before(const Turn& turn) override {
        const Store& store = turn.machine.store;
        if (store.synced || store.refuses()) in_step_[turn.machine.number] = true;
    }
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        if (std::holds_alternative<gossip::Promoted>(it)) promoted(machine);
        const auto* event = std::get_if<gossip::Event>(&it);
        if (event == nullptr) return;
        if (event->kind == gossip::Event::Kind::election_started) stood(machine);
        if (event->kind == gossip::Event::Kind::manual_failover)
            waits_for_nobody_[machine.number] = event->detail == "takeover" ||
                                                event->detail == "forced by an operator" ||
                                                event->detail.starts_with("given up");
    }

private:
    void promoted(const Machine& machine) {
        const Machine* old = world.find(machine.store.primary_id);
        if (waits_for_nobody_[machine.number]) return;
        if (old == nullptr || !old->awake() || !old->writes_held) return;
        if (old->belief().manual.replica != machine.id) return;
        const auto& log = old->store.log;
        const auto& own = machine.store.log;
        if (log.empty() ||
            (own.size() >= log.size() && own[log.size() - 1].sum == log.back().sum)) {
            return;
        }
        world.violated("ManualLossless", World::name(machine) + " takes over from " +
                                             World::name(*old) + " without all of its writes");
    }
    void stood(const Machine& machine) {
        const gossip::Timing& timing = machine.settings.timing;
        const gossip::Replication facts = world.data.facts(machine);
        if (machine.belief().manual.active) return;
        if (!in_step_[machine.number]) {
            world.violated("FreshCandidate", World::name(machine) +
                                                 " stands with data that is not " +
                                                 "known to be its shard's");
        }
        if (facts.link_up || timing.replica_validity_factor == 0) return;
        const gossip::Core& core = machine.belief();
        const gossip::Duration kept = core.now - core.keeps_data_since.value_or(core.now);
        const gossip::Duration age = facts.data_age - kept;
        if (age <= timing.data_age_limit() + 2 * timing.tick) return;
        world.violated("FreshCandidate", World::name(machine) + " stands with data that is " +
                                             std::to_string(age.count()) + " ms old");
    }

    std::vector<bool> in_step_;  // By machine: its shard's stream has flowed in this life.
    // By its latest manual failover: FORCE, TAKEOVER, or given up, so that what follows is none.
    std::vector<bool> waits_for_nobody_;
};

}  // namespace

void add_data_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<AckedDurable>(world));
    checks.push_back(std::make_unique<ReplicaPrefix>(world));
    checks.push_back(std::make_unique<Candidates>(world));
}

}  // namespace grapevine::sim
