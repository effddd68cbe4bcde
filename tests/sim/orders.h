// What operators tell the nodes while a plan is carried out.
#pragma once

#include "tests/sim/world.h"

namespace grapevine::sim {

void give_order(World& world, const Step& step);

}  // namespace grapevine::sim
