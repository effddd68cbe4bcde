// A message has come: who said it, what its header tells, and which rule its body belongs to.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

void hear(Core& core, LinkId link, const Message& message);

}  // namespace grapevine::gossip
