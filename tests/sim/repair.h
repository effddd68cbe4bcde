// What an operator does after the worst is over: introduces nodes that have lost each other,
// forgets those that are gone, gives slots that nobody has to somebody.
#pragma once

#include "tests/sim/world.h"

namespace grapevine::sim {

// Only for what the cluster cannot know by itself; does nothing unless such a thing has happened.
void repair(World& world);

// Both nodes of a shard follow each other when the primary was restored from a disk that is older
// than its promotion, and the other, restarted since, does not know any more that it has the data.
// One of them takes over. False: there are none.
bool end_circles(World& world);

// Slots that all but the node itself know it by are given to it. False: there are none.
bool give_back_slots(World& world);

}  // namespace grapevine::sim
