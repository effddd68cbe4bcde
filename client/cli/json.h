// The status of a cluster as programs read it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "client/cli/cluster.h"
#include "client/cli/health.h"

namespace grapevine::client::cli {

// One object: verdict, problems, epoch, slots, totals, shards with their nodes, strays. Of a
// node that does not answer there is an "error" and no numbers.
nlohmann::ordered_json status_json(const Cluster& cluster, const std::vector<Problem>& problems);

}  // namespace grapevine::client::cli
