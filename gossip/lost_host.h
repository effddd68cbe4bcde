// A host that is gone: its kernel does not acknowledge what it is sent. A stopped process is
// another matter, as the kernel under it goes on to acknowledge. That is known long before the node
// timeout, and acted upon at once; so voters tell a primary in each answer for how long they will
// not vote against it. Where both sides know of this, and the network is quick, it is told so
// little that an isolated primary has stopped by the time that others have noticed: see fence.h.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// This node is a voter that asks the others so often (Timing::pulse) that short leases suffice.
// Where there are many, it asks its witnesses so (witnesses.h).
bool should_pulse(const Core& core);
// The same for any voter.
bool should_pulse(const Settings& settings);
// The member is to be asked again because of that.
bool needs_pulse(const Core& core, const Member& member);
// Both ask each other so often: the next question is due, with so many unanswered before it.
bool is_pulse_due(const Timing& timing, std::size_t unanswered, Duration since_asked);
// How quick its answers are.
void note_round_trip(const Core& core, Member& member, Duration taken);

// How long the member may count on the answer that it is given now.
Duration lease_for(const Core& core, const Member& member);
// As it is said on the wire, in the upper byte of the capabilities: e in its upper and m in its
// lower half are (16 + m) * 2^e ms, at most 17 minutes. Rounded down, by 6 % at most.
std::uint16_t lease_mark(Duration lease);
std::optional<Duration> lease_from(std::uint16_t capabilities);
// How long an answer with these capabilities may be counted on; nothing when its sender promises
// nothing, as it does not know us. Its node timeout may be another one than ours. A Redis does not
// say.
std::optional<Duration> told_lease(const Core& core, std::uint16_t capabilities);

// Called every tick: accuses members whose hosts are gone.
void judge_lost_hosts(Core& core);

}  // namespace grapevine::gossip
