#include "node/standing.h"

#include "node/observe/version.h"

namespace grapevine::node {
namespace {

// In a cluster a replica's client is sent to the primary instead: see slots/route.h. What no key
// leads there is refused by node/session/everywhere.
std::optional<Error> why_no_writes(const replication::Standing& standing,
                                   const config::Config& config, bool last_save_failed) {
    const bool replica = standing.role == replication::Role::replica;
    if (replica && config.replica_read_only && !config.cluster_enabled) {
        return Error{"READONLY You can't write against a read only replica."};
    }
    if (!replica && standing.good_replicas < config.min_replicas_to_write) {
        return Error{"NOREPLICAS Not enough good replicas to write."};
    }
    if (!replica && last_save_failed && config.stop_writes_on_bgsave_error &&
        !config.save.empty()) {
        return Error{
            "MISCONF Errors writing to the disk: the last snapshot could not be saved. Commands "
            "that may modify "
            "the data set are disabled; the log says why. Mend the disk and BGSAVE, or set "
            "stop-writes-on-bgsave-error to no."};
    }
    return {};
}

}  // namespace

session::Obstacles obstacles(const replication::Standing& standing, const config::Config& config,
                             bool last_save_failed) {
    session::Obstacles found;
    if (standing.loading) found.loading = Error{"LOADING Redis is loading the dataset in memory"};
    const bool replica = standing.role == replication::Role::replica;
    if (replica && !standing.link_up && !config.replica_serve_stale_data) {
        found.stale = Error{
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."};
    }
    found.writes = why_no_writes(standing, config, last_save_failed);
    return found;
}

persistence::Settings persistence_settings(const config::Config& config) {
    persistence::Settings settings;
    settings.path = config.dir + '/' + config.dbfilename;
    settings.server_version = observe::redis_version;
    for (const auto& point : config.save) {
        settings.points.push_back(
            {point.period.count(), static_cast<std::uint64_t>(point.changes)});
    }
    return settings;
}

replication::Settings replication_settings(const config::Config& config) {
    replication::Settings settings;
    settings.dump = config.dir + '/' + config.dbfilename;
    settings.backlog_bytes = config.repl_backlog_size;
    settings.backlog_ttl_s = config.repl_backlog_ttl.count();
    settings.ping_period_s = config.repl_ping_replica_period.count();
    settings.timeout_s = config.repl_timeout.count();
    settings.diskless = config.repl_diskless_sync;
    settings.delay_ms = std::chrono::milliseconds(config.repl_diskless_sync_delay).count();
    const auto& limit = config.client_output_buffer_limit.replica;
    settings.output = {limit.hard, limit.soft, std::chrono::milliseconds(limit.patience).count()};
    settings.good_lag_s = config.min_replicas_max_lag.count();
    settings.no_delay = !config.repl_disable_tcp_nodelay;
    settings.folder = config.dir;
    settings.server_version = observe::redis_version;
    settings.port = config.replica_announce_port != 0 ? config.replica_announce_port : config.port;
    settings.address = config.replica_announce_ip;
    settings.user = config.masteruser;
    settings.password = config.masterauth;
    settings.keeps_fuller_data = config.cluster_enabled;
    return settings;
}

}  // namespace grapevine::node
