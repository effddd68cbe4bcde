// Seeds that still break a promise: `test-sim "[open]"` runs them. Who mends one moves it to the
// kept ones.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// A replica that hears all others late keeps what its primary lost, and gives it up in the end.
// With other heartbeats nothing happens to this plan any more; what happened has not been mended.
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

// A deposed primary that has taken its successor's very epoch loses its keys, takes a later one by
// order, and wins its slots back with nothing: those who have the data follow it.
TEST_CASE("NoWipe, seed 31000676", "[sim][.][open]") {
    nothing_is_violated(R"(
seed 31000676
replicas 2
node_timeout_ms 500
delay_least_us 5000
delay_most_us 5000
spike_ms 100
disk_most_us 50000
codec 0
host_evidence 1
replication_ping_ms 1000
clients 4
client_pause_ms 50
wait_per_mille 500
callers 2
persists 0
danger_ms 20000
drill 0
at 2410000 cut 1 2060 0
at 3169000 bump 0 0 0
at 3440000 cut_pair 6 0 5560
at 4534000 crash 2 8336 0
at 5252000 crash 0 67 0
at 6415000 bump 0 0 0
)");
}

// A deposed primary follows its successor, which has just lost its keys, was back before anybody
// could replace it, and serves with nothing.
TEST_CASE("NoWipe, seed 170073021", "[sim][.][open]") {
    nothing_is_violated(R"(
seed 170073021
primaries 5
node_timeout_ms 200
delay_least_us 50
delay_most_us 250
spike_ms 100
disk_most_us 50000
codec 0
host_evidence 1
replica_migration 0
validity_factor 1
replication_ping_ms 1000
clients 4
client_pause_ms 1000
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 3917000 cut 8 335 429
at 4917000 crash 3 74 23
at 7677000 crash 0 288 0
at 9222000 refuse 4 1362 1
at 9636000 crash 0 256 0
at 10991000 pause 5 445 137
at 11316000 crash 0 225 0
)");
}
