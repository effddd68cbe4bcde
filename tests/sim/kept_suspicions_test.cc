// Seeds that failed because somebody was accused for nothing, or because nobody was left to ask.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// Of a peer that is asked rarely the last word is always old: one acknowledgement that came late
// made it lost.
TEST_CASE("NoFalseSuspicion, seed 32001090", "[sim][kept]") {
    nothing_is_violated(R"(
seed 32001090
primaries 5
node_timeout_ms 5000
delay_least_us 5000
delay_most_us 50000
spike_per_mille 5
spike_ms 400
disk_most_us 50000
clock_ppm 100
codec 0
host_evidence 1
full_coverage 0
validity_factor 1
clients 0
client_pause_ms 200
wait_per_mille 100
danger_ms 30000
drill 0
at 18018000 power_off 1 13912 4219
)");
}

// The only node was forgotten: the simulator waited for its clients all the same.
TEST_CASE("ClientsSettle, seed 5000830", "[sim][kept]") {
    nothing_is_violated(R"(
seed 5000830
primaries 1
replicas 0
node_timeout_ms 500
delay_least_us 500
spike_ms 400
disk_most_us 500
codec 0
crash_evidence 0
replica_migration 0
validity_factor 1
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 500
callers 2
persists 0
danger_ms 120000
drill 0
at 3712000 wipe 0 695 692
at 83149000 forget 0 255 310
)");
}
