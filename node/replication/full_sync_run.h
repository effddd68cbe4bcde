// One snapshot on its way to all replicas that asked for it in time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/persistence/rdb_writer.h"
#include "node/persistence/snapshot_run.h"
#include "node/replication/replica.h"
#include "node/replication/settings.h"

namespace grapevine::node::replication {

class FullSyncRun {
public:
    struct Events {
        std::function<void(unsigned worker)> at_instant;  // On each worker's thread.
        // The snapshot's instant: before any of the replicas is answered.
        std::function<void(Offset instant)> began;
        // Everything is in the spool, or `error` says why it is not. May destroy this.
        std::function<void(Result<void> outcome)> ended;
    };

    // `replicas` are at least one, and want the same (Greeting::wants_data).
    FullSyncRun(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                const Settings& settings, std::vector<Replica*> replicas, Events events);

    const std::vector<Replica*>& replicas() const { return replicas_; }
    // A replica is no more.
    void forget(const Replica* replica) { std::erase(replicas_, replica); }
    bool serves_nobody() const { return replicas_.empty(); }
    // Replicas took bytes: goes on walking when they were slow.
    void regulate();

private:
    void begin(Offset instant);
    void add(int database, std::string_view records);
    void take(std::string bytes);
    void end();

    journal::Journal& journal_;
    const Settings& settings_;
    std::vector<Replica*> replicas_;
    Events events_;
    bool wants_data_;
    int database_;  // Selected at the instant.
    // Keeps what lies behind the instant until the replicas hold it themselves.
    std::optional<journal::Backlog::Reader> pin_;
    std::shared_ptr<persistence::Spool> spool_;
    std::unique_ptr<persistence::RdbWriter> writer_;
    bool slow_replicas_hold_ = true;
    bool broken_ = false;
    persistence::SnapshotRun run_;
};

}  // namespace grapevine::node::replication
