// Figures as text and as JSON.
#pragma once

#include <ostream>
#include <vector>

#include "tests/sim/figures.h"

namespace grapevine::sim {

// One line for each cluster, as in a table of Markdown.
void print_heading(std::ostream& out);
void print(std::ostream& out, const Figures& figures);
void print_json(std::ostream& out, const std::vector<Figures>& all);

}  // namespace grapevine::sim
