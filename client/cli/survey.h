// Asks the nodes of a cluster how they are.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/cli/cluster.h"
#include "client/resp/value.h"
#include "slots/identity.h"
#include "slots/result.h"

namespace grapevine::client::cli {

using Request = std::vector<std::string>;  // "CLUSTER", "SHARDS"

// Sends requests to one node and answers with one reply for each (which may be errors); or why the
// node cannot be talked to: "Connection refused". Called from several threads at once.
using Ask = std::function<Result<std::vector<resp::Value>>(const slots::Endpoint& node,
                                                           const std::vector<Request>& requests)>;

// Takes the map of the first of `seeds` (one or more) that has one and asks every node in it, all
// at the same time. An error begins with UNREACHABLE when no seed could be talked to, else with
// ERR; its text says what to do next.
Result<Cluster> survey(const std::vector<slots::Endpoint>& seeds, const Ask& ask);

}  // namespace grapevine::client::cli
