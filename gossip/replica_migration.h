// A shard that has lost all its replicas gets one from a shard that can spare it (cluster
// specification: replica migration).
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// To be called every tick: notes which primaries are orphans, and moves this replica when it is the
// one to go: it is of a primary that has more working replicas than the barrier and as many as any,
// it has the smallest name among all such replicas, and the orphan has been one for long enough.
void migrate_replica(Core& core);

}  // namespace grapevine::gossip
