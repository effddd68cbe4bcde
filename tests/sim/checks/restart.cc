// Restarts: what was saved is what comes back, and damage is noticed.
#include <map>
#include <optional>

#include "gossip/saving.h"
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

// RestartIdempotent: a node that has just been started believes what its disk holds, and would save
// the same; a text that was cut or changed is never read.
class RestartIdempotent final : public Check {
public:
    using Check::Check;
    void started(const Machine& machine) override {
        const Written* saved = machine.disk.durable();
        if (saved == nullptr) return;
        const gossip::Core& core = machine.belief();
        const Promise& promise = saved->promise;
        const bool kept = core.self().id == promise.self &&
                          core.current_epoch == promise.current_epoch &&
                          core.last_vote_epoch == promise.last_vote_epoch &&
                          core.self().config_epoch == promise.config_epoch;
        if (!kept) return complain(machine, "does not know what it had saved");
        if (gossip::state_of(core).votes != promise.votes) {
            return complain(machine, "does not know for whom it had voted");
        }
        auto parsed = gossip::parse_state(saved->text);
        if (!parsed || gossip::to_text(*parsed) != saved->text) {
            return complain(machine, "would save something else than it has read");
        }
        damage(machine, saved->text);
    }

private:
    void damage(const Machine& machine, const std::string& text) {
        std::string cut = text.substr(0, world.chance.below(text.size()));
        std::string changed = text;
        changed[world.chance.below(text.size() - 20)] ^= 1;
        if (gossip::parse_state(cut) || gossip::parse_state(changed)) {
            complain(machine, "reads a damaged state");
        }
    }
    void complain(const Machine& machine, const std::string& what) {
        world.violated("RestartIdempotent", World::name(machine) + ' ' + what);
    }
};

// OrderDurable: when an operator hears OK, what was ordered is on the disk. (An introduction and an
// election only begin.)
class OrderDurable final : public Check {
public:
    using Check::Check;
    void answered(const Machine& machine, const gossip::Order& order,
                  const Result<std::string>& reply, gossip::Generation decided) override {
        const auto* failover = std::get_if<gossip::Failover>(&order);
        const bool begins =
            std::holds_alternative<gossip::Meet>(order) ||
            (failover != nullptr && failover->mode != gossip::Failover::Mode::takeover);
        if (!reply || begins || machine.belief().saved >= decided) return;
        world.violated("OrderDurable", World::name(machine) + " answers " + *reply +
                                           " to an order that its disk does not hold");
    }
};

// NoEmptyRead: a primary that has come back without its keys does not tell clients that a write is
// not there which every replica had confirmed, before a replica had time to take over.
class NoEmptyRead final : public Check {
public:
    explicit NoEmptyRead(World& watched) : Check(watched), back_at_(watched.machines.size()) {}
    void started(const Machine& machine) override {
        const gossip::Core& core = machine.belief();
        const bool came_back = machine.life > 1 && core.members.votes(core.self());
        back_at_[machine.number] = came_back ? std::optional(now_at(machine)) : std::nullopt;
    }
    void after(const Turn& turn) override {
        const bool follows = turn.machine.belief().self().role == gossip::Role::replica;
        if (follows) back_at_[turn.machine.number].reset();
    }
    void kept(const Kept& write) override {
        Kept& newest = kept_[write.slot];
        if (write.index >= newest.index) newest = write;
    }
    void read(const Machine& machine, slots::Slot slot) override {
        const auto write = kept_.find(slot.number);
        const auto& back_at = back_at_[machine.number];
        if (write == kept_.end() || !back_at || holds(machine, write->second)) return;
        const gossip::Duration time = now_at(machine) - *back_at;
        if (time >= machine.settings.timing.writable_delay) return;
        world.violated("NoEmptyRead", World::name(machine) + " serves slot " +
                                          std::to_string(slot.number) + " without its keys " +
                                          std::to_string(time.count()) + " ms after its restart");
    }

private:
    gossip::Instant now_at(const Machine& machine) const {
        return machine.clock.at(world.scheduler.now());
    }
    static bool holds(const Machine& machine, const Kept& write) {
        const auto& log = machine.store.log;
        return log.size() > write.index && log[write.index].sum == write.sum;
    }

    std::vector<std::optional<gossip::Instant>> back_at_;  // By machine, of primaries.
    std::map<std::uint16_t, Kept> kept_;                   // The newest of each slot.
};

}  // namespace

void add_restart_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<OrderDurable>(world));
    checks.push_back(std::make_unique<RestartIdempotent>(world));
    checks.push_back(std::make_unique<NoEmptyRead>(world));
}

}  // namespace grapevine::sim
