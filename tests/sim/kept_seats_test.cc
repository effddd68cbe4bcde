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

// A replica was elected, and its disk stood still until its voters had long answered its primary
// again. Then they answered both.
TEST_CASE("SingleServer, seed 1020008672", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1020008672
primaries 4
spares 1
delay_most_us 500
spike_ms 200
disk_most_us 300000
codec 0
host_evidence 1
full_coverage 0
replica_migration 0
validity_factor 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 500
danger_ms 110000
drill 0
at 76000 pause 3 25050 0
at 1833000 pause 3 17100 0
at 2589000 cut 159 98 17895
at 3640000 deaf 6 3125 3570
at 3988000 crash 2 537 0
at 4579000 failover 4 2 0
at 4581000 failover 5 2 0
at 8601000 cut 265 15763 67
at 9129000 cut 106 23 121
at 13743000 cut 16 15818 23
at 14512000 cut 128 13264 26860
at 17488000 cut 1 36827 180
at 22932000 pause 1 6850 38981
at 24734000 cut 132 1895 128
at 29109000 cut 365 29961 42
at 30647000 pause 0 3707 37788
at 31536000 power_off 6 19602 9
at 35155000 crash 1 92 0
at 35325000 deaf 4 9800 2179
at 35331000 crash 0 6997 0
at 36266000 crash 1 205 0
at 36536000 pause 8 1024 234
at 36569000 stall 7 5 5000
at 37889000 crash 1 87 0
at 39044000 crash 1 175 0
at 40651000 crash 1 276 0
at 42076000 crash 1 226 0
at 46130000 stall 1 0 100
at 47069000 deaf 5 4805 1112
at 47105000 crash 1 2927 0
at 53871000 power_off 8 39645 35167
at 55479000 crash 0 125 0
at 56035000 crash 0 105 0
at 56822000 crash 0 16 0
at 57603000 crash 0 4 0
at 58847000 crash 0 300 0
at 61893000 cut 8 18600 0
at 63448000 cut 228 60 30596
at 65570000 stall 0 6 10
at 69393000 bad_disk 7 26850 0
at 83610000 deaf 4 4726 1212
at 84345000 crash 0 2038 0
at 88311000 cut 256 21548 7131
at 95737000 pause 1 6456 30
)");
}

// An heir promised another primary something while its predecessor, beyond a cut, still had a vote.
TEST_CASE("SingleServer, seed 1080001623", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1080001623
node_timeout_ms 1000
spike_ms 400
disk_most_us 300000
codec 0
host_evidence 1
full_coverage 0
replica_migration 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
wait_per_mille 100
danger_ms 110000
drill 0
at 2700000 move 0 80 639
at 3182000 cut 42 2652 983
)");
}

// The only voter has lost data and elects its replica, then hears of it no more. It is told to take
// an epoch before its vote, after it, or not at all.
TEST_CASE("SingleServer, seed 1185017073", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1185017073
primaries 1
epochs_given 0
delay_least_us 50
delay_most_us 100
spike_ms 200
disk_most_us 300000
codec 0
crash_evidence 0
full_coverage 0
replica_migration 0
validity_factor 0
clients 1
client_pause_ms 200
wait_per_mille 500
persists 0
dumps 1
danger_ms 110000
drill 0
at 2890000 crash 0 137 0
at 2890000 slow_disk 1 6000 585
at 3760000 bump 0 0 0
at 4532000 refuse 1 28775 1
)");
}
TEST_CASE("SingleServer, seed 1185013712", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1185013712
primaries 1
node_timeout_ms 1000
delay_most_us 200
spike_ms 200
disk_most_us 50000
codec 0
host_evidence 1
full_coverage 0
replication_ping_ms 1000
clients 1
client_pause_ms 200
wait_per_mille 500
callers 2
persists 0
dumps 1
danger_ms 110000
drill 0
at 3023000 crash 0 33 0
at 3023000 slow_disk 1 6000 461
at 3786000 cut 1 2670 0
at 3798000 bump 0 0 0
)");
    nothing_is_violated(R"(
seed 1185013712
primaries 1
node_timeout_ms 1000
delay_most_us 200
spike_ms 200
disk_most_us 50000
codec 0
host_evidence 1
full_coverage 0
replication_ping_ms 1000
clients 1
client_pause_ms 200
wait_per_mille 500
callers 2
persists 0
dumps 0
danger_ms 110000
drill 0
at 3023000 crash 0 33 0
at 3023000 slow_disk 1 6000 461
at 3786000 cut 1 30000 0
)");
}

// Three replicas were asked to confirm a write. When one of them had left for the other side of a
// cut, and had been elected there, the simulator's client was content with two.
TEST_CASE("AckedDurable, seed 1440001429", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1440001429
replicas 2
node_timeout_ms 5000
delay_least_us 50
delay_most_us 50
spike_ms 100
disk_most_us 300000
codec 0
host_evidence 1
client_pause_ms 50
wait_per_mille 500
danger_ms 110000
drill 0
at 2255000 cut_sets 590 433 8719
at 4996000 cut_pair 2 3 14873
at 15478000 cut_sets 18 908 9855
at 78968000 cut_sets 387 124 13265
)");
}

// Between two nodes nothing came through for a while, and each closed its links as stale: that was
// taken for the end of a process, so that its copy was recognised by one voter and itself.
TEST_CASE("SingleServer, seed 1600000761", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1600000761
replicas 0
epochs_given 0
node_timeout_ms 1000
delay_least_us 5000
delay_most_us 25000
spike_ms 100
disk_most_us 50000
codec 0
host_evidence 1
replica_migration 0
clients 0
client_pause_ms 50
wait_per_mille 500
callers 2
danger_ms 110000
drill 0
at 27022000 stall 0 2 5000
at 35883000 clone 0 18954 0
)");
}

// Votes were asked for against a primary that worked and had lost data; when they came, it had
// failed by what the candidate knew, which did not wait for the end of what had been promised.
TEST_CASE("SingleServer, seed 1650001333", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1650001333
epochs_given 0
node_timeout_ms 5000
delay_least_us 500
spike_ms 200
clock_ppm 500
codec 0
host_evidence 1
validity_factor 1
replication_ping_ms 1000
clients 4
client_pause_ms 50
persists 0
danger_ms 110000
drill 0
at 2250000 crash 2 498 0
at 2250000 slow_disk 5 6000 566
at 3885000 bad_disk 5 5810 0
at 4075000 bump 2 0 0
at 4104000 cut_pair 5 2 7970
at 4883000 crash 0 5183 0
)");
}

// A primary asked whether anybody had been elected in its place. One that had been replaced itself,
// and did not know how its successor had voted, said that it had seen nobody.
TEST_CASE("SingleServer, seed 1800000373", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1800000373
replicas 2
epochs_given 0
delay_least_us 50
delay_most_us 250
spike_ms 100
disk_most_us 300000
codec 0
host_evidence 1
full_coverage 0
replication_ping_ms 1000
clients 0
client_pause_ms 50
wait_per_mille 500
callers 2
danger_ms 110000
drill 0
at 2164000 cut 4 22500 0
at 3577000 bump 2 0 0
at 13414000 cut_pair 8 2 30500
at 15957000 cut 128 13426 256
at 22002000 cut 501 20884 71
at 27025000 cut 103 37179 249
at 29989000 bump 0 0 0
at 30360000 bump 2 0 0
)");
}

// Who heard first of an epoch that a primary had taken for itself took the seat of a voter that had
// heard first of whoever was elected in that epoch, and promised the other one something.
TEST_CASE("SingleServer, seed 2100006370", "[sim][kept]") {
    nothing_is_violated(R"(
seed 2100006370
spike_ms 200
disk_most_us 500
codec 0
replica_migration 0
validity_factor 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
wait_per_mille 500
callers 2
persists 0
dumps 1
clones 1
danger_ms 110000
drill 0
at 45242000 cut 1 16750 0
at 51974000 bump 0 0 0
at 57663000 cut_pair 3 0 46750
at 58578000 cut 17 13115 2681
at 72267000 cut 2 33250 0
)");
}

// A primary that yields to the successor in whose very epoch it is knows at once what that one has:
// a TAKEOVER that it got in the same moment took nothing, and left it a primary of nothing.
TEST_CASE("Demote, seed 2400005619", "[sim][kept]") {
    nothing_is_violated(R"(
seed 2400005619
primaries 9
epochs_given 0
node_timeout_ms 5000
delay_least_us 5000
delay_most_us 10000
spike_ms 200
disk_most_us 50000
codec 0
host_evidence 1
pulsing_voters 1
witnesses 5
full_coverage 0
client_pause_ms 50
wait_per_mille 100
persists 0
dumps 1
danger_ms 110000
drill 0
at 5336000 crash 6 150 0
at 5336000 slow_disk 15 6000 476
at 6232000 bump 6 0 0
at 22843000 crash 10 7 5928
at 33433000 cut 2 12800 0
at 39851000 cut_pair 10 1 22800
at 41022000 bump 1 0 0
at 63789000 failover 1 263 174
)");
}
