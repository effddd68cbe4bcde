// What a heartbeat says of third nodes: accusations, addresses, and nodes that we did not know.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// `sender` is null for a stranger that asks to be known: nothing it says counts.
void hear_rumours(Core& core, const Member* sender, const std::vector<Rumour>& rumours);
// `sender` has told its view. If it sees the same as we do, it accuses nobody whom we do not.
void hear_view(Core& core, Member& sender, std::optional<std::uint64_t> view);

}  // namespace grapevine::gossip
