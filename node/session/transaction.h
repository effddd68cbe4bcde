// What a client has queued since MULTI, and what it watches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/session/command_table.h"
#include "slots/slot.h"

namespace grapevine::node::session {

struct QueuedCommand {
    const Entry* entry;
    std::vector<std::string> args;

    std::vector<std::string_view> views() const { return {args.begin(), args.end()}; }
    // visit(key) for each key.
    template <typename Visit>
    void for_each_key(Visit visit) const {
        entry->command->keys.for_each(views(), visit);
    }
};

inline bool any_writes(std::span<const QueuedCommand> queue) {
    return std::ranges::any_of(queue, [](const QueuedCommand& queued) {
        return (queued.entry->command->flags & commands::writes) != 0;
    });
}

struct WatchedKey {
    int database;
    std::string key;
    slots::Slot slot;
    std::uint64_t version;  // As the keyspace gave it.
};

struct Transaction {
    bool open = false;                // Between MULTI and EXEC.
    bool spoiled = false;             // A queued command was refused: EXEC will be, too.
    bool running = false;             // Since EXEC, until its last reply.
    bool asking = false;              // The client had said ASKING.
    std::size_t next = 0;             // Of the queue: what was not run yet.
    std::optional<slots::Slot> slot;  // Of its keys, as soon as there is one.
    std::vector<QueuedCommand> queue;
    std::vector<WatchedKey> watched;  // All kept by one worker.

    // What was not run yet.
    std::span<const QueuedCommand> rest() const { return std::span(queue).subspan(next); }
};

}  // namespace grapevine::node::session
