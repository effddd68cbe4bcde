// The node's data on disk: saving it now, in the background, or when enough has changed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "node/commands/keeper.h"
#include "node/io/timer.h"
#include "node/journal/journal.h"
#include "node/persistence/rdb_writer.h"
#include "slots/result.h"

namespace grapevine::node::persistence {

// "save 3600 1": when so much has changed, and so long after the last save.
struct SavePoint {
    std::int64_t seconds = 0;
    std::uint64_t changes = 0;
};

struct Settings {
    std::string path = {};               // Of the RDB file: dir and dbfilename.
    std::vector<SavePoint> points = {};  // save; empty: never by itself.
    std::string server_version = {};     // As redis_version: said in the file.
};

struct Status {
    bool saving = false;
    std::int64_t started_s = 0;    // Wall clock since 1970: of the save that runs.
    std::int64_t saved_s = 0;      // Of the last one that succeeded, or of this node's start.
    std::int64_t duration_s = -1;  // Of the last one; -1: there was none.
    std::uint64_t saves = 0;       // That succeeded.
    std::uint64_t changes = 0;     // Since the last one that succeeded; at most a second old.
    bool last_failed = false;      // Then writes may have to stop: stop-writes-on-bgsave-error.
    std::string last_error;
};

// To which history the data belongs, and to which shard. None: to nobody's.
struct Origin {
    journal::Lineage lineage = {};
    slots::ShardId shard = {};
    std::optional<journal::Offset> saved = {};  // See RdbNotes; also when something was written.
    bool whole = true;  // False: some of the data is still to come, and the file is better.
};

class SaveRun;

// Lives on the journal thread. Every function may be called from any thread and takes effect there;
// callbacks come on the journal thread.
class Persistence {
public:
    // Before the loops run. `keepers`: by worker, each is touched on its own thread.
    Persistence(journal::Journal& journal, std::vector<commands::Keeper*> keepers,
                Settings settings);
    // On the journal thread or after it ended; stop() came before.
    ~Persistence();
    Persistence(const Persistence&) = delete;
    Persistence& operator=(const Persistence&) = delete;

    void configure(Settings settings);
    // Before the loops run: asked on the journal thread whose the data is, so that the file says
    // it; a node that starts from the file goes on where it was.
    void ask_origin(std::function<Origin()> origin) { origin_ = std::move(origin); }

    // Saves the keys of one instant; `done` when the file is safe on the disk. ERR Background save
    // already in progress / ERR the data is not whole / IO cannot ... `begun` tells that it was not
    // refused.
    void save(std::function<void(Result<void>)> done, std::function<void()> begun = {});
    // Before the end: a save that runs may lack what was written last, so that another follows it.
    // Data that is not whole is not saved, which is no failure.
    void save_last(std::function<void(Result<void>)> done);
    // Abandons a save that runs, then calls `done`. The workers must still run.
    void stop(std::function<void()> done);

    Status status() const;

private:
    void begin_last(std::function<void(Result<void>)> done);
    void begin(std::function<void(Result<void>)> done);
    Origin origin() const { return origin_ ? origin_() : Origin{}; }
    RdbNotes notes(journal::Offset instant) const;
    void ended(const Result<void>& outcome);
    void each_second();
    void count_changes();
    bool due() const;
    std::uint64_t changes() const;
    void publish();
    std::int64_t now_s() const { return journal_.loop().wall_ms() / 1000; }

    journal::Journal& journal_;
    std::vector<commands::Keeper*> keepers_;
    Settings settings_;
    std::function<Origin()> origin_;
    std::vector<std::uint64_t> counts_;  // By worker: changes since it was made.
    std::uint64_t first_changes_ = 0;    // The sum when it was made.
    std::uint64_t saved_changes_ = 0;    // The sum at the instant of the last save that succeeded.
    std::uint64_t saving_changes_ = 0;   // ... of the one that runs.
    std::int64_t tried_s_ = 0;
    std::unique_ptr<SaveRun> run_;
    std::function<void(Result<void>)> done_;
    std::function<void(Result<void>)> last_;  // Another is to follow, and ends with this.
    int database_ = 0;                        // Of the stream, where the one that runs began.
    io::Timer every_second_;

    Status current_;
    mutable std::mutex mutex_;
    Status status_;  // What others see. Guarded by mutex_.
};

}  // namespace grapevine::node::persistence
