// Results as people and programs read them.
#pragma once

#include <ostream>

#include "tests/sim/campaign.h"
#include "tests/sim/mutants.h"

namespace grapevine::sim {

struct Hunt {
    Mistake mutant;
    Report report;
    bool caught() const { return !report.findings.empty(); }
};

void print(std::ostream& out, const Report& report);
void print_json(std::ostream& out, std::uint64_t seed, const Report& report);
void print(std::ostream& out, const Hunt& hunt);
void print_json(std::ostream& out, const std::vector<Hunt>& hunts);

}  // namespace grapevine::sim
