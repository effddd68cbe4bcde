// Replication as the rest of the node sees it: whose replica this node is, and who its replicas
// are.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "node/io/timer.h"
#include "node/replication/primary.h"
#include "node/replication/upstream.h"

namespace grapevine::node::replication {

// Lives on the journal thread. Every function may be called from any thread, and takes effect
// there, in the order of the calls; callbacks come on the journal thread but where it is said
// otherwise.
class Replication {
public:
    struct Worker {
        commands::Keeper* keeper;  // Touched on the worker's thread only.
        // On the worker's thread, whenever something changed.
        std::function<void(const Standing&)> standing;
    };

    // Before the loops run. `journal` has the same workers attached, in the same order. `lookup`
    // finds a command by its name in upper case.
    Replication(journal::Journal& journal, std::vector<Worker> workers, Lookup lookup,
                Settings settings);
    // On the journal thread or after it ended; stop() came before.
    ~Replication();

    // Before the loops run: called whenever status() has changed in more than the offset and ages.
    void on_change(std::function<void()> changed) { on_change_ = std::move(changed); }
    void configure(Settings settings);
    // Lets go of all connections and of what runs on the workers, then calls `done`. The workers
    // must still run. Nothing else may be asked for afterwards.
    void stop(std::function<void()> done);

    struct Target {
        std::string host;
        std::uint16_t port = 0;
        std::uint64_t number = 0;      // Comes back in LinkStatus.
        slots::ShardId shard = {};     // The primary's; none outside a cluster.
        std::string lost_writes = {};  // See Past; so are the next two.
        bool of_shard = false;
        bool ordered = false;
    };
    // This node becomes a replica; `done` when it takes no more writes. The link to whom it follows
    // already stays.
    void follow(Target target, std::function<void()> done = {});
    // This node becomes a primary, with all that it received; `done` when it takes writes.
    void promote(std::function<void()> done = {});
    // A node's shard is another from now on: what it has as a primary, or gets as a replica, is of
    // that one.
    void set_shard(slots::ShardId shard);
    // Before the loops run: what this node is, of which shard, whom it will be told to follow as a
    // replica (an empty host: it does not know yet), and where in which history, of which shard,
    // the data that it has loaded was: nothing when it found none. The history of another shard
    // says nothing here: who has only that begins anew.
    struct Loaded {
        journal::Lineage lineage = {};  // None: the file does not say.
        Offset offset = 0;
        int database = 0;                  // That the stream has selected there.
        slots::ShardId shard = {};         // None: likewise.
        std::optional<Offset> saved = {};  // As the process before found it, and left it.
        bool has_keys = false;
    };
    void begin(Role role, slots::ShardId shard, const Target& primary,
               const std::optional<Loaded>& loaded);
    // Nothing is taken from the primary any more that this node follows: it has lost its data.
    void keep_data();
    // Of the data that is here at this moment, on the journal thread; none when nobody records it.
    journal::Lineage history() const;
    slots::ShardId shard_of_data() const;  // Likewise.
    bool is_whole() const;                 // Likewise: a primary's data is not half on its way.
    std::optional<Offset> saved() const { return saved_; }  // Likewise; see Status.
    // DEBUG CHANGE-REPL-ID
    void change_id();

    // A connection that asked for data with SYNC or PSYNC: its descriptor and what came behind the
    // request.
    void take_over(int descriptor, std::string unread, Greeting greeting, SyncRequest request);

    // Ends the connection of a replica, by the id that it had as a client; 0: the one to this
    // node's primary. Whoever wants it back connects anew.
    void cut(std::uint64_t client);

    // The offset is the latest, the rest at most a second old.
    Status status() const;

private:
    void follow_now(const Target& target, const std::function<void()>& done);
    void connect(const Target& target, Past past);
    Past past_here(const Target& target) const;
    bool knows_history() const;
    void go_on_from(const Loaded& loaded);
    void become_replica(unsigned worker);  // On its thread.
    void promote_now(const std::function<void()>& done);
    void each_second();
    void changed();
    void refresh_offset();
    Offset offset() const;
    void tell_workers();
    Standing standing() const;
    LinkStatus link() const;  // Of a replica.

    journal::Journal& journal_;
    std::vector<Worker> workers_;
    std::vector<commands::Keeper*> keepers_;
    Lookup lookup_;
    Settings settings_;
    Role role_ = Role::primary;
    std::uint64_t turn_ = 0;       // Counts changes of the role.
    bool workers_stop_ = false;    // A replica's may still write: it does not connect yet.
    std::optional<Offset> saved_;  // See Status; so is the next one.
    std::uint64_t changes_then_ = 0;
    slots::ShardId shard_;   // This node's.
    slots::ShardId before_;  // Of what is here until it is in step with whom it follows.
    Target target_;          // The last one, or the first one to come.
    Primary primary_;
    std::unique_ptr<Upstream> upstream_;
    Standing told_;
    std::function<void()> on_change_;
    io::Timer every_second_;

    mutable std::mutex mutex_;
    Status status_;  // Guarded by mutex_.
};

}  // namespace grapevine::node::replication
