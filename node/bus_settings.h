// What the configuration says about the cluster bus, in the words of the rumour.
#pragma once

#include <cstdint>
#include <vector>

#include "gossip/settings.h"
#include "node/bus/trust.h"
#include "node/config/config.h"
#include "node/config/seed.h"

namespace grapevine::node {

gossip::Settings gossip_settings(const config::Config& config);
bus::Trust trust_of(const config::Config& config);
std::vector<config::Seed> seeds_of(const config::Config& config);

// cluster-port, or 10000 above the client port.
std::uint16_t bus_port(const config::Config& config);

}  // namespace grapevine::node
