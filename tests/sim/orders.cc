#include "tests/sim/orders.h"

namespace grapevine::sim {
namespace {

using Kind = Step::Kind;

void order(World& world, Machine& machine, const gossip::Order& what) {
    const auto reply = world.obey(machine, what);
    world.tell(
        [&] { return World::name(machine) + " answers " + (reply ? *reply : reply.error().text); });
}

gossip::Failover::Mode mode_of(std::int64_t number) {
    return static_cast<gossip::Failover::Mode>(number % 3);
}

}  // namespace

void give_order(World& world, const Step& step) {
    Machine& machine = world.machine(step.a);
    switch (step.kind) {
        case Kind::failover:
            if (mode_of(step.b) != gossip::Failover::Mode::agreed) {
                world.overlap_allowed_until =
                    world.scheduler.now() + std::chrono::milliseconds(3 * world.setup.node_timeout_ms);
            }
            return order(world, machine, gossip::Failover{mode_of(step.b)});
        case Kind::bump:
            return order(world, machine, gossip::BumpEpoch{});
        case Kind::save:
            return order(world, machine, gossip::SaveConfig{});
        default:
            return;
    }
}

}  // namespace grapevine::sim
