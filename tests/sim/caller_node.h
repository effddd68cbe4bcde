// What a simulated node answers a client that speaks RESP to it.
#pragma once

#include <string>

#include "tests/sim/caller_call.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

// An encoded reply. Counts what it does, and says when it does what must not be done twice.
std::string answer_of(World& world, Machine& machine, Call& call, bool asking, Chance& chance);

}  // namespace grapevine::sim
