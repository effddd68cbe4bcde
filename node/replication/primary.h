// This node as a primary: its replicas, what each of them gets, and how far they are.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "node/io/timer.h"
#include "node/journal/journal.h"
#include "node/replication/full_sync_run.h"
#include "node/replication/replica.h"
#include "node/replication/settings.h"
#include "node/replication/status.h"

namespace grapevine::node::replication {

class Primary {
public:
    struct Events {
        std::function<void()> changed;  // Replicas came, went or were heard again.
    };

    // `settings` may change under it; all live on the journal thread.
    Primary(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
            const Settings& settings, Events events);

    // Takes a descriptor over that asked for data. `unread`: what came behind the request.
    void take_over(int descriptor, std::string_view unread, Greeting greeting, SyncRequest request);
    void drop_all(const std::string& reason);
    // The replica that was this client, if it is still there.
    void drop(std::uint64_t client, const std::string& reason);

    // False: this node is a replica without data to give; askers are told to come again.
    void set_serving(bool serving) { serving_ = serving; }
    // Whether the journal holds all that was done since its lineage got its name.
    void set_recording(bool recording) { recording_ = recording; }
    bool recording() const { return recording_; }

    // Each second: sends signs of life, gives up the silent and the slow.
    void each_second();
    // The stream grew.
    void pump();

    void describe(Status& status) const;
    unsigned good_replicas() const;
    // By any replica, ever since the data that is here was not replaced by another's.
    Offset best_confirmed() const { return best_confirmed_; }
    void forget_confirmed() { best_confirmed_ = 0; }
    // A replica that took over had this much from the primary before, which it had confirmed.
    void inherit(Offset end) { best_confirmed_ = std::max(best_confirmed_, end); }

private:
    struct Counts {
        std::uint64_t full = 0;
        std::uint64_t partial = 0;
        std::uint64_t refused = 0;
    };

    void admit(Replica& replica);
    bool can_continue(const SyncRequest& request) const;
    void begin_full_sync();
    void full_sync_began();
    void full_sync_ended(const Result<void>& outcome);
    void remove(std::uint64_t number, const std::string& reason);
    void confirmed();
    void ask_replicas();
    void ping();
    void forget_backlog_in_time();
    bool may_lose_writes() const;  // To a replica that takes over without them.
    std::vector<Replica*> waiting() const;
    // Of those that wait, the ones that one full sync can serve.
    std::vector<Replica*> next_to_sync() const;

    journal::Journal& journal_;
    std::span<commands::Keeper* const> keepers_;
    const Settings& settings_;
    Events events_;
    bool serving_ = true;
    bool recording_ = false;
    Counts counts_;
    Offset best_confirmed_ = 0;
    std::uint64_t next_number_ = 1;
    std::map<std::uint64_t, std::unique_ptr<Replica>> replicas_;
    std::unique_ptr<FullSyncRun> full_sync_;
    io::Timer gather_;
    std::int64_t seconds_since_ping_ = 0;
    std::int64_t seconds_alone_ = 0;
};

}  // namespace grapevine::node::replication
