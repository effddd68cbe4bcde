// Troubles that belong together: what chance alone would hardly ever bring to the same moment and
// the same shard.
#pragma once

#include <vector>

#include "tests/sim/chance.h"
#include "tests/sim/plan.h"

namespace grapevine::sim {

// Each plot exists in some seeds only. Roles are those of the founding: a plot whose shard has had
// a failover meanwhile is another one, which is as well.
void add_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps);

// Those about successors that were elected and could not say so yet. They have a stream of their
// own.
void add_succession_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps);

// Those about hosts that are gone, for runs in which that is evidence.
void add_host_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps);

// Those about witnesses, for clusters that keep to the rules of large ones.
void add_large_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps);

// All that befalls a cluster in which most voters are like Redis's.
std::vector<Step> mixed_plot(Chance& chance, const Setup& setup);

}  // namespace grapevine::sim
