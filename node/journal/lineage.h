// Which history of writes a node's data belongs to, and which other histories share its beginning.
#pragma once

#include "node/journal/backlog.h"
#include "slots/identity.h"

namespace grapevine::node::journal {

// 40 hexadecimal digits that name one unbroken sequence of writes.
using ReplicationId = slots::HexId<struct ReplicationTag>;

struct Lineage {
    ReplicationId id;
    // The history that this one continues, and how far the two are the same: nothing when there is
    // none.
    ReplicationId second_id;
    Offset shared = 0;

    // The history goes on under another name from `offset` on: a promotion, or a primary's.
    void rename(ReplicationId name, Offset offset);
    // Another history altogether.
    void replace(ReplicationId name);
    // Whether a node that has `asked`'s history up to `offset` may go on with ours from there.
    bool continues(ReplicationId asked, Offset offset) const;
};

// From the system's random device.
ReplicationId random_replication_id();

}  // namespace grapevine::node::journal
