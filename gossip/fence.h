// When a primary must stop accepting writes because it may have been replaced without knowing.
// Whatever lets a majority fail a node fast (ended links, refusals, silence) fences it as fast.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Beyond a cut a predecessor may count the same seat among the voters as its own, and so may the
// successor of a primary that takes a new epoch by itself. Ours counts, and has a vote, once a
// predecessor has given way, or so many have heard our claim that the other finds no majority any
// more.
bool has_seat(const Core& core);
// A primary that owns slots and is not in contact with a majority of the voting primaries.
bool must_fence(const Core& core);
// Until when no majority can have replaced this primary, unless it hears more; for anybody else the
// end of time. In the past: since when it has been fenced.
Instant lease_end(const Core& core);

}  // namespace grapevine::gossip
