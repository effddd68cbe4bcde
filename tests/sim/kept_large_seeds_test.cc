// Seeds that failed in clusters that keep to the rules of large ones: see gossip/witnesses.h.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// A witness whose link TCP had given up beyond a cut took the primary for crashed: its long lease
// still ran.
TEST_CASE("SingleServer, seed 300038", "[sim][kept]") {
    nothing_is_violated(R"(
seed 300038
primaries 7
node_timeout_ms 5000
delay_least_us 500
delay_most_us 500
spike_per_mille 5
spike_ms 400
disk_most_us 500
codec 0
host_evidence 1
pulsing_voters 2
witnesses 3
ask_spacing_ms 200
replication_ping_ms 1000
clients 0
client_pause_ms 50
callers 2
danger_ms 30000
drill 0
at 1500000 cut_pair 4 7 14356
at 4074000 pause 6 1200 0
at 7123000 cut_from 64 249 330
at 7328000 bump 3 0 0
at 7329000 bump 4 0 0
at 18557000 cut 614 76 8481
at 21515000 cut_from 8 7036 96
at 25246000 cut 48 10302 0
)");
}

// A primary that was cut off was given a slot by an operator, and with it the very epoch of its
// successor. It kept that slot in the eyes of all, and so it was relied on for all others, too.
TEST_CASE("SingleServer, seed 400406", "[sim][kept]") {
    nothing_is_violated(R"(
seed 400406
primaries 9
node_timeout_ms 5000
delay_most_us 500
spike_ms 400
disk_most_us 50000
codec 0
host_evidence 1
pulsing_voters 1
witnesses 3
ask_spacing_ms 200
replica_migration 0
clients 0
client_pause_ms 200
callers 2
persists 0
danger_ms 120000
drill 0
at 84232000 cut 64 12650 0
at 95079000 move_slot 14 6 1
at 95509000 cut_pair 15 6 22650
)");
}

// Two siblings were elected one after the other. The first one named witnesses, and asked, before
// its claim was saved: it counted on what was promised to a replica.
TEST_CASE("SingleServer, seed 313361783", "[sim][kept]") {
    nothing_is_violated(R"(
seed 313361783
primaries 5
node_timeout_ms 2000
delay_least_us 500
delay_most_us 5000
spike_per_mille 50
spike_ms 20
disk_most_us 300000
codec 0
host_evidence 1
pulsing_voters 2
witnesses 4
ask_spacing_ms 1000
validity_factor 1
clients 0
client_pause_ms 50
wait_per_mille 500
callers 2
danger_ms 30000
at 474000 reset_all 8 1737 4173
at 3835000 crash 0 4999 0
at 3838000 crash 4 5179 0
at 5254000 cut_from 18 6574 0
at 11585000 cut_from 256 503 227
at 15448000 reset_all 4 49 166
at 25205000 reset_all 5 4040 1996
at 27524000 replicate 7 1 5359
at 28524000 half_open 7 9 2782
)");
}
