// After everything has healed: one more failure, in peace, whose end has a deadline.
#pragma once

#include "tests/sim/world.h"

namespace grapevine::sim {

// DetectBound, FailoverLive: a primary with a fresh replica dies; a majority knows soon, the
// replica serves soon. Forgetting: told to one node, FORGET reaches all.
void hold_drill(World& world);
void hold_forget_drill(World& world);

}  // namespace grapevine::sim
