// Votes: one per epoch, durable before it is spoken.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// A replica wants to replace its primary.
void consider_vote(Core& core, Member& candidate, const Header& header);
// The member takes its primary's place: if we voted for another to have it, that vote is one
// against the member now.
void inherit_vote(Core& core, const Member& heir);
// Whoever follows another than the one it stood against, and says so in the epoch of its election
// or later, has ended that election: it will not win by our vote.
void let_votes_lapse(Core& core, const Member& candidate, const Header& header);
// A primary that owned nothing claims, in a higher epoch, all that another has, or one claims most
// of what another of its shard has (see usurps): it was deposed, and has taken a new epoch without
// being elected. Or a replica claims what its primary has, and not by our vote, or so late that we
// have answered its primary again. While the other relies on our last answer it is promised
// nothing, unless the other is a replica by its own account. The member, of the shard of the owner,
// claims most of what that one has: it takes its place. A slot may also be given to it, if both are
// primaries.
bool usurps(const Member& member, const Member& owner, const SlotSet& owned,
            const SlotSet& claimed);
void note_comeback(Core& core, Member& member, std::uint64_t epoch, const SlotSet& slots);
bool must_wait_for_another(const Core& core, const Member& member);

// `heir` votes from now on in place of `last`, whose vote may still depose us if we are a primary.
// The heir does not know of that vote, and its answers are no promise until none can count any
// more; at once when `last` had promised, for longer than it was seen alive, to vote for nobody.
void inherit_seat(const Core& core, Member& heir, const Member& last);
bool is_voiceless(const Core& core, const Member& member);

// Something that we, or who was in our place, have answered the member may hold yet.
bool may_count_on_us(const Core& core, const Member& member);

// Those that can mean nothing any more.
void drop_old_votes(Core& core);

// It claims slots under a header that we know better: all that it had has another owner by now, or
// another claims some of it in the same epoch.
bool has_been_deposed(const Core& core, const Member& member, const Header& header);
// The usurper takes all from the victim, which was elected in its place. Until we have seen that
// one give way the seat may be the victim's.
void displace(Core& core, Member& usurper, const NodeId& victim);
bool has_displaced(const Core& core, const Member& member);
// That, or we voted for another in the member's place: it may not have heard of it.
bool has_successor(const Core& core, const Member& member);
// We voted for another in the member's place, and that vote may still depose it. A primary that is
// the only voter elects with its one vote: only the candidate knows whether that has reached it.
bool may_be_deposed(const Core& core, const Member& member);
// Our replica has answered a question of `asked_at`: it is none that our vote can still elect.
void note_defeat(Core& core, const Member& candidate, const Header& header, Instant asked_at);

}  // namespace grapevine::gossip
