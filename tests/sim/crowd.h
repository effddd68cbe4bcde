// A large cluster that has long been founded: every node starts from a state file that knows all.
#pragma once

#include "tests/sim/world.h"

namespace grapevine::sim {

// What the disks hold when `plan`'s primaries own equal shares of the slots, with their replicas,
// and all know of it.
gossip::State founded_state(const Setup& setup, std::size_t machine);

class Crowd {
public:
    explicit Crowd(const Setup& setup);

    World& world() { return world_; }
    // Every node has been started and serves. False: that never came, within a minute and three
    // node timeouts.
    bool settle();

private:
    Plan plan_;
    World world_;
};

}  // namespace grapevine::sim
