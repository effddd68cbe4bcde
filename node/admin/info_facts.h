// INFO's facts: what each part of the node knows of itself, put together.
#pragma once

#include "gossip/status.h"
#include "node/admin/info_text.h"
#include "node/admin/request.h"
#include "node/bus/bus.h"
#include "node/persistence/persistence.h"
#include "node/replication/status.h"

namespace grapevine::node::admin {

// What one worker knows.
struct WorkerFacts {
    ClientFacts clients;
    MemoryFacts memory;
    std::vector<DatabaseFacts> databases;  // By number, empty ones too.
    std::uint64_t changes = 0;             // Of keys, since the process began.
    observe::WorkerStats counters{0};
};

// On the worker's thread.
WorkerFacts worker_facts(session::Dispatcher& worker);

// What the asking worker knows of the whole node: process, configuration, replication, disk.
InfoFacts node_facts(Request& request);

// Pure: one worker's facts, and the bus's, become part of the node's.
void add_worker(InfoFacts& facts, const WorkerFacts& worker);
void add_bus(InfoFacts& facts, const bus::Report& report);
ReplicationFacts replication_facts(const replication::Status& status, const config::Config& config);
PersistenceFacts persistence_facts(const persistence::Status& status, std::int64_t now_s);

}  // namespace grapevine::node::admin
