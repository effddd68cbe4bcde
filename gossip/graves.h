// FORGET that stays: who was forgotten is kept out until an operator introduces it again.
//
// A node's grave is a number that only grows: odd while it is forgotten, even once it was met
// again. The greater number is the later order, so that nodes agree by telling each other theirs.
// Redis peers know nothing of it: towards them, and for what they say, the ban of
// Timing::forget_ban holds.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

bool is_buried(const Core& core, const NodeId& id);

// It was, and has been met since: a later order than those that led to its grave.
bool is_back(const Core& core, const NodeId& id);

// An operator has it forgotten here.
void bury(Core& core, const NodeId& id);
// An operator's MEET has brought it back.
void exhume(Core& core, const NodeId& id);

// What a Grapevine is told with each heartbeat: a digest, and the graves if its own was another.
// Nothing while neither has any.
std::optional<Graves> graves_for(const Core& core, const Member& peer);

// Believed of members, in answers on our own link to them: nobody who calls us makes us forget for
// good. This node, its primary and the teller are never forgotten by hearsay.
void hear_graves(Core& core, Member& teller, const std::optional<Graves>& graves, bool answer);

}  // namespace grapevine::gossip
