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

// A manual failover was given up, as its primary was not heard any more; then that was replaced.
TEST_CASE("ManualLossless, seed 1120005535", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1120005535
primaries 5
spares 1
node_timeout_ms 5000
delay_least_us 50
delay_most_us 50
spike_per_mille 50
spike_ms 200
codec 0
full_coverage 0
replication_ping_ms 1000
client_pause_ms 200
wait_per_mille 100
danger_ms 110000
drill 0
at 500000 pause 10 6050 0
at 873000 pause 2 6450 0
at 12929000 meet 7 4 265
at 24509000 meet 1 7 13749
at 47588000 half_open 3 7 14474
at 47851000 cut_pair 7 2 4110
at 49302000 meet 5 4 3594
at 58185000 meet 1 8 12606
at 72489000 cut_from 8 14352 5216
at 75416000 failover 8 0 0
)");
}

// Who was started again at another place is turned away until its predecessor can be counted on no
// more, and accused somebody of silence meanwhile.
TEST_CASE("NoFalseSuspicion, seed 1440002920", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1440002920
node_timeout_ms 1000
delay_least_us 50
delay_most_us 100
spike_ms 20
codec 0
crash_evidence 0
full_coverage 0
replica_migration 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 100
callers 2
persists 0
danger_ms 110000
drill 0
at 64000 move 2 39 1697
at 357000 failover 4 1 0
)");
}

// Two nodes that did not know each other yet settled for different clusters while all were being
// introduced: each knew others that had said its number, at different times.
TEST_CASE("Founding, seed 1800001834", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1800001834
primaries 2
spares 1
node_timeout_ms 1000
delay_least_us 50
delay_most_us 250
spike_per_mille 50
spike_ms 400
disk_most_us 500
codec 0
host_evidence 1
validity_factor 1
replication_ping_ms 1000
clients 0
client_pause_ms 200
callers 2
danger_ms 110000
drill 0
)");
}

// Of all that its clients knew only one was left: they asked those that were gone again and again.
TEST_CASE("ClientsSettle, seed 2000002953", "[sim][kept]") {
    nothing_is_violated(R"(
seed 2000002953
primaries 2
node_timeout_ms 200
delay_least_us 50
delay_most_us 100
spike_ms 100
disk_most_us 50000
codec 0
host_evidence 1
validity_factor 1
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 100
callers 2
danger_ms 110000
drill 0
at 4144000 wipe 3 80 73
at 7508000 wipe 0 43 103
at 18854000 forget 0 258 33
at 24500000 power_off 1 20 52
at 26825000 power_off 2 20 32
at 36843000 wipe 1 308 18
at 43400000 wipe 1 102 123
at 43955000 forget 1 304 438
at 44122000 power_off 2 37 295
at 60488000 forget 2 13 207
at 84117000 wipe 3 434 229
)");
}
