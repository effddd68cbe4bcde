// Directives that are known and not acted upon: some merely tune, others promise what is not kept
// yet.
#include "node/config/row.h"

namespace grapevine::node::config {
namespace {

std::string print(const Row& row, const Config& config) {
    const auto found = config.without_effect.find(std::string(row.name));
    return found != config.without_effect.end() ? found->second : std::string(row.standard);
}

void assign(const Row& row, Config& config, const std::string& value) {
    config.without_effect.erase(std::string(row.name));
    if (value != row.standard) config.without_effect.emplace(row.name, value);
}

Row tunes(std::string_view name, Shape shape, std::string_view standard) {
    return {.name = name,
            .shape = shape,
            .status = Status::tunes,
            .standard = standard,
            .print = print,
            .assign = assign};
}

Row promises(std::string_view name, Shape shape, std::string_view standard,
             std::string_view missing) {
    Row row = tunes(name, shape, standard);
    row.status = Status::promises;
    row.missing = missing;
    return row;
}

constexpr auto at_start = Change::at_start;
constexpr auto unseen = Change::unseen;
constexpr std::string_view no_tls = "connections are not encrypted yet";
constexpr std::string_view no_users = "there are no users but the default one yet";
constexpr std::string_view no_eviction = "keys are never evicted yet";
constexpr std::string_view sigterm_choices = "default save nosave now force";

std::vector<Row> promising_rows() {
    return {
        promises("appendonly", yes_no(), "no", "there is no append-only file yet"),
        promises("maxmemory-policy",
                 choice("volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru "
                        "allkeys-lfu allkeys-random noeviction"),
                 "noeviction", no_eviction),
        promises("maxmemory-clients", text(), "0", "clients are limited one by one only"),
        promises("notify-keyspace-events", text(), "", "events about keys are not published yet"),
        promises("rename-command", several(), "", "commands keep their names").when(unseen),
        promises("loadmodule", several(), "", "there are no modules").when(unseen),
        promises("user", several(), "default on nopass ~* &* +@all", no_users).when(unseen),
        promises("aclfile", text(), "", no_users).when(at_start),
        promises("shutdown-on-sigint", choice(sigterm_choices), "default",
                 "signals end the node in the default way only"),
        promises("shutdown-on-sigterm", choice(sigterm_choices), "default",
                 "signals end the node in the default way only"),
        promises("tls-port", number(0, 65535), "0", no_tls),
        promises("tls-cluster", yes_no(), "no", no_tls),
        promises("tls-replication", yes_no(), "no", no_tls),
        promises("tls-auth-clients", choice("no yes optional"), "yes", no_tls),
        promises("tls-ca-cert-dir", text(), "", no_tls),
        promises("tls-ca-cert-file", text(), "", no_tls),
        promises("tls-cert-file", text(), "", no_tls),
        promises("tls-ciphers", text(), "", no_tls),
        promises("tls-ciphersuites", text(), "", no_tls),
        promises("tls-client-cert-file", text(), "", no_tls),
        promises("tls-client-key-file", text(), "", no_tls),
        promises("tls-client-key-file-pass", text(), "", no_tls),
        promises("tls-dh-params-file", text(), "", no_tls),
        promises("tls-key-file", text(), "", no_tls),
        promises("tls-key-file-pass", text(), "", no_tls),
        promises("tls-prefer-server-ciphers", yes_no(), "no", no_tls),
        promises("tls-protocols", text(), "", no_tls),
        promises("tls-session-cache-size", number(0, int_max), "20480", no_tls),
        promises("tls-session-cache-timeout", number(0, int_max), "300", no_tls),
        promises("tls-session-caching", yes_no(), "yes", no_tls),
        promises("cluster-announce-tls-port", number(0, 65535), "0", no_tls),
    };
}

std::vector<Row> process_rows() {
    return {
        tunes("always-show-logo", yes_no(), "no").when(at_start),
        tunes("aof_rewrite_cpulist", text(), "").when(at_start),
        tunes("bgsave_cpulist", text(), "").when(at_start),
        tunes("bio_cpulist", text(), "").when(at_start),
        tunes("server_cpulist", text(), "").when(at_start),
        tunes("bind-source-addr", text(), ""),
        tunes("crash-log-enabled", yes_no(), "yes"),
        tunes("crash-memcheck-enabled", yes_no(), "yes"),
        tunes("disable-thp", yes_no(), "yes").when(at_start),
        tunes("dynamic-hz", yes_no(), "yes"),
        tunes("enable-module-command", choice("no yes local"), "no").when(at_start),
        tunes("ignore-warnings", text(), ""),
        tunes("io-threads-do-reads", yes_no(), "no").when(at_start),
        tunes("jemalloc-bg-thread", yes_no(), "yes"),
        tunes("locale-collate", text(), ""),
        tunes("oom-score-adj", choice("no yes relative absolute"), "no"),
        tunes("oom-score-adj-values", several(), "0 200 800"),
        tunes("proc-title-template", text(), "{title} {listen-addr} {server-mode}"),
        tunes("set-proc-title", yes_no(), "yes").when(at_start),
        tunes("socket-mark-id", number(0, 4294967295), "0").when(at_start),
        tunes("syslog-enabled", yes_no(), "no").when(at_start),
        tunes("syslog-facility", text(), "local0").when(at_start),
        tunes("syslog-ident", text(), "redis").when(at_start),
        tunes("acl-pubsub-default", choice("allchannels resetchannels"), "resetchannels"),
        tunes("acllog-max-len", number(0, long_max), "128"),
        tunes("busy-reply-threshold", number(0, long_max), "5000").also("lua-time-limit"),
        tunes("lua-replicate-commands", yes_no(), "yes").when(unseen),
        tunes("latency-monitor-threshold", number(0, long_max), "0"),
        tunes("latency-tracking", yes_no(), "yes"),
        tunes("latency-tracking-info-percentiles", several(), "50 99 99.9"),
        tunes("slowlog-log-slower-than", number(-1, long_max), "10000"),
        tunes("slowlog-max-len", number(0, long_max), "128"),
        tunes("tracking-table-max-keys", number(0, long_max), "1000000"),
        tunes("propagation-error-behavior", choice("ignore panic panic-on-replicas"), "ignore"),
    };
}

std::vector<Row> store_rows() {
    return {
        tunes("active-defrag-cycle-max", number(1, 99), "25"),
        tunes("active-defrag-cycle-min", number(1, 99), "1"),
        tunes("active-defrag-ignore-bytes", bytes(), "104857600"),
        tunes("active-defrag-max-scan-fields", number(1, long_max), "1000"),
        tunes("active-defrag-threshold-lower", number(0, 1000), "10"),
        tunes("active-defrag-threshold-upper", number(0, 1000), "100"),
        tunes("active-expire-effort", number(1, 10), "1"),
        tunes("activedefrag", yes_no(), "no"),
        tunes("activerehashing", yes_no(), "yes"),
        tunes("hash-max-listpack-entries", number(0, long_max), "512")
            .also("hash-max-ziplist-entries"),
        tunes("hash-max-listpack-value", bytes(), "64").also("hash-max-ziplist-value"),
        tunes("hll-sparse-max-bytes", bytes(), "3000"),
        tunes("lazyfree-lazy-eviction", yes_no(), "no"),
        tunes("lazyfree-lazy-expire", yes_no(), "no"),
        tunes("lazyfree-lazy-server-del", yes_no(), "no"),
        tunes("lazyfree-lazy-user-del", yes_no(), "no"),
        tunes("lazyfree-lazy-user-flush", yes_no(), "no"),
        tunes("lfu-decay-time", number(0, int_max), "1"),
        tunes("lfu-log-factor", number(0, int_max), "10"),
        tunes("list-compress-depth", number(0, int_max), "0"),
        tunes("list-max-listpack-size", number(-int_max - 1, int_max), "-2")
            .also("list-max-ziplist-size"),
        tunes("list-max-ziplist-entries", number(0, long_max), "512").when(unseen),
        tunes("list-max-ziplist-value", bytes(), "64").when(unseen),
        tunes("maxmemory-eviction-tenacity", number(0, 100), "10"),
        tunes("maxmemory-samples", number(1, int_max), "5"),
        tunes("sanitize-dump-payload", choice("no yes clients"), "no"),
        tunes("set-max-intset-entries", number(0, long_max), "512"),
        tunes("set-max-listpack-entries", number(0, long_max), "128"),
        tunes("set-max-listpack-value", number(0, long_max), "64"),
        tunes("stream-node-max-bytes", bytes(), "4096"),
        tunes("stream-node-max-entries", number(0, long_max), "100"),
        tunes("zset-max-listpack-entries", number(0, long_max), "128")
            .also("zset-max-ziplist-entries"),
        tunes("zset-max-listpack-value", bytes(), "64").also("zset-max-ziplist-value"),
    };
}

std::vector<Row> disk_and_replica_rows() {
    return {
        tunes("aof-disable-auto-gc", yes_no(), "no"),
        tunes("aof-load-truncated", yes_no(), "yes"),
        tunes("aof-rewrite-incremental-fsync", yes_no(), "yes"),
        tunes("aof-timestamp-enabled", yes_no(), "no"),
        tunes("aof-use-rdb-preamble", yes_no(), "yes"),
        tunes("appenddirname", text(), "appendonlydir").when(at_start),
        tunes("appendfilename", text(), "appendonly.aof").when(at_start),
        tunes("appendfsync", choice("everysec always no"), "everysec"),
        tunes("auto-aof-rewrite-min-size", bytes(), "67108864"),
        tunes("auto-aof-rewrite-percentage", number(0, int_max), "100"),
        tunes("no-appendfsync-on-rewrite", yes_no(), "no"),
        tunes("rdb-del-sync-files", yes_no(), "no"),
        tunes("rdb-save-incremental-fsync", yes_no(), "yes"),
        tunes("replica-ignore-disk-write-errors", yes_no(), "no"),
        tunes("replica-ignore-maxmemory", yes_no(), "yes").also("slave-ignore-maxmemory"),
        tunes("replica-lazy-flush", yes_no(), "no").also("slave-lazy-flush"),
    };
}

}  // namespace

std::vector<Row> rows_without_effect() {
    std::vector<Row> all;
    for (const auto& group :
         {promising_rows(), process_rows(), store_rows(), disk_and_replica_rows()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

}  // namespace grapevine::node::config
