// What the command line asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sim/campaign.h"
#include "tests/sim/figures.h"
#include "tests/sim/mutants.h"

namespace grapevine::sim {

struct Options {
    std::uint64_t seed = 0;
    Limits limits;
    Wishes wishes;
    std::optional<Plan> plan;  // From a file, in place of seeds.
    bool trace = false;
    bool shrink = false;
    Mistake mutant;
    bool mutants = false;
    bool json = false;
    std::vector<FiguresWish> figures;  // In place of all that.
};

// Nothing: everything has been said (help, or what was wrong), and `exit_code` is the program's.
std::optional<Options> read_options(int argc, char** argv, int& exit_code);

}  // namespace grapevine::sim
