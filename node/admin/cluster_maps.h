// The cluster as lists and maps for clients: CLUSTER SLOTS, SHARDS and LINKS (Redis 7.0).
#pragma once

#include <cstdint>

#include "client/resp/writer.h"
#include "gossip/status.h"
#include "node/bus/bus.h"
#include "node/config/config.h"

namespace grapevine::node::admin {

// cluster-preferred-endpoint-type: how clients are told to reach a node. `hostname` gives "?" for
// one that has none, `unknown_endpoint` nothing: they know where they reached the node they asked.
using config::EndpointType;

// For each range: first slot, last slot, its primary, its replicas that have data and work.
void write_slots(const gossip::Status& status, EndpointType type, client::resp::Writer& reply);

// For each primary: its slots, itself and all its replicas.
void write_shards(const gossip::Status& status, EndpointType type, client::resp::Writer& reply);

// Each established link to or from a known node. `offset` as in cluster_text.h.
void write_links(const bus::Report& report, std::int64_t offset, client::resp::Writer& reply);

// The newest `count` of the events, newest first; each is a map.
void write_history(const bus::History& history, std::size_t count, client::resp::Writer& reply);

}  // namespace grapevine::node::admin
