#include "tests/sim/run.h"

#include <algorithm>

#include "tests/sim/agreement.h"
#include "tests/sim/callers.h"
#include "tests/sim/clients.h"
#include "tests/sim/drill.h"
#include "tests/sim/faults.h"
#include "tests/sim/founding.h"
#include "tests/sim/repair.h"

namespace grapevine::sim {
namespace {

bool comes_to_agree(World& world) {
    const Time limit = world.scheduler.now() + convergence_limit(world.setup);
    return world.run_until(limit, [&] { return agrees(world); });
}

// An operator who moves a slot between nodes that do not see each other may leave it to nobody:
// what its old owner said before arrives after the new one has taken it, in an epoch that is higher
// by chance. Epochs that nobody agrees about cannot tell (cluster specification): redis-cli
// --cluster fix does.
bool comes_to_agree_when_fixed(World& world) {
    if (world.violation) return false;
    const bool fixed = (world.may_map_differ() && give_back_slots(world)) ||
                       (world.memory_lost && end_circles(world));
    return fixed && comes_to_agree(world);
}

void must_agree(World& world) {
    if (comes_to_agree(world) || comes_to_agree_when_fixed(world)) {
        for (const auto& check : world.checks) check->converged();
    } else if (!world.violation) {
        world.violated("MapConverge", disagreement(world));
    }
}

// What was said late before the faults ended is still on its way, and so is everything behind it.
void let_late_words_arrive(World& world) {
    std::int64_t latest_ms = 0;
    for (const Step& step : world.plan.steps) {
        const bool slows = step.kind == Step::Kind::stall || step.kind == Step::Kind::deaf;
        if (slows) latest_ms = std::max(latest_ms, step.c);
    }
    world.run_until(world.scheduler.now() + std::chrono::milliseconds(latest_ms));
}

void endure(World& world) {
    Clients clients(world);
    clients.start();
    Callers callers(world);
    callers.start();
    schedule_steps(world);
    world.run_until(world.scheduler.now() + std::chrono::milliseconds(world.setup.danger_ms));
    if (world.violation) return;
    end_faults(world);
    repair(world);
    must_agree(world);
    if (!world.violation) let_late_words_arrive(world);
    callers.must_settle();
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
