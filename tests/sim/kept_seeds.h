// What a seed that is kept has to show.
#pragma once

#include <catch2/catch.hpp>

#include "tests/sim/plan.h"
#include "tests/sim/run.h"

namespace grapevine::sim {

inline void nothing_is_violated(const char* text) {
    const auto plan = parse_plan(text);
    REQUIRE(plan);
    const Outcome outcome = run(*plan);
    if (!outcome.violation) return;
    FAIL(outcome.violation->invariant << ": " << outcome.violation->what);
}

}  // namespace grapevine::sim
