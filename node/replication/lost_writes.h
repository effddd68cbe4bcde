// Writes that only a deposed primary has: it gives them up when it takes its successor's data, so
// they are kept in a file before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/journal/backlog.h"
#include "node/journal/lineage.h"
#include "slots/result.h"

namespace grapevine::node::replication {

using journal::Offset;
using journal::ReplicationId;

// What the successor says of its history (INFO replication).
struct History {
    ReplicationId id = {};
    std::vector<journal::Former> formers = {};  // Of Redis at most one.
    std::optional<Offset> end = {};             // How far it is; nothing when it does not say so.
    // What a Grapevine has found on its disk, until it has taken a write: then `end` is behind it
    // only by what nodes say to each other.
    std::optional<Offset> saved = {};
};

struct LostWrites {
    std::string commands;     // As a client would send them; an append-only file is made of such.
    std::uint64_t count = 0;  // Without SELECT, MULTI and EXEC.
    bool complete = true;     // False: the log did not reach back to the fork.
};

// From the text of INFO replication, as Redis 7.0 prints it, and Grapevine with more former names.
// Nothing where it says nothing.
History parse_history(std::string_view info);

// What lies behind `fork` in the log, without what nodes say to each other in it. The log holds
// whole commands. ERR when its bytes make no sense.
Result<LostWrites> lost_writes(journal::Backlog& log, Offset fork);

// The last byte that the successor's history and ours, which is at `end`, have under a name in
// common: one is, or goes on, the other, or a third. Nothing: they have none.
std::optional<Offset> common_end(const History& successor, const journal::Lineage& own, Offset end);

// Where the common history ends. When no name of ours is the successor's too (it has been replaced
// too often meanwhile), that is what some replica had confirmed.
Offset fork_of(const History& successor, const journal::Lineage& own, Offset confirmed, Offset end);

}  // namespace grapevine::node::replication
