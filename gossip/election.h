// A replica replaces its failed primary: the one with the most data asks first, and a majority of
// the voting primaries must agree in one epoch.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Called whenever anything has changed: opens, asks, wins or gives up.
void step_election(Core& core);
void count_vote(Core& core, const Member& voter, const Header& header, const Vote& vote);
// Another candidate asks for votes. Where ours has not asked yet, it gives that one time to be
// elected. Where it has, in the same epoch or an older one, who has not voted for it by now will
// not: it soon asks again, in its turn.
void hear_rival(Core& core, const Header& header);

}  // namespace grapevine::gossip
