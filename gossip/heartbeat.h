// PING, PONG and MEET: who is pinged when, and what is whispered about third nodes.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Who is asked besides those that are due: the one of so many choices that has been silent longest
// (cluster specification).
inline constexpr Duration random_ping_period{1'000};
inline constexpr std::size_t random_ping_choices = 5;

// A Grapevine with which neither the voting nor a shard is shared, in a cluster of so many nodes,
// is to be asked: it answered `unanswered` ago, and last said anything `unheard` ago. It is heard
// often enough if either of the two asks.
bool is_stranger_quiet(const Timing& timing, std::size_t nodes, Duration unanswered,
                       Duration unheard);

// How many nodes a heartbeat mentions, of so many members, to one who does not see the same:
// besides suspects and newcomers.
std::size_t others_to_mention(std::size_t members, bool to_grapevine);

// Called every tick, before anything is said.
void look_for_the_hot(Core& core);
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
// On the link of another process that has the original's name: that it is a copy.
void tell_copy(Core& core, LinkId link, const Member& original);
// Answers to what it was asked until now do not count as a contact any more: ask it again.
void renew_contact(Core& core, Member& member);
// The same for all voters.
void ask_voters_anew(Core& core);
// Nobody's answers so far count: they were given to a node that claimed less.
void forget_recognition(Core& core);
// The same for what they have promised, or may have, to whom we were.
void forget_contacts(Core& core);

}  // namespace grapevine::gossip
