// How replication stands, as INFO, ROLE and the workers want to know it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/journal/lineage.h"

namespace grapevine::node::replication {

using journal::Offset;

enum class Role : std::uint8_t { primary, replica };

// A replica of this node.
struct ReplicaStatus {
    std::uint64_t client = 0;    // The id that it had as a client.
    std::string connected_from;  // Its end of the connection, and ours: "127.0.0.1:6379".
    std::string connected_to;
    std::int64_t age_s = 0;  // Since it asked for data.
    std::string host;
    std::uint16_t port = 0;
    std::string_view state;  // "wait_bgsave", "send_bulk", "online": as INFO calls them.
    Offset offset = 0;       // Confirmed.
    std::int64_t lag_s = 0;  // Since it was last heard.
};

// This node's link to its primary.
struct LinkStatus {
    std::string connected_from;  // Our end of the connection; empty while there is none.
    std::string host;
    std::uint16_t port = 0;
    std::string_view state;    // "connect", "connecting", "sync", "connected": as ROLE calls them.
    std::uint64_t number = 0;  // Of the order to follow.
    bool up = false;
    bool in_step = false;     // It has been up.
    bool loading = false;     // Its data is being replaced.
    bool whole = false;       // The data that is here belongs together.
    bool keeps_data = false;  // The primary has less: nothing is taken from it. See Upstream.
    std::uint64_t loaded_bytes = 0;  // Of the payload.
    std::int64_t last_heard_s = -1;  // Seconds ago; -1 while the link is down.
    std::int64_t down_since_s = -1;  // Seconds; -1 while the link is up.
};

struct Status {
    Role role = Role::primary;
    std::optional<LinkStatus> link = {};  // Of a replica, also before there is one.
    std::vector<ReplicaStatus> replicas = {};
    unsigned good_replicas = 0;  // Online and heard within min-replicas-max-lag.
    journal::Lineage lineage = {};
    // How much of its shard's data this process found on its disk. Nothing when the disk does not
    // tell, and once it has had a primary's.
    std::optional<Offset> saved = {};
    std::uint64_t changes_then = 0;  // Of all workers' databases, when that was loaded.
    Offset offset = 0;  // Of a primary: of what it did. Of a replica: of what all workers applied.
    bool backlog_active = false;
    std::size_t backlog_size = 0;
    Offset backlog_first_byte = 0;
    std::uint64_t backlog_bytes = 0;
    std::uint64_t full_syncs = 0;  // Given.
    std::uint64_t partial_syncs = 0;
    std::uint64_t partial_refused = 0;
};

// What workers answer clients by. They hear of each change.
struct Standing {
    Role role = Role::primary;
    bool loading = false;   // -LOADING
    bool link_up = false;   // A replica without a link may answer -MASTERDOWN.
    std::string host = {};  // The primary's.
    std::uint16_t port = 0;
    unsigned good_replicas = 0;  // For min-replicas-to-write.
    bool operator==(const Standing&) const = default;
};

}  // namespace grapevine::node::replication
