// A large cluster that has long been founded: every node starts from a state file that knows all.
#pragma once

#include "tests/sim/ghosts.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

// Nodes are the machines, primaries first and then their replicas in the same order; then the
// ghosts, likewise. All primaries own equal shares of the slots.
std::size_t shard_of(const Setup& setup, std::size_t node);
slots::SlotSet share_of_shard(const Setup& setup, std::size_t shard);
gossip::SavedMember founded_member(const Setup& setup, std::size_t node);
inline constexpr gossip::Kin founded_kin{1, true};

// When the node comes to life. The machines are the first, and their ticks do not coincide.
Time starts_at(const Setup& setup, std::size_t node);

// What the disk of a machine holds when all nodes know of each other.
gossip::State founded_state(const Setup& setup, std::size_t machine);

class Crowd {
public:
    explicit Crowd(const Setup& setup);

    World& world() { return world_; }
    // Every node has been started, and all machines serve. False: that never came, within a minute
    // and three node timeouts.
    bool settle();

private:
    Plan plan_;
    World world_;
    std::optional<Ghosts> ghosts_;
};

}  // namespace grapevine::sim
