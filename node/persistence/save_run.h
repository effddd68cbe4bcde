// One snapshot on its way to an RDB file.
#pragma once

#include <functional>
#include <optional>
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
        // At the snapshot's instant: what the file is to say about itself.
        std::function<RdbNotes(journal::Offset instant)> began;
        std::function<void(Result<void>)> ended;  // May destroy this.
    };

    SaveRun(journal::Journal& journal, std::span<commands::Keeper* const> keepers, std::string path,
            Events events);

private:
    void take(int database, std::string_view records);
    void regulate();

    std::optional<RdbWriter> writer_;  // Since the instant.
    FileWriter file_;
    SnapshotRun run_;
};

}  // namespace grapevine::node::persistence
