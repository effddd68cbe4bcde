// Members: who was forgotten stays forgotten.
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

// NoResurrect: after everybody was told to forget a node, nobody who was told has it in the table
// before the ban ends. (A restart loses the ban: what such a node hears counts again.)
class NoResurrect final : public Check {
public:
    using Check::Check;
    void forgotten(const NodeId& id) override {
        std::vector<unsigned> lives;
        for (const Machine& machine : world.machines) lives.push_back(machine.life);
        bans_.push_back({id, world.scheduler.now() + 59s, std::move(lives)});
    }
    void after(const Turn& turn) override {
        for (const Ban& ban : bans_) {
            const Machine& machine = turn.machine;
            const bool bound =
                world.scheduler.now() < ban.until && ban.lives[machine.number] == machine.life;
            if (!bound || machine.belief().members.find(ban.id) == nullptr) continue;
            world.violated("NoResurrect", World::name(machine) + " knows " + world.name(ban.id) +
                                              " again, which it was told to forget");
        }
    }

private:
    struct Ban {
        NodeId id;
        Time until;
        std::vector<unsigned> lives;  // Of each machine, when it was told.
    };
    std::vector<Ban> bans_;
};

}  // namespace

void add_member_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<NoResurrect>(world));
}

}  // namespace grapevine::sim
