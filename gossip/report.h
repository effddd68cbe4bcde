// Status from what the core believes.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

Status status_of(const Core& core);

}  // namespace grapevine::gossip
