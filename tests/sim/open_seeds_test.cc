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
