// Whether a cluster is well; and if not, what is wrong and what to do about it.
#pragma once

#include <string>
#include <vector>

#include "client/cli/cluster.h"

namespace grapevine::client::cli {

enum class Verdict {
    ok,
    degraded,  // Every slot is served, but not everything is as it should be.
    down,      // Some slots are not served.
};

struct Problem {
    std::string what;
    std::string remedy;  // What to do, where possible a line to type.
    Verdict severity = Verdict::degraded;
};

// What is wrong, the worst first; empty when all is well.
std::vector<Problem> problems_of(const Cluster& cluster);

Verdict verdict_on(const std::vector<Problem>& problems);

// "OK", "DEGRADED" or "DOWN".
std::string_view to_string(Verdict verdict);

}  // namespace grapevine::client::cli
