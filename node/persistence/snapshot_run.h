// One instant's keys of all workers, brought to the journal thread piece by piece.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "node/commands/keeper.h"
#include "node/journal/journal.h"

namespace grapevine::node::persistence {

// Workers walk over their keys in slices of at most a millisecond, each asked for when the last
// one's pieces have been taken; copies that writes make necessary come when they come.
//
// Lives on the journal thread. All workers must still run when it goes.
class SnapshotRun {
public:
    struct Events {
        std::function<void(unsigned worker)> at_instant = {};  // On each worker's thread.
        std::function<void(journal::Offset instant)> began = {};
        // Whole key records (store::append_record) of one database; never before `began`.
        std::function<void(int database, std::string_view records)> piece;
        std::function<void()> ended;  // The run may be destroyed inside the call.
    };

    // `keepers`: by worker, each is touched on its own thread.
    SnapshotRun(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                Events events);
    ~SnapshotRun();  // Abandons what is not done. No event follows.
    SnapshotRun(const SnapshotRun&) = delete;
    SnapshotRun& operator=(const SnapshotRun&) = delete;

    // True: ask for no more slices. Copies may still come.
    void hold(bool on);

private:
    struct Run;
    std::shared_ptr<Run> run_;
};

}  // namespace grapevine::node::persistence
