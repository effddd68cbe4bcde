// CLUSTER's questions that the bus answers: asked on its thread, given to the client later.
#pragma once

#include "node/admin/request.h"
#include "slots/result.h"

namespace grapevine::node::admin {

// What every CLUSTER subcommand says outside cluster mode.
Error no_cluster();

Result<void> cluster_nodes(Request& request);
Result<void> cluster_info(Request& request);
Result<void> cluster_slots(Request& request);
Result<void> cluster_shards(Request& request);
Result<void> cluster_links(Request& request);
Result<void> cluster_replicas(Request& request);
Result<void> cluster_failure_reports(Request& request);
Result<void> cluster_history(Request& request);

}  // namespace grapevine::node::admin
