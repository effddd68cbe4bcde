// The status of a cluster as people read it.
#pragma once

#include <cstdint>
#include <string>

#include "client/cli/cluster.h"
#include "client/cli/health.h"

namespace grapevine::client::cli {

// Several lines: the verdict; each problem with its remedy; a row per shard and further replica; a
// picture of the slots. `colour`: with the escape sequences of a terminal.
std::string status_text(const Cluster& cluster, const std::vector<Problem>& problems, bool colour);

// All slots in 64 characters of 256 slots each: the first letter of the shard that owns most of
// them, '!' when its primary does not answer, '.' when any of them has no owner.
std::string picture_of(const Cluster& cluster);

// Bytes for people: "0 B", "16.1 MB".
std::string bytes_text(std::int64_t bytes);

// "1234567" -> "1,234,567"
std::string count_text(std::int64_t count);

}  // namespace grapevine::client::cli
