#include "node/admin/info_lines.h"

#include <cctype>

#include "node/observe/version.h"

namespace grapevine::node::admin {
namespace {

std::string percent(std::uint64_t part, std::uint64_t whole) {
    return fmt::format(
        "{:.2f}%",
        whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

double ratio(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string two_digits(double number) {
    return fmt::format("{:.2f}", number);
}

std::string seconds(std::chrono::microseconds time) {
    return fmt::format("{:.6f}", static_cast<double>(time.count()) / 1e6);
}

void print_primary_link(const PrimaryLinkFacts& link, InfoLines& lines) {
    lines.add("master_host", link.host);
    lines.add("master_port", link.port);
    lines.add("master_link_status", link.up ? "up" : "down");
    lines.add("master_last_io_seconds_ago", link.silent_seconds);
    lines.flag("master_sync_in_progress", link.syncing);
    lines.add("slave_read_repl_offset", link.read_offset);
    lines.add("slave_repl_offset", link.applied_offset);
    if (!link.up) lines.add("master_link_down_since_seconds", link.down_seconds);
    lines.add("slave_priority", link.priority);
    lines.flag("slave_read_only", link.read_only);
    lines.flag("replica_announced", link.announced);
}

}  // namespace

void print_server(const InfoFacts& facts, InfoLines& lines) {
    constexpr int clock_bits = 24;  // Of Redis's LRU clock, which counts seconds.
    const ServerFacts& server = facts.server;
    lines.add("redis_version", observe::redis_version);
    lines.add("redis_git_sha1", "00000000");
    lines.add("redis_git_dirty", 0);
    lines.add("redis_build_id", "0");
    lines.add("redis_mode", server.cluster ? "cluster" : "standalone");
    lines.add("os", server.operating_system);
    lines.add("arch_bits", sizeof(void*) * 8);
    lines.add("monotonic_clock", "POSIX clock_gettime");
    lines.add("multiplexing_api", "epoll");
    lines.add("atomicvar_api", "c11-builtin");
    lines.add("gcc_version",
              fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__));
    lines.add("process_id", server.process_id);
    lines.add("process_supervised", server.supervised);
    lines.add("run_id", server.run_id);
    lines.add("tcp_port", server.port);
    lines.add("server_time_usec", server.server_time_usec);
    lines.add("uptime_in_seconds", server.uptime_seconds);
    lines.add("uptime_in_days", server.uptime_seconds / 86400);
    lines.add("hz", server.hz);
    lines.add("configured_hz", server.hz);
    lines.add("lru_clock", (server.server_time_usec / 1'000'000) & ((1 << clock_bits) - 1));
    lines.add("executable", server.executable);
    lines.add("config_file", server.config_file);
    lines.flag("io_threads_active", server.workers > 1);
    lines.add("grapevine_version", server.grapevine_version);
    lines.add("grapevine_workers", server.workers);
}

void print_clients(const InfoFacts& facts, InfoLines& lines) {
    lines.add("connected_clients", facts.clients.connected);
    lines.add("cluster_connections", facts.clients.cluster_links);
    lines.add("maxclients", facts.clients.most);
    lines.add("client_recent_max_input_buffer", facts.clients.largest_query_buffer);
    lines.add("client_recent_max_output_buffer", facts.clients.largest_output_buffer);
    lines.add("blocked_clients", facts.clients.blocked);
    lines.none_of({"tracking_clients", "clients_in_timeout_table"});
}

void print_memory(const InfoFacts& facts, InfoLines& lines) {
    const MemoryFacts& memory = facts.memory;
    const std::uint64_t overhead = memory.used - std::min(memory.dataset, memory.used);
    const std::uint64_t since_start = memory.used - std::min(memory.at_start, memory.used);
    lines.bytes("used_memory", memory.used);
    lines.bytes("used_memory_rss", memory.resident);
    lines.bytes("used_memory_peak", memory.peak);
    lines.add("used_memory_peak_perc", percent(memory.used, memory.peak));
    lines.add("used_memory_overhead", overhead);
    lines.add("used_memory_startup", memory.at_start);
    lines.add("used_memory_dataset", memory.dataset);
    lines.add("used_memory_dataset_perc",
              percent(std::min(memory.dataset, since_start), since_start));
    lines.add("allocator_allocated", memory.used);
    lines.add("allocator_active", memory.resident);
    lines.add("allocator_resident", memory.resident);
    lines.bytes("total_system_memory", memory.physical);
    lines.bytes("used_memory_lua", 0);
    lines.none_of({"used_memory_vm_eval", "used_memory_scripts_eval", "number_of_cached_scripts",
                   "number_of_functions", "number_of_libraries", "used_memory_vm_functions"});
    lines.bytes("used_memory_vm_total", 0);
    lines.add("used_memory_functions", 0);
    lines.bytes("used_memory_scripts", 0);
    lines.bytes("maxmemory", memory.limit);
    lines.add("maxmemory_policy", memory.policy);
    const auto gap =
        static_cast<std::int64_t>(memory.resident) - static_cast<std::int64_t>(memory.used);
    const std::string fragmentation = two_digits(ratio(memory.resident, memory.used));
    lines.add("allocator_frag_ratio", fragmentation);
    lines.add("allocator_frag_bytes", gap);
    lines.add("allocator_rss_ratio", "1.00");
    lines.add("allocator_rss_bytes", 0);
    lines.add("rss_overhead_ratio", "1.00");
    lines.add("rss_overhead_bytes", 0);
    lines.add("mem_fragmentation_ratio", fragmentation);
    lines.add("mem_fragmentation_bytes", gap);
    lines.add("mem_not_counted_for_evict", memory.replica_buffers);
    lines.add("mem_replication_backlog", memory.backlog);
    lines.add("mem_total_replication_buffers", memory.backlog + memory.replica_buffers);
    lines.add("mem_clients_slaves", memory.replica_buffers);
    lines.add("mem_clients_normal", memory.client_buffers);
    lines.add("mem_cluster_links", memory.bus_buffers);
    lines.add("mem_aof_buffer", 0);
    lines.add("mem_allocator", memory.allocator);
    lines.none_of({"active_defrag_running", "lazyfree_pending_objects", "lazyfreed_objects"});
}

void print_persistence(const InfoFacts& facts, InfoLines& lines) {
    const PersistenceFacts& disk = facts.persistence;
    lines.flag("loading", disk.loading);
    lines.add("async_loading", 0);
    lines.add("current_cow_peak", disk.copied_bytes_peak);
    lines.add("current_cow_size", disk.copied_bytes);
    lines.add("current_cow_size_age", 0);
    const std::uint64_t saved = std::min(disk.saved_keys, disk.keys_to_save);
    lines.add("current_fork_perc", two_digits(100 * ratio(saved, disk.keys_to_save)));
    lines.add("current_save_keys_processed", disk.saved_keys);
    lines.add("current_save_keys_total", disk.keys_to_save);
    lines.add("rdb_changes_since_last_save", disk.changes_since_save);
    lines.flag("rdb_bgsave_in_progress", disk.saving);
    lines.add("rdb_last_save_time", disk.last_save_time);
    lines.add("rdb_last_bgsave_status", disk.last_save_ok ? "ok" : "err");
    lines.add("rdb_last_bgsave_time_sec", disk.last_save_seconds);
    lines.add("rdb_current_bgsave_time_sec", disk.current_save_seconds);
    lines.add("rdb_saves", disk.saves);
    lines.add("rdb_last_cow_size", disk.copied_bytes_peak);
    lines.add("rdb_last_load_keys_expired", disk.keys_expired_at_load);
    lines.add("rdb_last_load_keys_loaded", disk.keys_loaded);
    lines.none_of({"aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled"});
    lines.add("aof_last_rewrite_time_sec", -1);
    lines.add("aof_current_rewrite_time_sec", -1);
    lines.add("aof_last_bgrewrite_status", "ok");
    lines.none_of({"aof_rewrites", "aof_rewrites_consecutive_failures"});
    lines.add("aof_last_write_status", "ok");
    lines.none_of({"aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size"});
}

void print_stats(const InfoFacts& facts, InfoLines& lines) {
    const observe::WorkerStats& counters = facts.counters;
    const StatsFacts& stats = facts.stats;
    lines.add("total_connections_received", counters.connections_received);
    lines.add("total_commands_processed", counters.commands_processed());
    lines.add("instantaneous_ops_per_sec", stats.operations_per_second);
    lines.add("total_net_input_bytes", counters.input_bytes);
    lines.add("total_net_output_bytes", counters.output_bytes);
    lines.add("total_net_repl_input_bytes", stats.replication_input_bytes);
    lines.add("total_net_repl_output_bytes", stats.replication_output_bytes);
    lines.add("instantaneous_input_kbps", two_digits(stats.input_kilobytes_per_second));
    lines.add("instantaneous_output_kbps", two_digits(stats.output_kilobytes_per_second));
    lines.add("rejected_connections", counters.connections_rejected);
    lines.add("sync_full", stats.full_syncs);
    lines.add("sync_partial_ok", stats.partial_syncs);
    lines.add("sync_partial_err", stats.refused_partial_syncs);
    lines.add("expired_keys", counters.expired_keys);
    lines.none_of({"evicted_keys", "evicted_clients", "total_eviction_exceeded_time",
                   "current_eviction_exceeded_time"});
    lines.add("keyspace_hits", counters.keyspace_hits);
    lines.add("keyspace_misses", counters.keyspace_misses);
    lines.add("pubsub_channels", stats.channels);
    lines.add("pubsub_patterns", stats.patterns);
    lines.add("pubsubshard_channels", stats.shard_channels);
    lines.none_of({"latest_fork_usec", "total_forks", "migrate_cached_sockets",
                   "slave_expires_tracked_keys", "active_defrag_hits", "active_defrag_misses",
                   "active_defrag_key_hits", "active_defrag_key_misses", "total_active_defrag_time",
                   "current_active_defrag_time", "tracking_total_keys", "tracking_total_items",
                   "tracking_total_prefixes", "unexpected_error_replies"});
    lines.add("total_error_replies", counters.error_replies());
    lines.add("client_query_buffer_limit_disconnections", counters.query_buffer_closings);
    lines.add("client_output_buffer_limit_disconnections", counters.output_buffer_closings);
    lines.add("grapevine_crossings", counters.crossings);
    lines.add("grapevine_loop_turns", counters.loop_turns);
    lines.add("grapevine_longest_turn_usec", counters.longest_turn_usec);
}

// Redis tells one; the others are numbered on.
void print_previous_ids(const ReplicationFacts& replication, InfoLines& lines) {
    const auto& previous = replication.previous;
    const bool none = previous.empty();
    const auto first_own = [](const journal::Former& former) { return former.shared + 1; };
    lines.add("master_replid2", none ? std::string(40, '0') : previous[0].id.text());
    lines.add("master_repl_offset", replication.offset);
    lines.add("second_repl_offset", none ? "-1" : fmt::to_string(first_own(previous[0])));
    for (std::size_t i = 1; i < previous.size(); ++i) {
        lines.add(fmt::format("grapevine_replid{}", i + 2),
                  fmt::format("id={},offset={}", previous[i].id.text(), first_own(previous[i])));
    }
}

void print_replication(const InfoFacts& facts, InfoLines& lines) {
    const ReplicationFacts& replication = facts.replication;
    lines.add("role", replication.primary ? "slave" : "master");
    if (replication.primary) print_primary_link(*replication.primary, lines);
    lines.add("connected_slaves", replication.replicas.size());
    for (std::size_t i = 0; i < replication.replicas.size(); ++i) {
        const ReplicaFacts& replica = replication.replicas[i];
        lines.add(fmt::format("slave{}", i),
                  fmt::format("ip={},port={},state={},offset={},lag={}", replica.ip, replica.port,
                              replica.state, replica.offset, replica.lag_seconds));
    }
    lines.add("master_failover_state", "no-failover");
    lines.add("master_replid", replication.id);
    print_previous_ids(replication, lines);
    const bool untouched = facts.changes == replication.changes_then;
    if (replication.saved && untouched) lines.add("grapevine_saved_offset", *replication.saved);
    lines.flag("repl_backlog_active", replication.backlog_active);
    lines.add("repl_backlog_size", replication.backlog_size);
    lines.add("repl_backlog_first_byte_offset", replication.backlog_first_offset);
    lines.add("repl_backlog_histlen", replication.backlog_length);
}

void print_cpu(const InfoFacts& facts, InfoLines& lines) {
    lines.add("used_cpu_sys", seconds(facts.cpu.process.system));
    lines.add("used_cpu_user", seconds(facts.cpu.process.user));
    lines.add("used_cpu_sys_children", seconds(facts.cpu.children.system));
    lines.add("used_cpu_user_children", seconds(facts.cpu.children.user));
    lines.add("used_cpu_sys_main_thread", seconds(facts.cpu.main_thread.system));
    lines.add("used_cpu_user_main_thread", seconds(facts.cpu.main_thread.user));
}

void print_commands(const InfoFacts& facts, InfoLines& lines) {
    const auto& commands = facts.counters.commands();
    for (std::size_t i = 0; i < std::min(commands.size(), facts.command_names.size()); ++i) {
        const observe::CommandUsage& usage = commands[i];
        if (usage.calls + usage.rejected + usage.failed == 0) continue;
        const double microseconds = static_cast<double>(usage.ticks) / facts.ticks_per_microsecond;
        const double each = usage.calls == 0 ? 0 : microseconds / static_cast<double>(usage.calls);
        lines.add(fmt::format("cmdstat_{}", facts.command_names[i]),
                  fmt::format(
                      "calls={},usec={:.0f},usec_per_call={:.2f},rejected_calls={},failed_calls={}",
                      usage.calls, microseconds, each, usage.rejected, usage.failed));
    }
}

void print_errors(const InfoFacts& facts, InfoLines& lines) {
    for (const auto& [code, count] : facts.counters.errors()) {
        lines.add(fmt::format("errorstat_{}", code), fmt::format("count={}", count));
    }
}

namespace {

void print_figures(const BusFacts& bus, InfoLines& lines) {
    lines.add("grapevine_cluster_id", fmt::format("{:016x}", bus.cluster_id));
    lines.add("grapevine_cluster_id_settled", bus.cluster_id_settled ? 1 : 0);
    lines.add("grapevine_peers_reachable", bus.reachable_peers);
    lines.add("grapevine_peers_in_step", bus.peers_in_step);
    lines.add("grapevine_map_age_ms", bus.map_age.count());
    lines.add("grapevine_accusations", bus.figures.accusations);
    lines.add("grapevine_accusations_withdrawn", bus.figures.withdrawn);
    lines.add("grapevine_failures", bus.figures.failures);
    lines.add("grapevine_last_detection_ms", bus.figures.last_detection.count());
    lines.add("grapevine_longest_detection_ms", bus.figures.longest_detection.count());
    lines.add("grapevine_takeovers", bus.figures.takeovers);
    lines.add("grapevine_last_takeover_ms", bus.figures.last_takeover.count());
}

}  // namespace

void print_cluster(const InfoFacts& facts, InfoLines& lines) {
    lines.flag("cluster_enabled", facts.server.cluster);
    if (!facts.server.cluster) return;
    lines.add("grapevine_bus_authenticated", facts.bus.authenticated ? "yes" : "no");
    lines.add("grapevine_bus_open_links", facts.bus.open_links);
    lines.add("grapevine_bus_previous_key_links", facts.bus.previous_key_links);
    lines.add("grapevine_bus_refused_links", facts.bus.refused_links);
    print_figures(facts.bus, lines);
}

void print_keyspace(const InfoFacts& facts, InfoLines& lines) {
    for (const DatabaseFacts& database : facts.databases) {
        lines.add(fmt::format("db{}", database.number),
                  fmt::format("keys={},expires={},avg_ttl={}", database.keys, database.expiring,
                              database.average_ttl_ms));
    }
}

}  // namespace grapevine::node::admin
