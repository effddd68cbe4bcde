// Every seed draws another kind of trouble: which faults and features exist at all, how large the
// cluster is, how patient its nodes are.
#pragma once

#include "tests/sim/plan.h"

namespace grapevine::sim {

// What a caller may fix; nothing: the seed draws it.
struct Wishes {
    std::int64_t nodes = 0;
    std::int64_t danger_ms = 0;
    bool large = false;  // All name witnesses, as large ones do.
    bool mixed = false;  // Most voters are like Redis's.
};

Plan draw_plan(std::uint64_t seed, const Wishes& wishes = {});

}  // namespace grapevine::sim
