// A cluster as an operator sees it: shards with their nodes, and how each of them is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "client/cli/replies.h"

namespace grapevine::client::cli {

// What a node said about itself; or why it said nothing.
struct Report {
    std::string trouble;              // "Connection refused". Empty: it answered.
    Facts info;                       // INFO
    Facts cluster;                    // CLUSTER INFO
    std::vector<ListedShard> shards;  // CLUSTER SHARDS, its own view
};

struct Node {
    slots::NodeId id;
    slots::Endpoint endpoint;
    std::string trouble;  // As in Report.
    std::int64_t keys = 0;
    std::int64_t memory = 0;      // Bytes.
    std::int64_t operations = 0;  // Per second, lately.
    std::int64_t epoch = 0;       // Config epoch of its shard.
    std::int64_t offset = 0;      // Bytes of the replication stream: sent, or received.
    bool is_loading = false;      // Reads its data from the disk.
    bool is_cut_off = false;      // A replica without a link to its primary.
    bool is_copying = false;      // A replica that takes all data of its primary.
    bool refuses = false;         // Its cluster_state is "fail".
    std::int64_t disagrees = 0;   // Slots for which it sees another owner than the asked node.

    bool answers() const { return trouble.empty(); }
};

struct Shard {
    std::string name;  // A, B, ... Z, a, ... z, then "53", "54", ...
    slots::SlotSet slots;
    Node primary;
    std::vector<Node> replicas;

    // Bytes that a replica has not received yet; never negative.
    std::int64_t lag_of(const Node& replica) const;
};

struct Cluster {
    slots::Endpoint asked;      // The node whose map this is.
    std::vector<Shard> shards;  // Those with slots, in the order of their first one; then others.
    std::vector<Node> strays;   // Known, but neither in a shard with slots nor alive.
    std::int64_t epoch = 0;     // The highest that any node knows.

    std::int64_t total(std::int64_t Node::* what) const;  // Over all primaries.
    slots::SlotSet slots() const;                         // Those that have an owner.
    std::size_t nodes() const;
};

// Calls visit(Shard or nullptr, Node) for every node: primary, replicas, shard by shard, strays.
void for_each_node(const Cluster& cluster,
                   const std::function<void(const Shard*, const Node&)>& visit);

// Puts the map of one node together with what all nodes in it reported. A node without a report
// counts as one that did not answer.
Cluster assemble(const slots::Endpoint& asked, const std::vector<ListedShard>& shards,
                 const std::map<slots::NodeId, Report>& reports);

}  // namespace grapevine::client::cli
