// What survives a restart, taken from and put into the core.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

State state_of(const Core& core);
// The members of `state` other than its own node.
void restore_members(Core& core, const State& state);
Member restored_self(const State& state, const Settings& settings);

// Issues a Save when something that must survive has changed.
void save_changes(Core& core);

}  // namespace grapevine::gossip
