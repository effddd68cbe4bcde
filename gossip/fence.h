// When a primary must stop accepting writes because it may have been replaced without knowing.
// Whatever lets a majority fail a node fast (ended links, refusals, silence) fences it as fast.
#pragma once

#include <string>

#include "gossip/core.h"

namespace grapevine::gossip {

// Beyond a cut a predecessor may count the same seat among the voters as its own. Ours counts, and
// has a vote, once that one has given way, or so many have our claim on their disks that it finds
// no majority any more. A primary that took a new epoch by itself while it was fenced may have a
// successor that does so: its seat counts as well once too few others are left that could have
// elected one, unless it had none before. A seat that counts goes on counting until the next epoch
// of that kind, or the next place.
bool has_seat(const Core& core);
// That it counts, or does not yet, has to survive a restart.
void note_seat(Core& core);
// A primary that owns slots and is not in contact with a majority of the voting primaries.
bool must_fence(const Core& core);
// What a fenced primary waits for, and what an operator may do when it never comes.
std::string why_fenced(const Core& core);
// The same of one that was started again and does not serve yet.
std::string silent_voters(const Core& core);
// Until when no majority can have replaced this primary, unless it hears more; for anybody else the
// end of time. In the past: since when it has been fenced.
Instant lease_end(const Core& core);

}  // namespace grapevine::gossip
