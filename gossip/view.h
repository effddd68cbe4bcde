// Whether two nodes know the same of all others, told in one number: those that agree need not
// whisper about anybody. Where Redis peers name a tenth of the cluster in each heartbeat, a
// Grapevine that hears the number which it would say itself is told of suspects and newcomers only.
//
// The number is a sum over the members, so that their order does not matter, and each end leaves
// out itself and the other. It is made at each tick: until the next one it may be a little old.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// What the member adds to the number.
std::uint64_t share_of(const Member& member);

// Called every tick.
void sum_view(Core& core);

// Of all members but this node and the peer: their names, addresses, and whether they are suspected
// or failed.
std::uint64_t view_for(const Core& core, const Member& peer);
// As far as the peer has told.
bool sees_the_same(const Core& core, const Member& peer);

}  // namespace grapevine::gossip
