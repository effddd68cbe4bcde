// Votes: one per epoch, durable before it is spoken.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// A replica wants to replace its primary.
void consider_vote(Core& core, Member& candidate, const Header& header);

// Whether this node's answers must not keep the member's fence open: it has voted for a successor,
// or would if it were asked.
bool doubts(const Core& core, const Member& member);

}  // namespace grapevine::gossip
