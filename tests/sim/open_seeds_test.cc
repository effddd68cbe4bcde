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

// A primary came back with an older nodes.conf, by which it was a replica of its own replica: each
// follows the other, and nobody has their slots until an operator decides.
TEST_CASE("NoResurrect, seed 6320002300", "[sim][.][open]") {
    nothing_is_violated(R"(
seed 6320002300
epochs_given 0
node_timeout_ms 5000
delay_least_us 500
delay_most_us 500
spike_ms 200
clock_ppm 100
codec 0
host_evidence 1
replica_migration 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
callers 2
persists 0
danger_ms 30000
drill 0
at 5021000 crash 2 235 528
at 7760000 cut_sets 36 26 18534
at 9564000 old_disk 5 12030 3
at 14924000 crash 0 4872 13847
)");
}

// A replica that hears all others late keeps what its primary lost, and gives it up in the end.
TEST_CASE("NoWipe, seed 6200000463 again", "[sim][.][open]") {
    nothing_is_violated(R"(
seed 6200000463
primaries 5
node_timeout_ms 500
delay_least_us 50
delay_most_us 250
spike_ms 200
disk_most_us 50000
codec 0
validity_factor 1
clients 4
client_pause_ms 50
wait_per_mille 100
callers 2
persists 0
danger_ms 30000
drill 0
at 8894000 crash 1 71 0
at 10684000 deaf 6 3221 1576
at 11040000 crash 2 7 0
at 12049000 crash 1 215 0
)");
}
