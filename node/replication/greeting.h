// What a replica says before it asks for data: REPLCONF and PSYNC (Redis 7.0 and Valkey 8).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "node/journal/lineage.h"
#include "slots/result.h"

namespace grapevine::node::replication {

using journal::Offset;
using journal::ReplicationId;

// What a connection said about itself with REPLCONF.
struct Greeting {
    std::uint64_t client = 0;     // Not said: the id that it has as a client.
    std::uint16_t port = 0;       // listening-port; 0: not said.
    std::string address = {};     // ip-address; empty: the connection's.
    std::string version = {};     // "7.2.4"; empty: not said.
    bool reads_eof_mark = false;  // capa eof: needs not know the payload's size beforehand.
    bool reads_new_id = false;    // capa psync2: understands "+CONTINUE <id>".
    bool payload_only = false;    // rdb-only: a backup, wants no stream.
    bool wants_data = true;  // rdb-filter-only: false when data is not among what it asked for.
};

// REPLCONF option value [option value ...] as `args`, the name included, before a sync. What an
// ACK says is for a replica's own connection: see replica.h.
// ERR syntax error / ERR Unrecognized REPLCONF option: x.
Result<void> hear(Greeting& greeting, std::span<const std::string_view> args);

// What a replica asks for.
struct SyncRequest {
    bool named = false;     // PSYNC rather than SYNC: an answer comes before the payload.
    ReplicationId id = {};  // None: it has no data that it could go on with.
    Offset offset = 0;      // What it has, when it names an id.
};

// SYNC, or PSYNC id offset, as `args`. ERR value is not an integer or out of range.
Result<SyncRequest> parse_sync(std::span<const std::string_view> args);

}  // namespace grapevine::node::replication
