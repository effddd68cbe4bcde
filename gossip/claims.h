// Who owns which slot. The higher config epoch wins: whoever was promoted last.
#pragma once

#include "gossip/core.h"
#include "gossip/data.h"

namespace grapevine::gossip {

void learn_epochs(Core& core, Member& sender, const Header& header);
// The answer to a new primary's first words has to tell it already of a vote for its sibling, and
// that another counts on us. Before its claim is heard.
void expect_claim(Core& core, Member& sender, const Header& header);
// A heartbeat's header tells the sender's role and slots.
void hear_claim(Core& core, Member& sender, const Header& header);
void hear_update(Core& core, const Member& sender, const Update& update);

// `owner` claims `slots` in `epoch`: it gets those whose owner has a lower one.
void claim_slots(Core& core, Member& owner, std::uint64_t epoch, const SlotSet& slots);

// A config epoch above all others without asking anybody. False: ours is that already.
bool bump_epoch(Core& core);
std::uint64_t greatest_epoch(const Core& core);

// This node follows `primary` from now on, and owns nothing. By a claim it stays in its shard until
// the primary itself has told its own.
void follow(Core& core, Member& primary, By by = By::claim);
// Our primary has come back with an older state, by which it is our replica, and says so in answer
// to a question of `asked_at`. Nobody serves its slots then, and nobody else may, as it has not
// failed: this node takes them over without asking, if it has the data.
void note_abdication(Core& core, const Member& sender, const Header& header, Instant asked_at);
// What this node, its replica, gets in the primary's place: not what that one has given away. But
// who has come back with less data may have forgotten slots, too.
SlotSet heritage(const Core& core, const Member& primary);
// This node, a replica, owns what its primary owned. Its config epoch has been set.
void take_over(Core& core);

// This node, which did not vote, has got all that the other had, and so its seat: without asking
// anybody. It counts when enough voters know.
void take_seat(Core& core, const Member& last);

// The first owner of one of `slots` that claims it in a higher epoch than `epoch`. Null: none.
const Member* newer_owner(const Core& core, const SlotSet& slots, std::uint64_t epoch);
// If it is out of date about slots, the sender is told who owns them.
void correct(Core& core, const Member& sender, std::uint64_t epoch, const SlotSet& slots);
// The one that `newer_owner` finds, if any, to a node that has claimed these slots in vain.
// That it owns what it does.
void tell_about(Core& core, const Member& stale, const Member& owner);
void tell_owner(Core& core, const Member& stale, std::uint64_t epoch, const SlotSet& slots);

}  // namespace grapevine::gossip
