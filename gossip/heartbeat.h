// PING, PONG and MEET: who is pinged when, and what is whispered about third nodes.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Called every tick: pings whoever has not been asked for a while.
void ping_peers(Core& core);

void ping(Core& core, Member& member);
// The first words on a new link. They do not restart the clock of an unanswered ping.
void greet(Core& core, Member& member);
// Something cannot wait for the next round: a suspicion, a new node.
void ping_everyone(Core& core);
void pong_everyone(Core& core);
// Tells siblings our offset.
void pong_siblings(Core& core);
// On the link that a ping with this header came by; `peer` is null when it is not known who asks.
void answer(Core& core, LinkId link, Member* peer, const Header& header);
// Answers to what it was asked until now do not count as a contact any more: ask it again.
void renew_contact(Core& core, Member& member);
// The same for all voters.
void ask_voters_anew(Core& core);
// Nobody's answers so far count: they were given to a node that claimed less.
void forget_contacts(Core& core);

}  // namespace grapevine::gossip
