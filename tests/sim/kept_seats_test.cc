// Seeds that failed because two nodes counted one seat among the voters as their own.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// A deposed primary takes a new epoch by order, twice, and does not hear its successor. One voter
// each answers them.
TEST_CASE("SingleServer, seed 930002223", "[sim][kept]") {
    nothing_is_violated(R"(
seed 930002223
replicas 2
node_timeout_ms 500
delay_most_us 100
spike_per_mille 50
spike_ms 200
disk_most_us 500
codec 0
replica_migration 0
validity_factor 0
clients 0
client_pause_ms 50
wait_per_mille 100
danger_ms 90000
drill 0
at 1815000 cut 32 1383 1434
at 5457000 cut 1 2090 0
at 5700000 bump 0 0 0
at 6502000 cut_pair 6 0 5590
at 7485000 cut 4 950 0
at 7735000 bad_disk 8 1255 0
at 10360000 bump 1 0 0
at 10561000 bump 0 0 0
)");
}

// The only voter had voted for one of its replicas, and did for the other one.
TEST_CASE("SingleServer, seed 960005327", "[sim][kept]") {
    nothing_is_violated(R"(
seed 960005327
primaries 1
replicas 2
node_timeout_ms 1000
delay_least_us 500
delay_most_us 500
spike_per_mille 50
spike_ms 400
disk_most_us 50000
clock_ppm 500
codec 0
host_evidence 1
full_coverage 0
validity_factor 1
clients 1
client_pause_ms 50
wait_per_mille 500
persists 0
danger_ms 90000
drill 0
at 1044000 pause 2 1310 0
at 1960000 crash 0 134 0
at 1960000 slow_disk 1 6000 441
at 1960000 slow_disk 2 6000 441
at 2971000 bump 0 0 0
at 4233000 cut_from 4 1709 102
)");
}

// That a primary is fenced was not seen before its new epoch was saved.
TEST_CASE("Fence, seed 960006004", "[sim][kept]") {
    nothing_is_violated(R"(
seed 960006004
node_timeout_ms 200
delay_least_us 5000
delay_most_us 20000
spike_ms 400
disk_most_us 300000
codec 0
host_evidence 1
replica_migration 0
validity_factor 0
clients 4
client_pause_ms 50
danger_ms 90000
drill 0
at 1340000 old_disk 5 252 8
at 6404000 crash 1 278 124
at 15104000 old_disk 4 251 2
at 22056000 cut 4 1378 0
at 28639000 crash 0 184 0
at 35367000 crash 0 409 0
at 41054000 crash 0 45 367
at 42831000 cut 2 1220 0
at 42909000 bump 1 0 0
)");
}
