// INFO's text from facts: Redis's sections and field names, which tools parse; our own fields are
// called grapevine_*. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gossip/figures.h"
#include "node/journal/lineage.h"
#include "node/observe/process.h"
#include "node/observe/stats.h"

namespace grapevine::node::admin {

struct ServerFacts {
    std::string grapevine_version;
    std::string operating_system;  // "Linux 6.1.0 x86_64"
    std::string run_id;            // 40 hexadecimal digits.
    std::string executable;        // Full paths; empty when there is none.
    std::string config_file;
    std::string supervised = "no";  // "systemd", "upstart", "no".
    std::int64_t process_id = 0;
    std::int64_t server_time_usec = 0;  // Since 1970.
    std::int64_t uptime_seconds = 0;
    std::uint16_t port = 0;
    std::uint32_t hz = 10;
    std::uint32_t workers = 1;
    bool cluster = false;
};

struct ClientFacts {
    std::uint64_t connected = 0;
    std::uint64_t blocked = 0;
    std::uint64_t most = 10000;               // maxclients
    std::uint64_t cluster_links = 0;          // In both directions.
    std::uint64_t largest_query_buffer = 0;   // Bytes.
    std::uint64_t largest_output_buffer = 0;  // Bytes.
};

// All in bytes.
struct MemoryFacts {
    std::uint64_t used = 0;
    std::uint64_t peak = 0;
    std::uint64_t at_start = 0;
    std::uint64_t dataset = 0;  // Keys and values, with what each of them costs.
    std::uint64_t resident = 0;
    std::uint64_t physical = 0;
    std::uint64_t limit = 0;  // maxmemory
    std::uint64_t backlog = 0;
    std::uint64_t client_buffers = 0;
    std::uint64_t replica_buffers = 0;
    std::uint64_t bus_buffers = 0;
    std::string policy = "noeviction";
    std::string allocator;  // "jemalloc-5.3.0", "libc"
};

struct PersistenceFacts {
    bool loading = false;
    bool saving = false;
    bool last_save_ok = true;
    std::uint64_t changes_since_save = 0;
    std::uint64_t saves = 0;
    std::int64_t last_save_time = 0;         // Seconds since 1970.
    std::int64_t last_save_seconds = -1;     // How long it took; -1: there was none.
    std::int64_t current_save_seconds = -1;  // Since when one is under way.
    std::uint64_t saved_keys = 0;            // By the one under way,
    std::uint64_t keys_to_save = 0;          // of so many.
    std::uint64_t copied_bytes = 0;          // Before writes, now
    std::uint64_t copied_bytes_peak = 0;     // and at most.
    std::uint64_t keys_loaded = 0;           // At start,
    std::uint64_t keys_expired_at_load = 0;  // and left out.
};

// Beyond what the workers count.
struct StatsFacts {
    std::uint64_t operations_per_second = 0;
    double input_kilobytes_per_second = 0;
    double output_kilobytes_per_second = 0;
    std::uint64_t replication_input_bytes = 0;
    std::uint64_t replication_output_bytes = 0;
    std::uint64_t full_syncs = 0;
    std::uint64_t partial_syncs = 0;
    std::uint64_t refused_partial_syncs = 0;
    std::uint64_t channels = 0;  // With subscribers.
    std::uint64_t patterns = 0;
    std::uint64_t shard_channels = 0;
};

struct ReplicaFacts {
    std::string ip;
    std::uint16_t port = 0;
    std::string state;  // "online", "wait_bgsave", "send_bulk"
    std::int64_t offset = 0;
    std::int64_t lag_seconds = 0;
};

struct PrimaryLinkFacts {
    std::string host;
    std::uint16_t port = 0;
    bool up = false;
    bool syncing = false;
    std::int64_t silent_seconds = -1;  // -1: never heard of it.
    std::int64_t down_seconds = -1;    // While it is down.
    std::int64_t read_offset = 0;
    std::int64_t applied_offset = 0;
    std::uint32_t priority = 100;
    bool read_only = true;
    bool announced = true;
};

struct ReplicationFacts {
    std::optional<PrimaryLinkFacts> primary;  // When we are a replica.
    std::vector<ReplicaFacts> replicas;
    std::string id;                              // 40 hexadecimal digits.
    std::vector<journal::Former> previous = {};  // Before promotions, the last one first.
    // See replication::Status. It is told until something has been written.
    std::optional<std::int64_t> saved = {};
    std::uint64_t changes_then = 0;
    std::int64_t offset = 0;
    bool backlog_active = false;
    std::uint64_t backlog_size = 0;
    std::int64_t backlog_first_offset = 0;
    std::uint64_t backlog_length = 0;
};

struct CpuFacts {
    observe::CpuTime process;
    observe::CpuTime children;
    observe::CpuTime main_thread;
};

struct DatabaseFacts {
    int number = 0;
    std::uint64_t keys = 0;
    std::uint64_t expiring = 0;
    std::int64_t average_ttl_ms = 0;
};

struct BusFacts {
    bool authenticated = false;            // There is a cluster-bus-key.
    std::uint64_t open_links = 0;          // On which nobody proves that he has it.
    std::uint64_t previous_key_links = 0;  // That would end without cluster-bus-key-previous.
    std::uint64_t refused_links = 0;       // So far.
    std::size_t reachable_peers = 0;       // Neither suspected nor failed.
    std::size_t peers_in_step = 0;         // Of these, those at this node's current epoch.
    std::uint64_t cluster_id = 0;          // See gossip/kinship.h.
    bool cluster_id_settled = false;
    gossip::Duration map_age{0};  // Since the map that clients see last changed.
    gossip::Figures figures;
};

struct InfoFacts {
    ServerFacts server;
    ClientFacts clients;
    MemoryFacts memory;
    PersistenceFacts persistence;
    StatsFacts stats;
    ReplicationFacts replication;
    CpuFacts cpu;
    BusFacts bus;
    std::vector<DatabaseFacts> databases;  // Those that are not empty.
    std::uint64_t changes = 0;             // Of keys, since the process began.
    observe::WorkerStats counters{0};      // Of all workers.
    double ticks_per_microsecond = 1;
    // Of the commands in the order in which `counters` knows them: "get", "config|set".
    std::vector<std::string> command_names;
};

// The sections that INFO's arguments ask for, in any case; none: the default ones. "all",
// "everything" and "default" are sets of sections; unknown words ask for nothing, as with Redis.
std::string info_text(const InfoFacts& facts, std::span<const std::string_view> sections);

// As in "used_memory_human": "0B", "1.50K", "2.00G".
std::string human_bytes(std::uint64_t bytes);

}  // namespace grapevine::node::admin
