// Votes: one per epoch, durable before it is spoken.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// A replica wants to replace its primary.
void consider_vote(Core& core, Member& candidate, const Header& header);

}  // namespace grapevine::gossip
