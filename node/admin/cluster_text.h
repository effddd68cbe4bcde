// What the node believes of its cluster, as CLUSTER NODES, REPLICAS and INFO print it (Redis 7.0).
#pragma once

#include <cstdint>
#include <string>

#include "gossip/status.h"

namespace grapevine::node::admin {

// Wall-clock milliseconds since 1970 at the origin of gossip's instants: what has to be added to
// one. The two clocks are those of io::Loop.
std::int64_t clock_offset(std::int64_t wall_ms, std::int64_t monotonic_us);
std::int64_t wall_ms_of(gossip::Instant instant, std::int64_t offset);

// Nothing when the id is not of a member.
const gossip::MemberStatus* find_member(const gossip::Status& status, const slots::NodeId& id);
const gossip::MemberStatus& myself(const gossip::Status& status);
// In the order of ids.
std::vector<const gossip::MemberStatus*> replicas_of(const gossip::Status& status,
                                                     const slots::NodeId& primary);

// A line for each node, each ended: "id ip:port@cport[,hostname] flags primary ping pong epoch link
// slots...", open slots at this node's own line only.
std::string nodes_text(const gossip::Status& status, std::int64_t offset);
// One such line, not ended.
std::string node_line(const gossip::Status& status, const gossip::MemberStatus& member,
                      std::int64_t offset);

// "cluster_state:ok\r\n..." `links_cut`: how many peers lost their link because they did not read.
std::string info_text(const gossip::Status& status, std::uint64_t links_cut);

}  // namespace grapevine::node::admin
