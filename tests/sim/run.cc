#include "tests/sim/run.h"

#include "tests/sim/agreement.h"
#include "tests/sim/clients.h"
#include "tests/sim/drill.h"
#include "tests/sim/faults.h"
#include "tests/sim/founding.h"
#include "tests/sim/repair.h"

namespace grapevine::sim {
namespace {

void must_agree(World& world) {
    const Time limit = world.scheduler.now() + convergence_limit(world.setup);
    if (world.run_until(limit, [&] { return agrees(world); })) {
        for (const auto& check : world.checks) check->converged();
    } else if (!world.violation) {
        world.violated("MapConverge", disagreement(world));
    }
}

void endure(World& world) {
    Clients clients(world);
    clients.start();
    schedule_steps(world);
    world.run_until(world.scheduler.now() + std::chrono::milliseconds(world.setup.danger_ms));
    if (world.violation) return;
    end_faults(world);
    repair(world);
    must_agree(world);
    if (world.violation) return;
    hold_drill(world);
    if (!world.violation) must_agree(world);
    if (!world.violation) hold_forget_drill(world);
}

}  // namespace

Outcome run(const Plan& plan, bool tell) {
    World world(plan, tell);
    found(world);
    if (!world.violation) endure(world);
    return {world.violation,       world.hash,  world.scheduler.done(),
            world.scheduler.now(), world.marks, std::move(world.story)};
}

}  // namespace grapevine::sim
