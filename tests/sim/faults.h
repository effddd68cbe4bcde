// What befalls a cluster: the steps of a plan, carried out.
#pragma once

#include "tests/sim/world.h"

namespace grapevine::sim {

// Plans every step; each ends by itself after its time.
void schedule_steps(World& world);
// All faults are over at once: links work, disks work, every process runs.
void end_faults(World& world);

}  // namespace grapevine::sim
