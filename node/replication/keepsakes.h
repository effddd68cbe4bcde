// Where lost writes stay until somebody looks: in files that nothing replaces.
#pragma once

#include <string>

#include "node/replication/lost_writes.h"
#include "slots/result.h"

namespace grapevine::node::replication {

// The names of the files; empty: there was nothing for it.
struct Keepsakes {
    std::string commands;  // "<stem>.aof": the writes that the log held.
    std::string dump;  // "<stem>.rdb": this node's, where the log did not reach back far enough.
};

// Names that are taken get a number: "<stem>-2.aof". A dump that is kept already is not kept twice.
Result<Keepsakes> keep(const LostWrites& lost, const std::string& stem, const std::string& dump);

}  // namespace grapevine::node::replication
