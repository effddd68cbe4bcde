// Which cluster a node is of, so that two do not become one by accident (redis#6129).
//
// Each node has a number for its cluster from birth. Members that are still forming one take the
// smallest that they hear of. Once all slots have an owner, and every member has said the same
// number and sees the same members (or is a Redis, which says neither), it is settled: kept until
// RESET, and taken over by everybody who has not settled yet. Nodes that have settled for different
// numbers do not become members of each other, whoever introduces them, and do not listen to each
// other.
//
// Why two nodes that are being brought together cannot settle for different ones: both would know
// whoever is to introduce them, and it them, so that they would see the same only when they know
// each other. And of two members numbers only get smaller until then, and each has told the other
// its own last. Redis peers know nothing of it: who is a member of two clusters' Redis nodes can
// still bring them together.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// At the birth of a core: what was saved, or a number of its own.
Kin kin_from(const State& state, Random& random);
// After a RESET it belongs nowhere.
void become_kinless(Core& core);

// It is of another cluster: what it says is not for us.
bool is_foreign(const Core& core, const std::optional<Kin>& kin);
// A member has told.
void hear_kin(Core& core, Member& member, const Kin& kin);
void settle_kin(Core& core);

}  // namespace grapevine::gossip
