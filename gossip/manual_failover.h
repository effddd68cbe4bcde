// An operator has a replica take over: its primary holds its writes, the replica catches up, then
// an election is held that needs no failure. Nothing is lost.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

Result<std::string> start_manual_failover(Core& core, Failover::Mode mode);
// On the primary: its replica asks.
void hold_writes(Core& core, const Member& replica);
// On the replica: the primary's heartbeat says where its stream has stopped.
void note_paused_offset(Core& core, const Member& sender, const Header& header);
// Called whenever the time or the offset has moved.
void step_manual_failover(Core& core);
void end_manual_failover(Core& core);
// Behind the new map: a write that was held must not be served by the old one.
void resume_writes(Core& core);

}  // namespace grapevine::gossip
