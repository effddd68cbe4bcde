// One run from a plan: the cluster is founded, lives through its faults, and has to recover.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sim/world.h"

namespace grapevine::sim {

struct Outcome {
    std::optional<Violation> violation;
    std::uint64_t hash = 0;
    std::uint64_t tasks = 0;
    Time lasted{0};
    MarkCounts marks{};
    std::vector<std::string> story;  // Empty unless it was asked for.
};

// The same plan gives the same outcome on every machine.
Outcome run(const Plan& plan, bool tell = false);

}  // namespace grapevine::sim
