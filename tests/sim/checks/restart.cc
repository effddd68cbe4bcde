// Restarts: what was saved is what comes back, and damage is noticed.
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

}  // namespace

void add_restart_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<OrderDurable>(world));
    checks.push_back(std::make_unique<RestartIdempotent>(world));
}

}  // namespace grapevine::sim
