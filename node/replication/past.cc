#include "node/replication/past.h"

#include <algorithm>

namespace grapevine::node::replication {

bool must_keep(const Past& past, Offset fork) {
    return !past.lost_writes.empty() && (!past.kept_from || fork < *past.kept_from);
}

Refusal refusal_of(const History& primary, const Past& past, const journal::Lineage& own,
                   Offset end) {
    if (past.ordered || !primary.end) return Refusal::none;
    const auto common = common_end(primary, own, end);
    const bool untouched = primary.saved.has_value();
    const Offset theirs = primary.saved.value_or(*primary.end);
    // It has all of ours, or has gone on from what we share.
    if (common && (*common == end || !untouched || *common < theirs)) return Refusal::none;
    const Offset confirmed = past.of_shard ? past.confirmed : 0;
    if (!common && theirs < std::min(confirmed, end)) return Refusal::for_good;
    const bool has_nothing = untouched && theirs == 0;
    const Offset saved = common || (has_nothing && past.saved_of_shard) ? past.saved : 0;
    const bool has_less = theirs < std::min(std::max(confirmed, saved), end);
    return has_less ? Refusal::until_written : Refusal::none;
}

}  // namespace grapevine::node::replication
