// Making a cluster of fresh nodes, as an operator does: epochs, slots, MEET, REPLICATE.
#pragma once

#include "tests/sim/world.h"

namespace grapevine::sim {

// Returns when all agree and serve; a violation when they never do.
void found(World& world);

}  // namespace grapevine::sim
