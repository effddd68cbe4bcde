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
