// What may be set about replication; the names of Redis's directives in the comments.
#pragma once

#include <cstdint>
#include <string>

#include "node/replication/output_limit.h"

namespace grapevine::node::replication {

struct Settings {
    // --- As a primary.
    std::size_t backlog_bytes = 1u << 20;  // repl-backlog-size
    std::int64_t backlog_ttl_s = 3600;     // repl-backlog-ttl; 0: for ever.
    std::int64_t ping_period_s = 10;       // repl-ping-replica-period
    std::int64_t timeout_s = 60;           // repl-timeout, for both ends.
    bool diskless = true;                  // repl-diskless-sync
    std::int64_t delay_ms = 0;             // repl-diskless-sync-delay
    OutputLimits output = {};              // client-output-buffer-limit replica
    std::int64_t good_lag_s = 10;          // min-replicas-max-lag
    bool no_delay = true;                  // Not repl-disable-tcp-nodelay.
    std::string folder = ".";              // Where a payload waits that does not fit into memory.
    std::string server_version = {};       // As redis_version: said in the payload.

    // --- As a replica.
    bool keeps_fuller_data = false;  // cluster-enabled: see Upstream.
    std::string dump = {};           // Where this node saves its data.
    std::uint16_t port = 0;          // replica-announce-port, or the port.
    std::string address = {};        // replica-announce-ip; empty: as the primary sees it.
    std::string user = {};           // masteruser
    std::string password = {};       // masterauth
};

}  // namespace grapevine::node::replication
