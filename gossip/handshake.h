// Joining, moving and leaving: how nodes get into the table and out of it.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// An operator named an address: ask whoever is there to know us. `by_seed`: nobody did just now,
// but it is worth a look (node/bus/seeds.h). Then whoever was forgotten stays forgotten, on both
// sides: the MEET says so, and so does the one that answers it. And who is linked is not moved.
void meet(Core& core, const slots::Endpoint& endpoint, bool by_seed);
// A stranger asks to be known: call back, to learn its name.
void be_met(Core& core, LinkId link, const Header& header);
// The node that we met has said its name. False: it was no newcomer, and the link is gone.
bool finish_handshake(Core& core, Member& member, const Header& header);
// Whoever is there belongs to another cluster.
void turn_away(Core& core, Member& member, const Header& header);
void drop_late_handshakes(Core& core);

// How a MEET, or the first member in this life, reached us is our address, unless one is announced:
// we may have been somewhere else before.
void learn_own_address(Core& core, LinkId link, bool met, bool by_member);
void move_member(Core& core, Member& member, const slots::Endpoint& endpoint,
                 std::uint16_t secondary_port);

// Somebody known vouches for it. Nothing happens when the table is full.
void join(Core& core, const Rumour& rumour);
void forget(Core& core, const NodeId& id, Duration ban);
// A peer has forgotten a node: so do we, but never ourselves, the peer or our primary.
void forget_on_hearsay(Core& core, const Forgotten& forgotten, const Member& sender);
bool is_banned(const Core& core, const NodeId& id);

}  // namespace grapevine::gossip
