// An immutable map of the cluster: slot -> shard -> primary and replicas. Made by gossip, read by
// everyone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "slots/identity.h"
#include "slots/slot_set.h"

namespace grapevine::slots {

enum class Role : std::uint8_t { primary, replica };

// A node as clients should see it.
struct Node {
    NodeId id;
    ShardId shard;
    Endpoint endpoint;     // The host is an IP address here.
    std::string hostname;  // As announced; empty when none was.
    Role role = Role::primary;
    NodeId primary;  // Whom a replica follows; none for a primary.
    std::uint64_t config_epoch = 0;
    std::uint64_t replication_offset = 0;  // Bytes, as last heard.
    bool failed = false;                   // A majority says so.
    bool suspected = false;
    bool linked = true;  // The bus has a working link to it.
};

using NodeIndex = std::uint16_t;
inline constexpr NodeIndex no_node = 0xffff;

struct Topology {
    std::vector<Node> nodes;  // Sorted by id, so that two equal maps are equal byte for byte.
    NodeIndex self = no_node;
    std::array<NodeIndex, slot_count> owner = filled_with(no_node);  // The primary of each slot.
    std::array<NodeIndex, slot_count> migrating_to = filled_with(no_node);  // Ours, on the way out.
    std::array<NodeIndex, slot_count> importing_from = filled_with(no_node);  // Not yet ours.
    bool serving = false;                                                     // False: CLUSTERDOWN.
    bool fenced = false;  // This primary may have been replaced: it must accept no write for now.
    std::uint64_t current_epoch = 0;

    const Node& me() const { return nodes[self]; }
    // Some keys of the slot may be elsewhere.
    bool in_motion(Slot slot) const {
        return migrating_to[slot.number] != no_node || importing_from[slot.number] != no_node;
    }
    // The primary whose data this node holds: itself, or the one it follows. no_node when unknown.
    NodeIndex my_primary() const;
    std::optional<NodeIndex> find(const NodeId& id) const;
    SlotSet slots_of(NodeIndex node) const;
    std::vector<NodeIndex> replicas_of(NodeIndex primary) const;

    // Not constexpr: the compiler would take minutes to count to 16384 again and again.
    static std::array<NodeIndex, slot_count> filled_with(NodeIndex value);
};

using TopologyPtr = std::shared_ptr<const Topology>;

}  // namespace grapevine::slots
