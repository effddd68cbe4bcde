// What the log says about the cluster's events.
#pragma once

#include <string>

#include "gossip/effects.h"

namespace grapevine::node::bus {

// "peer failed: three accusers node=07c3... epoch=7". Parts that an event has not are left out.
std::string to_text(const gossip::Event& event);

// Somebody should look: a node was lost, or this one does not serve.
bool worrying(gossip::Event::Kind kind);

}  // namespace grapevine::node::bus
