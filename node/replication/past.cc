#include "node/replication/past.h"

#include <algorithm>

namespace grapevine::node::replication {

bool has_less(const History& primary, const Past& past, const journal::Lineage& own, Offset end) {
    if (past.ordered || !primary.end) return false;
    const auto common = common_end(primary, own, end);
    const bool untouched = primary.saved.has_value();
    const Offset theirs = primary.saved.value_or(*primary.end);
    // It has all of ours, or has gone on from what we share.
    if (common && (*common == end || !untouched || *common < theirs)) return false;
    const bool has_nothing = untouched && theirs == 0;
    const Offset saved = common || (has_nothing && past.saved_of_shard) ? past.saved : 0;
    const Offset confirmed = past.of_shard ? past.confirmed : 0;
    return theirs < std::min(std::max(confirmed, saved), end);
}

}  // namespace grapevine::node::replication
