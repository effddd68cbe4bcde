// A failing run made small: only the steps that it needs, in the smallest cluster that shows it.
#pragma once

#include <functional>

#include "tests/sim/plan.h"
#include "tests/sim/run.h"

namespace grapevine::sim {

// The smaller plan violates the same invariant. `progress` hears how many steps are left.
Plan shrink(const Plan& plan, const Violation& violation,
            const std::function<void(std::size_t steps)>& progress = {});

// As a test case to keep, in kept_seeds_test.cc.
std::string as_test(const Plan& plan, const Violation& violation);

}  // namespace grapevine::sim
