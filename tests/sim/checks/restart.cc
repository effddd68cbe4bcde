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

}  // namespace

void add_restart_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<RestartIdempotent>(world));
}

}  // namespace grapevine::sim
