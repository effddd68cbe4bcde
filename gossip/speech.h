// Saying things: every message that leaves gets its header here, and waits here for the disk if it
// must.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// What this node would claim if everything decided so far were saved.
Claim claim_of(const Core& core);

// At once, with what the last saved generation claims. Dropped when the link is gone.
// `marks` are added to the capabilities.
void say(Core& core, LinkId link, Body body, std::uint16_t marks = 0);
// On our link to the member; dropped while there is none.
void say(Core& core, const Member& member, Body body);
void say_to_all(Core& core, const Body& body);

// As soon as everything decided so far is saved, with what it claims.
void say_once_saved(Core& core, const Member& member, Body body);

// The generation is on the disk: what waited for it leaves, and heartbeats claim what it holds.
void release_saved(Core& core, Generation generation);

}  // namespace grapevine::gossip
