// Members: who was forgotten stays forgotten.
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

// NoResurrect: after everybody who could be told was told to forget a node, nobody who was told has
// it in the table ever again, whoever comes back and speaks of it. (Only another disk or a RESET
// makes a node forget that it was told.)
class NoResurrect final : public Check {
public:
    using Check::Check;
    void forgotten(const Forgetting& ban) override { bans_.push_back(ban); }
    void after(const Turn& turn) override {
        for (const Forgetting& ban : bans_) {
            const Machine& machine = turn.machine;
            const bool bound = ban.memories[machine.number] == machine.memory;
            if (!bound || machine.belief().members.find(ban.id) == nullptr) continue;
            world.violated("NoResurrect", World::name(machine) + " knows " + world.name(ban.id) +
                                              " again, which it was told to forget");
        }
    }

private:
    std::vector<Forgetting> bans_;
};

}  // namespace

void add_member_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<NoResurrect>(world));
}

}  // namespace grapevine::sim
