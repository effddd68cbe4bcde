// Seeds that still break a promise: `test-sim "[open]"` runs them. Who mends one moves it to the
// kept ones.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// A manual failover half a second before a cut: each side of it counts other primaries as voters,
// so that two majorities need not have a voter in common.
TEST_CASE("SingleServer, seed 910000165", "[sim][.][open]") {
    nothing_is_violated(R"(
seed 910000165
node_timeout_ms 2000
delay_least_us 5000
delay_most_us 10000
spike_ms 400
disk_most_us 50000
codec 0
crash_evidence 0
full_coverage 0
clients 4
client_pause_ms 50
danger_ms 30000
drill 0
at 2712000 power_off 5 134 6
at 11538000 pause 5 2749 221
at 12101000 reset_all 1 43 1498
at 13292000 deaf 4 8000 198
at 13688000 failover 4 0 0
at 14253000 cut_sets 14 49 5045
)");
}
