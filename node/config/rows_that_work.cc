// Directives that do what they say: each is bound to a field of Config, whose initial value is the
// default.
#include "node/config/field.h"
#include "node/config/row.h"

namespace grapevine::node::config {
namespace {

template <auto field>
Row works(std::string_view name, Shape shape) {
    return {
        .name = name,
        .shape = shape,
        .print = [](const Row& row,
                    const Config& config) { return print_field(row.shape, config.*field); },
        .assign = [](const Row& row, Config& config,
                     const std::string& value) { read_field(row.shape, value, config.*field); }};
}

constexpr auto at_start = Change::at_start;
constexpr auto by_permission = Change::by_permission;
constexpr Shape any_port = number(0, 65535);
constexpr Shape any_number = number(0, int_max);
constexpr Shape one_or_more = number(1, int_max);
constexpr Shape allowed = choice("no yes local");
constexpr std::int64_t mib = 1 << 20;

std::vector<Row> network_rows() {
    return {
        works<&Config::bind>("bind", several(check_bind)).when(at_start),
        works<&Config::port>("port", any_port).when(at_start),
        works<&Config::unixsocket>("unixsocket", text()).when(at_start),
        works<&Config::unixsocketperm>("unixsocketperm", octal(0777)).when(at_start),
        works<&Config::protected_mode>("protected-mode", yes_no()),
        works<&Config::tcp_backlog>("tcp-backlog", any_number).when(at_start),
        works<&Config::tcp_keepalive>("tcp-keepalive", any_number),
        works<&Config::timeout>("timeout", any_number),
        works<&Config::shutdown_timeout>("shutdown-timeout", any_number),
        works<&Config::maxclients>("maxclients", number(1, 4294967295)),
        works<&Config::requirepass>("requirepass", text(check_password)).secretly(),
        works<&Config::masterauth>("masterauth", text()).secretly(),
        works<&Config::masteruser>("masteruser", text()),
        works<&Config::enable_debug_command>("enable-debug-command", allowed).when(at_start),
        works<&Config::enable_protected_configs>("enable-protected-configs", allowed)
            .when(at_start),
    };
}

std::vector<Row> process_rows() {
    return {
        works<&Config::daemonize>("daemonize", yes_no()).when(at_start),
        works<&Config::pidfile>("pidfile", text()).when(at_start),
        works<&Config::supervised>("supervised", choice("upstart systemd auto no")).when(at_start),
        works<&Config::loglevel>("loglevel", choice("debug verbose notice warning")),
        works<&Config::logfile>("logfile", text()).when(at_start),
        works<&Config::dir>("dir", text()).when(by_permission),
        works<&Config::io_threads>("io-threads", number(1, 128)).when(at_start),
        works<&Config::databases>("databases", one_or_more).when(at_start),
        works<&Config::hz>("hz", any_number),
        works<&Config::maxmemory>("maxmemory", bytes()),
        works<&Config::client_query_buffer_limit>("client-query-buffer-limit", bytes(mib)),
        works<&Config::proto_max_bulk_len>("proto-max-bulk-len", bytes(mib)),
        works<&Config::client_output_buffer_limit>("client-output-buffer-limit",
                                                   several(check_output_limits)),
        works<&Config::accept_unsupported>("accept-unsupported", several())
            .when(at_start)
            .gathering(),
    };
}

std::vector<Row> snapshot_rows() {
    return {
        works<&Config::save>("save", several(check_save)).gathering(),
        works<&Config::dbfilename>("dbfilename", text(check_plain_file_name)).when(by_permission),
        works<&Config::rdbcompression>("rdbcompression", yes_no()),
        works<&Config::rdbchecksum>("rdbchecksum", yes_no()).when(at_start),
        works<&Config::stop_writes_on_bgsave_error>("stop-writes-on-bgsave-error", yes_no()),
    };
}

std::vector<Row> replication_rows() {
    return {
        works<&Config::replicaof>("replicaof", several(check_primary))
            .when(at_start)
            .also("slaveof"),
        works<&Config::repl_backlog_size>("repl-backlog-size", bytes(1)),
        works<&Config::repl_backlog_ttl>("repl-backlog-ttl", number(0, long_max)),
        works<&Config::repl_timeout>("repl-timeout", one_or_more),
        works<&Config::repl_ping_replica_period>("repl-ping-replica-period", one_or_more)
            .also("repl-ping-slave-period"),
        works<&Config::repl_diskless_sync>("repl-diskless-sync", yes_no()),
        works<&Config::repl_diskless_sync_delay>("repl-diskless-sync-delay", any_number),
        works<&Config::repl_diskless_sync_max_replicas>("repl-diskless-sync-max-replicas",
                                                        any_number),
        works<&Config::repl_diskless_load>("repl-diskless-load",
                                           choice("disabled on-empty-db swapdb")),
        works<&Config::repl_disable_tcp_nodelay>("repl-disable-tcp-nodelay", yes_no()),
        works<&Config::replica_read_only>("replica-read-only", yes_no()).also("slave-read-only"),
        works<&Config::replica_serve_stale_data>("replica-serve-stale-data", yes_no())
            .also("slave-serve-stale-data"),
        works<&Config::replica_priority>("replica-priority", any_number).also("slave-priority"),
        works<&Config::replica_announced>("replica-announced", yes_no()),
        works<&Config::replica_announce_ip>("replica-announce-ip", text())
            .also("slave-announce-ip"),
        works<&Config::replica_announce_port>("replica-announce-port", any_port)
            .also("slave-announce-port"),
        works<&Config::min_replicas_to_write>("min-replicas-to-write", any_number)
            .also("min-slaves-to-write"),
        works<&Config::min_replicas_max_lag>("min-replicas-max-lag", any_number)
            .also("min-slaves-max-lag"),
    };
}

std::vector<Row> cluster_rows() {
    return {
        works<&Config::cluster_enabled>("cluster-enabled", yes_no()).when(at_start),
        works<&Config::cluster_config_file>("cluster-config-file", text(check_plain_file_name))
            .when(at_start),
        works<&Config::cluster_node_timeout>("cluster-node-timeout", number(0, long_max)),
        works<&Config::cluster_port>("cluster-port", any_port).when(at_start),
        works<&Config::cluster_announce_ip>("cluster-announce-ip", text()),
        works<&Config::cluster_announce_port>("cluster-announce-port", any_port),
        works<&Config::cluster_announce_bus_port>("cluster-announce-bus-port", any_port),
        works<&Config::cluster_announce_hostname>("cluster-announce-hostname",
                                                  text(check_host_name)),
        works<&Config::cluster_announce_human_nodename>("cluster-announce-human-nodename",
                                                        text(check_node_name)),
        works<&Config::cluster_preferred_endpoint_type>("cluster-preferred-endpoint-type",
                                                        choice("ip hostname unknown-endpoint")),
        works<&Config::cluster_require_full_coverage>("cluster-require-full-coverage", yes_no()),
        works<&Config::cluster_allow_reads_when_down>("cluster-allow-reads-when-down", yes_no()),
        works<&Config::cluster_allow_pubsubshard_when_down>("cluster-allow-pubsubshard-when-down",
                                                            yes_no()),
        works<&Config::cluster_replica_validity_factor>("cluster-replica-validity-factor",
                                                        any_number)
            .also("cluster-slave-validity-factor"),
        works<&Config::cluster_replica_no_failover>("cluster-replica-no-failover", yes_no())
            .also("cluster-slave-no-failover"),
        works<&Config::cluster_migration_barrier>("cluster-migration-barrier", any_number),
        works<&Config::cluster_allow_replica_migration>("cluster-allow-replica-migration",
                                                        yes_no()),
        works<&Config::cluster_link_sendbuf_limit>("cluster-link-sendbuf-limit", bytes()),
        works<&Config::cluster_blacklist_ttl>("cluster-blacklist-ttl", any_number),
        works<&Config::cluster_crash_evidence>("cluster-crash-evidence", yes_no()),
        works<&Config::cluster_bus_key>("cluster-bus-key", text(check_bus_key)).secretly(),
        works<&Config::cluster_bus_key_previous>("cluster-bus-key-previous", text(check_bus_key))
            .secretly(),
        works<&Config::cluster_bus_open_peers>("cluster-bus-open-peers", several(check_networks)),
        works<&Config::cluster_seeds>("cluster-seeds", several(check_seeds)),
    };
}

}  // namespace

std::vector<Row> rows_that_work() {
    std::vector<Row> all;
    for (const auto& group :
         {network_rows(), process_rows(), snapshot_rows(), replication_rows(), cluster_rows()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

}  // namespace grapevine::node::config
