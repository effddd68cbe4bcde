#include "node/admin/info_facts.h"

#include <chrono>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "node/observe/ticks.h"
#include "node/observe/version.h"
#include "node/replication/replication.h"
#include "node/session/session.h"

// Of the allocator that the server is linked with; tests are linked with another one.
extern "C" int mallctl(const char* name, void* old, std::size_t* old_size, void* changed,
                       std::size_t changed_size) __attribute__((weak));
extern "C" int mi_version() __attribute__((weak));

namespace grapevine::node::admin {
namespace {

std::string allocator_name() {
    if (mallctl != nullptr) {
        const char* version = "";
        std::size_t size = sizeof(const char*);
        mallctl("version", &version, &size, nullptr, 0);
        const std::string_view text(
            version);  // "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c"
        return "jemalloc-" + std::string(text.substr(0, text.find('-')));
    }
    if (mi_version != nullptr) return "mimalloc-" + std::to_string(mi_version());
    return "libc";
}

std::string operating_system() {
    utsname name{};
    if (uname(&name) != 0) return "unknown";
    return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string_view to_string(config::Supervised supervised) {
    switch (supervised) {
        case config::Supervised::upstart:
            return "upstart";
        case config::Supervised::systemd:
            return "systemd";
        case config::Supervised::automatic:
        case config::Supervised::no:
            break;
    }
    return "no";
}

ServerFacts server_facts(Request& request) {
    using namespace std::chrono;
    const auto& config = request.config();
    const auto& services = request.services;
    const auto now = system_clock::now().time_since_epoch();
    ServerFacts server;
    server.grapevine_version = observe::version;
    server.operating_system = operating_system();
    server.run_id = services.run_id;
    server.executable = services.executable;
    server.config_file = services.config_file;
    server.supervised = to_string(config.supervised);
    server.process_id = getpid();
    server.server_time_usec = duration_cast<microseconds>(now).count();
    server.uptime_seconds =
        (duration_cast<milliseconds>(now).count() - services.started_wall_ms) / 1000;
    server.port = config.port;
    server.hz = config.hz;
    server.workers = static_cast<std::uint32_t>(request.worker().peers().size());
    server.cluster = config.cluster_enabled;
    return server;
}

// A slot's counters and table take a cache line, and real memory once they were touched.
std::uint64_t slot_bytes(const store::Keyspace& keyspace) {
    constexpr std::uint64_t line = 64;
    return keyspace.occupied().size() * line;
}

PrimaryLinkFacts link_facts(const replication::LinkStatus& link, replication::Offset offset,
                            const config::Config& config) {
    PrimaryLinkFacts facts;
    facts.host = link.host;
    facts.port = link.port;
    facts.up = link.up;
    facts.syncing = link.loading || link.state == "sync";
    facts.silent_seconds = link.last_heard_s;
    facts.down_seconds = link.down_since_s;
    facts.read_offset = facts.applied_offset = static_cast<std::int64_t>(offset);
    facts.priority = config.replica_priority;
    facts.read_only = config.replica_read_only;
    facts.announced = config.replica_announced;
    return facts;
}

}  // namespace

WorkerFacts worker_facts(session::Dispatcher& worker) {
    WorkerFacts facts;
    facts.counters = worker.stats();
    const auto& counts = worker.keeper().counts();
    facts.counters.expired_keys = counts.expired_keys;
    facts.counters.keyspace_hits = counts.hits;
    facts.counters.keyspace_misses = counts.misses;
    worker.for_each([&](session::Session& session) {
        auto& clients = facts.clients;
        ++clients.connected;
        if (session.waiting()) ++clients.blocked;
        clients.largest_query_buffer =
            std::max<std::uint64_t>(clients.largest_query_buffer, session.input_bytes());
        clients.largest_output_buffer =
            std::max<std::uint64_t>(clients.largest_output_buffer, session.output_bytes());
        facts.memory.client_buffers +=
            sizeof session + session.input_bytes() + session.output_bytes();
    });
    auto& databases = worker.keeper().databases();
    facts.changes = databases.changes();
    facts.memory.dataset = databases.bytes();
    facts.memory.used = facts.memory.dataset + facts.memory.client_buffers;
    for (const store::Keyspace* keyspace : databases.all()) {
        facts.memory.used += slot_bytes(*keyspace);
        facts.databases.push_back(
            {keyspace->database(), keyspace->size(), keyspace->expiring(), 0});
    }
    return facts;
}

void add_worker(InfoFacts& facts, const WorkerFacts& worker) {
    auto& clients = facts.clients;
    clients.connected += worker.clients.connected;
    clients.blocked += worker.clients.blocked;
    clients.largest_query_buffer =
        std::max(clients.largest_query_buffer, worker.clients.largest_query_buffer);
    clients.largest_output_buffer =
        std::max(clients.largest_output_buffer, worker.clients.largest_output_buffer);
    facts.memory.used += worker.memory.used;
    facts.memory.dataset += worker.memory.dataset;
    facts.memory.client_buffers += worker.memory.client_buffers;
    facts.changes += worker.changes;
    facts.databases.resize(std::max(facts.databases.size(), worker.databases.size()));
    for (std::size_t i = 0; i < worker.databases.size(); ++i) {
        facts.databases[i].number = worker.databases[i].number;
        facts.databases[i].keys += worker.databases[i].keys;
        facts.databases[i].expiring += worker.databases[i].expiring;
    }
    facts.counters.add(worker.counters);
}

void add_bus(InfoFacts& facts, const bus::Report& report) {
    facts.clients.cluster_links = report.cluster.links.size();
    for (const auto& [link, bytes] : report.unsent) facts.memory.bus_buffers += bytes;
    facts.memory.used += facts.memory.bus_buffers;
    facts.bus.authenticated = report.authenticated;
    facts.bus.open_links = report.open_links;
    facts.bus.previous_key_links = report.previous_key_links;
    facts.bus.refused_links = report.links_refused;
    facts.bus.reachable_peers = report.cluster.reachable;
    facts.bus.peers_in_step = report.cluster.in_step;
    facts.bus.cluster_id = report.cluster.kin.cluster;
    facts.bus.cluster_id_settled = report.cluster.kin.settled;
    facts.bus.map_age = report.cluster.map_age;
    facts.bus.figures = report.cluster.figures;
}

ReplicationFacts replication_facts(const replication::Status& status,
                                   const config::Config& config) {
    ReplicationFacts facts;
    if (status.link) facts.primary = link_facts(*status.link, status.offset, config);
    for (const auto& replica : status.replicas) {
        facts.replicas.push_back({replica.host, replica.port, std::string(replica.state),
                                  static_cast<std::int64_t>(replica.offset), replica.lag_s});
    }
    facts.id = status.lineage.id.text();
    facts.previous = status.lineage.formers;
    if (status.saved) facts.saved = static_cast<std::int64_t>(*status.saved);
    facts.changes_then = status.changes_then;
    facts.offset = static_cast<std::int64_t>(status.offset);
    facts.backlog_active = status.backlog_active;
    facts.backlog_size = status.backlog_size;
    facts.backlog_first_offset = static_cast<std::int64_t>(status.backlog_first_byte);
    facts.backlog_length = status.backlog_bytes;
    return facts;
}

PersistenceFacts persistence_facts(const persistence::Status& status, std::int64_t now_s) {
    PersistenceFacts facts;
    facts.saving = status.saving;
    facts.last_save_ok = !status.last_failed;
    facts.changes_since_save = status.changes;
    facts.saves = status.saves;
    facts.last_save_time = status.saved_s;
    facts.last_save_seconds = status.duration_s;
    if (status.saving) facts.current_save_seconds = now_s - status.started_s;
    return facts;
}

InfoFacts node_facts(Request& request) {
    const auto& config = request.config();
    const auto replication = request.services.replication->status();
    const auto now_s = request.worker().loop().wall_ms() / 1000;
    InfoFacts facts;
    facts.server = server_facts(request);
    facts.clients.most = config.maxclients;
    facts.memory.resident = observe::resident_bytes();
    facts.memory.physical = observe::physical_bytes();
    facts.memory.limit = config.maxmemory;
    facts.memory.backlog = replication.backlog_active ? replication.backlog_size : 0;
    facts.memory.used = facts.memory.backlog;
    facts.memory.allocator = allocator_name();
    facts.persistence = persistence_facts(request.services.persistence->status(), now_s);
    facts.persistence.loading = replication.link && replication.link->loading;
    facts.stats.full_syncs = replication.full_syncs;
    facts.stats.partial_syncs = replication.partial_syncs;
    facts.stats.refused_partial_syncs = replication.partial_refused;
    facts.replication = replication_facts(replication, config);
    facts.cpu.process = observe::process_cpu_time();
    facts.cpu.children = observe::children_cpu_time();
    facts.counters = observe::WorkerStats(request.worker().table().entries().size());
    facts.ticks_per_microsecond = observe::ticks_per_microsecond();
    for (const auto& entry : request.worker().table().entries()) {
        facts.command_names.push_back(entry.full_name);
    }
    return facts;
}

}  // namespace grapevine::node::admin
