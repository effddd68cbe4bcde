// What the node was told to be: one plain, documented field for each directive that works.
// The directives' names, limits and status are in rows_*.cc.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::node::config {

enum class LogLevel : std::uint8_t { debug, verbose, notice, warning };
enum class Supervised : std::uint8_t { upstart, systemd, automatic, no };
enum class Allowed : std::uint8_t { no, yes, local };  // local: from connections of this machine.
enum class DisklessLoad : std::uint8_t { disabled, on_empty_db, swapdb };
enum class EndpointType : std::uint8_t { ip, hostname, unknown_endpoint };

// Save when at least `changes` keys changed within `period`.
struct SavePoint {
    std::chrono::seconds period;
    std::int64_t changes;
    bool operator==(const SavePoint&) const = default;
};

// A client is cut off above `hard` bytes, or above `soft` bytes for the length of `patience`.
// 0: no such limit.
struct OutputLimit {
    std::uint64_t hard = 0;
    std::uint64_t soft = 0;
    std::chrono::seconds patience{0};
    bool operator==(const OutputLimit&) const = default;
};

struct OutputLimits {
    OutputLimit normal;
    OutputLimit replica{256 << 20, 64 << 20, std::chrono::seconds(60)};
    OutputLimit pub_sub{32 << 20, 8 << 20, std::chrono::seconds(60)};
    bool operator==(const OutputLimits&) const = default;
};

struct PrimaryAddress {
    std::string host;
    std::uint16_t port;
    bool operator==(const PrimaryAddress&) const = default;
};

// A value: threads are given copies. Empty text means "not set" throughout.
struct Config {
    // Network.
    std::vector<std::string> bind{"*", "-::*"};  // A leading '-': need not exist on this machine.
    std::uint16_t port = 6379;                   // 0: no TCP.
    std::string unixsocket;                      // Path.
    std::uint32_t unixsocketperm = 0;            // Mode bits; 0: as the umask leaves them.
    bool protected_mode = true;                  // Without a password, only this machine may ask.
    std::uint32_t tcp_backlog = 511;             // Connections waiting to be accepted.
    std::chrono::seconds tcp_keepalive{300};     // 0: never probe.
    std::chrono::seconds timeout{0};             // Idle clients are closed after it; 0: never.
    std::chrono::seconds shutdown_timeout{10};   // So long an end waits for replicas.
    std::uint32_t maxclients = 10000;

    // Who may ask.
    std::string requirepass;
    std::string masterauth;  // What to say to our primary,
    std::string masteruser;  // and as whom.
    Allowed enable_debug_command = Allowed::no;
    Allowed enable_protected_configs =
        Allowed::no;  // Whether CONFIG SET may change dir and dbfilename.

    // The process.
    bool daemonize = false;
    std::string pidfile;  // When empty and daemonized: /var/run/redis.pid, as Redis does.
    Supervised supervised = Supervised::no;
    LogLevel loglevel = LogLevel::notice;
    std::string logfile;  // Empty: standard output.
    std::string dir = ".";
    std::uint32_t io_threads = 1;  // Workers.
    std::uint32_t databases = 16;  // Cluster mode has one, whatever this says.
    std::uint32_t hz = 10;         // Turns of background work each second, 1 to 500.

    // Limits. Bytes; 0: none.
    std::uint64_t maxmemory = 0;
    std::uint64_t client_query_buffer_limit = 1 << 30;
    std::uint64_t proto_max_bulk_len = 512 << 20;
    OutputLimits client_output_buffer_limit;

    // Snapshots on disk.
    std::vector<SavePoint> save{{std::chrono::seconds(3600), 1},
                                {std::chrono::seconds(300), 100},
                                {std::chrono::seconds(60), 10000}};
    std::string dbfilename = "dump.rdb";  // Inside `dir`.
    bool rdbcompression = true;
    bool rdbchecksum = true;
    bool stop_writes_on_bgsave_error = true;

    // Replication.
    std::optional<PrimaryAddress> replicaof;
    std::uint64_t repl_backlog_size = 1 << 20;    // Bytes, at least 16 KB.
    std::chrono::seconds repl_backlog_ttl{3600};  // Freed so long after the last replica; 0: never.
    std::chrono::seconds repl_timeout{60};
    std::chrono::seconds repl_ping_replica_period{10};
    bool repl_diskless_sync = true;
    // Redis waits 5 s for more replicas; here a snapshot costs too little to wait for company.
    std::chrono::seconds repl_diskless_sync_delay{0};
    std::uint32_t repl_diskless_sync_max_replicas = 0;  // Start without delay at so many; 0: never.
    DisklessLoad repl_diskless_load = DisklessLoad::disabled;
    bool repl_disable_tcp_nodelay = false;
    bool replica_read_only = true;
    bool replica_serve_stale_data = true;
    std::uint32_t replica_priority = 100;     // For Sentinel; 0: never promote.
    bool replica_announced = true;            // Whether Sentinel shows it to clients.
    std::string replica_announce_ip;          // Empty: as the connection shows.
    std::uint16_t replica_announce_port = 0;  // 0: `port`.
    std::uint32_t min_replicas_to_write = 0;  // Writes are refused below so many; 0: never.
    std::chrono::seconds min_replicas_max_lag{10};

    // The cluster.
    bool cluster_enabled = false;
    std::string cluster_config_file = "nodes.conf";  // Inside `dir`.
    std::chrono::milliseconds cluster_node_timeout{15000};
    std::uint16_t cluster_port = 0;               // The bus; 0: `port` + 10000.
    std::string cluster_announce_ip;              // Empty: found out from the peers.
    std::uint16_t cluster_announce_port = 0;      // 0: `port`.
    std::uint16_t cluster_announce_bus_port = 0;  // 0: the bus's own port.
    std::string cluster_announce_hostname;
    std::string cluster_announce_human_nodename;  // For logs only.
    EndpointType cluster_preferred_endpoint_type = EndpointType::ip;
    bool cluster_require_full_coverage = true;
    bool cluster_allow_reads_when_down = false;
    bool cluster_allow_pubsubshard_when_down = true;
    std::uint32_t cluster_replica_validity_factor = 10;  // 0: a replica is never too old.
    bool cluster_replica_no_failover = false;
    std::uint32_t cluster_migration_barrier = 1;  // Replicas a primary keeps when one moves away.
    bool cluster_allow_replica_migration = true;
    std::uint64_t cluster_link_sendbuf_limit = 0;    // Bytes for each peer; 0: no limit.
    std::chrono::seconds cluster_blacklist_ttl{60};  // How long a forgotten node stays forgotten.
    bool cluster_crash_evidence = true;    // Ours: lost links and hosts count, not only silence.
    std::string cluster_bus_key;           // Ours: who speaks on the bus has to have it,
    std::string cluster_bus_key_previous;  // or, while keys are replaced, this one.
    std::vector<std::string> cluster_bus_open_peers;  // But for these addresses and networks.
    std::vector<std::string> cluster_seeds;  // Ours: where to look for the cluster (seed.h).

    // The user's word that a directive may be set although its promise is not kept yet.
    std::vector<std::string> accept_unsupported;

    // Directives without an effect of their own, as far as they differ from their default.
    std::map<std::string, std::string> without_effect;

    bool operator==(const Config&) const = default;
};

}  // namespace grapevine::node::config
