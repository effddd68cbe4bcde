// A replica replaces its failed primary: the one with the most data asks first, and a majority of
// the voting primaries must agree in one epoch.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Called whenever anything has changed: opens, asks, wins or gives up.
void step_election(Core& core);
void count_vote(Core& core, const Member& voter, const Header& header);

}  // namespace grapevine::gossip
