// Whether the nodes of a cluster are of one mind.
#pragma once

#include <string>

#include "tests/sim/world.h"

namespace grapevine::sim {

// What is not as it should be once every fault is over; empty when all live nodes agree about
// roles, owners and epochs, every slot is served, and nobody is suspected.
std::string disagreement(const World& world);
inline bool agrees(const World& world) {
    return disagreement(world).empty();
}
// How long agreement may take after the last fault.
Time convergence_limit(const Setup& setup);

}  // namespace grapevine::sim
