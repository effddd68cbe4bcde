// What must hold of a node's view at every moment, and of its two views together.
#pragma once

#include <vector>

#include "gossip/status.h"
#include "slots/topology.h"

namespace grapevine::fuzz {

// The table: each node once, a slot has at most one owner, no config epoch is above the current.
void check_table(const gossip::Status& status);

// A map, looked at once, however often it is compared.
class SeenMap {
public:
    // The map by itself.
    explicit SeenMap(slots::TopologyPtr map);

    const slots::TopologyPtr& map() const { return map_; }
    // What operators see is what clients see.
    void check_agreement(const gossip::Status& status) const;

private:
    slots::TopologyPtr map_;
    std::vector<slots::SlotSet> slots_;  // Of each of its nodes.
};

}  // namespace grapevine::fuzz
