// One snapshot on its way to an RDB file.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "node/persistence/file_writer.h"
#include "node/persistence/rdb_writer.h"
#include "node/persistence/snapshot_run.h"

namespace grapevine::node::persistence {

class SaveRun {
public:
    struct Events {
        std::function<void(unsigned worker)> at_instant;  // On each worker's thread.
        std::function<void()> began;
        std::function<void(Result<void>)> ended;  // May destroy this.
    };

    SaveRun(journal::Journal& journal, std::span<commands::Keeper* const> keepers, std::string path,
            const RdbNotes& notes, Events events);

private:
    void take(int database, std::string_view records);
    void regulate();

    RdbWriter writer_;
    FileWriter file_;
    SnapshotRun run_;
};

}  // namespace grapevine::node::persistence
