// Many runs, one after the other, and what they found.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/run.h"
#include "tests/sim/swarm.h"

namespace grapevine::sim {

struct Finding {
    std::uint64_t seed = 0;
    Violation violation;
};

struct Report {
    std::uint64_t seeds = 0;
    std::uint64_t tasks = 0;
    std::uint64_t hash = 0;  // Of all runs.
    Time simulated{0};
    double seconds = 0;  // On the wall.
    MarkCounts marks{};
    std::vector<Finding> findings;

    double seeds_per_hour() const {
        return seconds > 0 ? 3'600.0 * static_cast<double>(seeds) / seconds : 0;
    }
    std::vector<std::string> marks_missed() const;
    // How often each invariant was violated, and the first seed.
    std::map<std::string, std::pair<std::size_t, std::uint64_t>> by_invariant() const;
};

struct Limits {
    std::uint64_t seeds = 1;   // 0: as many as fit into the time.
    double seconds = 0;        // 0: no limit.
    std::size_t findings = 0;  // Ends after so many; 0: never because of them.
};

// Runs seed, seed + 1, ... `progress` is called after each.
Report run_campaign(std::uint64_t seed, const Limits& limits, const Wishes& wishes,
                    const std::function<void(const Report&)>& progress = {});

}  // namespace grapevine::sim
