// What a node has when it begins to follow a primary, and whether it takes that primary's data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "node/journal/lineage.h"
#include "node/replication/lost_writes.h"

namespace grapevine::node::replication {

struct Past {
    bool known = false;  // The journal's lineage and end describe the data that is there.
    bool whole = true;   // False: a part of some primary's, or nothing since that was given up.
    // Of a deposed primary: where its writes that the new one lacks are to be kept, a path without
    // an extension (see keep()). Empty: nowhere.
    std::string lost_writes = {};
    std::optional<Offset> kept_from = {};  // They are kept from there on.
    // What of it was of its shard: a deposed primary's, what it took over, or some replica had
    // confirmed to it; a replica's that was in step, all.
    Offset confirmed = 0;
    // What of it this process found on its disk, perhaps of a shard that it has left.
    Offset saved = 0;
    bool saved_of_shard = false;  // The disk says that it is of the shard of whom it follows.
    bool of_shard = false;        // All of it is, by what this process has seen.
    bool ordered = false;         // By an operator: it takes whatever there is.

    bool has_something() const { return confirmed + saved > 0; }
};

// Whether there are writes behind the fork from some primary's history that are to be kept. A
// successor may be gone before it has handed over its data, and the next one fork earlier.
bool must_keep(const Past& past, Offset fork);

// Of a primary's data, in the place of what is here.
enum class Refusal : std::uint8_t { none, until_written, for_good };

// Whether taking the primary's data would lose what is here, a history that is at `end`. What was
// of the shard is in any successor that was elected, until that loses it: whatever it writes then,
// it has lost what was confirmed. One that shares our history may have been a replica that was
// behind, unless it has only what it found on its disk: then nothing is lost by keeping ours, until
// it has written something. One that shares nothing may have taken another's place long after our
// disk was written, unless it found nothing and has written nothing.
Refusal refusal_of(const History& primary, const Past& past, const journal::Lineage& own,
                   Offset end);

}  // namespace grapevine::node::replication
