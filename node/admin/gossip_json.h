// All that a node believes of its cluster, for DEBUG GOSSIP.
#pragma once

#include <string>

#include "node/bus/bus.h"

namespace grapevine::node::admin {

// One JSON object. Instants are given as milliseconds before `now`; null: never.
std::string gossip_json(const bus::Report& report, gossip::Instant now);

}  // namespace grapevine::node::admin
