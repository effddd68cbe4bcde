// What a heartbeat says of third nodes: accusations, addresses, and nodes that we did not know.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// `sender` is null for a stranger that asks to be known: nothing it says counts.
void hear_rumours(Core& core, const Member* sender, const std::vector<Rumour>& rumours);

}  // namespace grapevine::gossip
