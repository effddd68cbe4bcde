// The map of the cluster as clients see it, made from what this node believes.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

slots::TopologyPtr map_of(const Core& core);
// Announces a new map when clients would see a difference.
void publish_map(Core& core);

}  // namespace grapevine::gossip
