#include "node/bus_settings.h"

namespace grapevine::node {

std::uint16_t bus_port(const config::Config& config) {
    if (config.cluster_port != 0) return config.cluster_port;
    return static_cast<std::uint16_t>(config.port + 10000);
}

gossip::Settings gossip_settings(const config::Config& config) {
    gossip::Settings settings;
    settings.timing.node_timeout = config.cluster_node_timeout;
    settings.timing.replica_validity_factor =
        static_cast<int>(config.cluster_replica_validity_factor);
    settings.timing.replication_ping = config.repl_ping_replica_period;
    settings.timing.forget_ban = config.cluster_blacklist_ttl;
    settings.announce.host = config.cluster_announce_ip;
    settings.announce.port =
        config.cluster_announce_port != 0 ? config.cluster_announce_port : config.port;
    settings.announce.bus_port =
        config.cluster_announce_bus_port != 0 ? config.cluster_announce_bus_port : bus_port(config);
    settings.hostname = config.cluster_announce_hostname;
    settings.require_full_coverage = config.cluster_require_full_coverage;
    settings.replica_no_failover = config.cluster_replica_no_failover;
    settings.allow_replica_migration = config.cluster_allow_replica_migration;
    settings.migration_barrier = config.cluster_migration_barrier;
    settings.crash_evidence = config.cluster_crash_evidence;
    settings.host_evidence = config.cluster_crash_evidence;
    return settings;
}

bus::Trust trust_of(const config::Config& config) {
    bus::Trust trust;
    if (!config.cluster_bus_key.empty()) trust.current.emplace(config.cluster_bus_key);
    if (!config.cluster_bus_key_previous.empty()) {
        trust.previous.emplace(config.cluster_bus_key_previous);
    }
    for (const std::string& peers : config.cluster_bus_open_peers) {
        if (const auto network = config::parse_network(peers)) {
            trust.open_peers.push_back(*network);
        }
    }
    return trust;
}

std::vector<config::Seed> seeds_of(const config::Config& config) {
    std::vector<config::Seed> seeds;
    for (const std::string& text : config.cluster_seeds) {
        if (auto seed = config::parse_seed(text)) seeds.push_back(*std::move(seed));
    }
    return seeds;
}

}  // namespace grapevine::node
