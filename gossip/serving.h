// Whether clients are served: cluster_state.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Called whenever anything has changed.
void judge_serving(Core& core);

}  // namespace grapevine::gossip
