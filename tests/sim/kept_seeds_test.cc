// Every seed that ever failed, but for those about data and agreement.
#include "tests/sim/kept_seeds.h"

#include <catch2/catch.hpp>

using namespace grapevine::sim;

// A replica had its primary's epoch from before it followed, and took over with it.
TEST_CASE("OwnerEpoch, seed 1242579486", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1242579486
primaries 1
node_timeout_ms 200
delay_least_us 5000
delay_most_us 50000
spike_ms 200
disk_most_us 300000
codec 0
validity_factor 1
clients 0
client_pause_ms 50
wait_per_mille 100
danger_ms 120000
drill 0
at 56846000 failover 1 200 592
)");
}

// Two siblings were elected one after the other, and the first wrote until it heard of the second.
TEST_CASE("SingleServer, seed 55088", "[sim][kept]") {
    nothing_is_violated(R"(
seed 55088
replicas 2
node_timeout_ms 2000
delay_least_us 500
delay_most_us 2500
spike_ms 100
disk_most_us 300000
codec 0
replica_migration 0
replication_ping_ms 1000
client_pause_ms 200
danger_ms 20000
at 4435000 refuse 2 2731 1
at 12117000 deaf 5 8000 827
at 13642000 crash 0 14 4335
)");
}

// What was said late before the faults ended came late in the drill.
TEST_CASE("DetectBound, seed 249", "[sim][kept]") {
    nothing_is_violated(R"(
seed 249
node_timeout_ms 5000
delay_least_us 5000
delay_most_us 50000
spike_ms 100
disk_most_us 50000
clock_ppm 500
codec 0
full_coverage 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
danger_ms 20000
at 1171000 failover 3 2 0
at 9024000 stall 1 2 5000
at 15995000 cut_from 8 9212 49
)");
}

// A restarted primary that nobody reached served before it had heard of its successor.
TEST_CASE("SingleServer, seed 696", "[sim][kept]") {
    nothing_is_violated(R"(
seed 696
epochs_given 0
delay_least_us 50
delay_most_us 50
spike_ms 200
disk_most_us 300000
codec 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
wait_per_mille 500
drill 0
at 11320000 crash 2 23068 130
at 19429000 cut_from 4 17016 263
)");
}

// What answers to a handshake with a node that is known already is not heard.
TEST_CASE("Demote, seed 995", "[sim][kept]") {
    nothing_is_violated(R"(
seed 995
primaries 5
epochs_given 0
node_timeout_ms 5000
delay_most_us 200
spike_ms 400
disk_most_us 50000
codec 0
replica_migration 0
validity_factor 1
clients 0
client_pause_ms 1000
wait_per_mille 500
danger_ms 20000
drill 0
at 3967000 reset_node 8 11841 3760
at 4186000 cut 1 20800 0
)");
}

// The victim died before all had an answer on their new links to it.
TEST_CASE("DetectBound, seed 952", "[sim][kept]") {
    nothing_is_violated(R"(
seed 952
node_timeout_ms 5000
delay_most_us 500
spike_ms 200
codec 0
validity_factor 0
replication_ping_ms 1000
clients 0
client_pause_ms 50
danger_ms 120000
at 320000 crash 0 14370 3238
at 71648000 reset_all 3 12882 174
at 115471000 cut_from 55 9793 4314
)");
}

// Without crash evidence a failure is found when the replicas' data is too old already.
TEST_CASE("FailoverLive, seed 414", "[sim][kept]") {
    nothing_is_violated(R"(
seed 414
replicas 2
node_timeout_ms 5000
delay_least_us 50
delay_most_us 500
spike_ms 100
disk_most_us 300000
codec 0
crash_evidence 0
replica_migration 0
validity_factor 1
replication_ping_ms 1000
clients 0
client_pause_ms 50
wait_per_mille 500
danger_ms 20000
at 4782000 stall 3 5 100
at 14666000 cut_from 64 23 1841
at 15406000 cut 50 2333 11327
at 19435000 crash 5 1731 129
)");
}

TEST_CASE("SingleServer, seed 1268", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1268
primaries 5
replicas 2
epochs_given 0
node_timeout_ms 2000
delay_least_us 50
delay_most_us 500
spike_ms 100
disk_most_us 300000
clock_ppm 100
codec 0
replication_ping_ms 1000
clients 1
client_pause_ms 50
wait_per_mille 100
danger_ms 120000
at 15971000 cut_from 18426 1369 1401
at 33142000 half_open 8 4 1651
at 39862000 crash 8 514 129
)");
}

// Nodes that had just been introduced to it did not believe others that it was to be forgotten.
TEST_CASE("NoResurrect, seed 3531", "[sim][kept]") {
    nothing_is_violated(R"(
seed 3531
node_timeout_ms 5000
delay_least_us 50
delay_most_us 250
spike_ms 100
disk_most_us 500
codec 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 500
danger_ms 20000
at 1187000 wipe 4 6656 1636
at 2340000 crash 1 1857 0
at 17148000 power_off 1 40 274
at 17244000 power_off 3 155 83
at 19909000 wipe 5 77 11339
)");
}

// The first answer to a new primary was given before its claim was heard, and did not say that the
// voter had voted for its sibling as well.
TEST_CASE("SingleServer, seed 5211", "[sim][kept]") {
    nothing_is_violated(R"(
seed 5211
replicas 2
node_timeout_ms 2000
delay_most_us 500
disk_most_us 500
codec 0
clients 0
danger_ms 14000
drill 0
at 4500000 slow_disk 1 6000 404
at 4500000 slow_disk 2 6000 391
at 5000000 crash 0 9000 0
at 5191000 slow_disk 3 6000 258
at 5270000 slow_disk 6 6000 335
)");
}

// Not the cores' fault: one of three primaries is cut off with two replicas, of which one is told
// to take over. Then both sides have a majority of the voters that they know.
TEST_CASE("ElectOnce, seed 1439004286", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1439004286
node_timeout_ms 500
delay_least_us 500
spike_ms 100
codec 0
crash_evidence 0
validity_factor 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 100
danger_ms 30000
drill 0
at 10287000 cut_from 483 1091 238
at 11016000 failover 3 2 0
)");
}

// An operator gave the primary a new epoch while its replica, by another order, was being elected
// in an older one.
TEST_CASE("OwnerEpoch, seed 300004591", "[sim][kept]") {
    nothing_is_violated(R"(
seed 300004591
primaries 5
node_timeout_ms 1000
delay_least_us 500
delay_most_us 2500
spike_ms 100
disk_most_us 50000
codec 0
clients 4
client_pause_ms 50
danger_ms 20000
drill 0
at 59000 crash 2 836 0
at 3559000 crash 2 1625 0
at 3797000 power_off 0 121 447
at 5738000 deaf 5 8000 350
at 6438000 failover 5 0 0
at 7317000 bump 0 265 49
)");
}

// A primary that was away until the votes against it were forgotten was answered as if it still
// were one, before it was told of its successor.
TEST_CASE("SingleServer, seed 300008732", "[sim][kept]") {
    nothing_is_violated(R"(
seed 300008732
delay_most_us 200
spike_per_mille 5
spike_ms 200
disk_most_us 300000
codec 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
danger_ms 120000
drill 0
at 3356000 refuse 1 16927 1
at 9429000 crash 3 10125 53
)");
}

// An operator bumped the epoch of a primary that was cut off and already replaced: both had the
// same epoch then, and who heard them both promised both.
TEST_CASE("SingleServer, seed 4284714799", "[sim][kept]") {
    nothing_is_violated(R"(
seed 4284714799
node_timeout_ms 2000
delay_most_us 500
spike_ms 200
disk_most_us 50000
codec 0
host_evidence 1
validity_factor 0
replication_ping_ms 1000
clients 0
client_pause_ms 50
wait_per_mille 100
danger_ms 30000
drill 0
at 1650000 cut 2 3706 0
at 2703000 bump 1 1520 2971
at 5463000 cut_pair 4 1 6171
)");
}

// Who did not know a primary yet answered it, and promised nothing; the primary counted on that for
// half of the node timeout. It was cut off at once, and replaced sooner.
TEST_CASE("SingleServer, seed 880000266", "[sim][kept]") {
    nothing_is_violated(R"(
seed 880000266
delay_least_us 500
spike_ms 400
disk_most_us 500
codec 0
host_evidence 1
clients 0
client_pause_ms 1000
wait_per_mille 100
danger_ms 30000
drill 0
at 51000 cut 1 36850 0
)");
}

// The same order again; when the two heard each other the old primary took a third epoch, and the
// voters promised it at once what they had promised its successor just before.
TEST_CASE("SingleServer, seed 880000492", "[sim][kept]") {
    nothing_is_violated(R"(
seed 880000492
replicas 2
node_timeout_ms 2000
delay_least_us 5000
delay_most_us 25000
spike_ms 200
disk_most_us 500
codec 0
crash_evidence 0
replica_migration 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
callers 2
danger_ms 30000
drill 0
at 20187000 cut 1 4680 0
at 24045000 bump 0 0 0
at 24308000 cut_pair 6 0 8680
)");
}

// An accuser lost its last slot, took its accusation back, and got the slot again.
TEST_CASE("FailEvidence, seed 6100002098", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6100002098
primaries 5
epochs_given 0
node_timeout_ms 5000
delay_least_us 50
delay_most_us 50
spike_ms 20
disk_most_us 300000
codec 0
host_evidence 1
replication_ping_ms 1000
clients 0
client_pause_ms 200
callers 2
danger_ms 30000
drill 0
at 5460000 cut_sets 642 312 7335
at 7462000 cut 513 12229 6261
at 12945000 bump 1 6931 2036
at 19506000 refuse 1 1906 1
at 25450000 cut_sets 166 856 13118
)");
}

// A voter died that had voted against a primary, which then counted on its successor. The disk of
// the elected one was slow: it served seconds later.
TEST_CASE("SingleServer, seed 6300000491", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6300000491
epochs_given 0
node_timeout_ms 2000
spike_ms 20
disk_most_us 300000
clock_ppm 500
codec 0
host_evidence 1
replica_migration 0
validity_factor 0
replication_ping_ms 1000
clients 0
client_pause_ms 50
danger_ms 30000
drill 0
at 474000 cut_from 1 2720 0
at 937000 crash 0 165 4954
at 1474000 bad_disk 3 5120 0
at 3608000 pause 0 600 0
at 4714000 crash 1 2835 87
)");
}

// A new primary had seen two voters change since it was a replica, and counted on neither.
TEST_CASE("FailoverLive, seed 6300002904", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6300002904
node_timeout_ms 1000
delay_most_us 100
spike_ms 400
disk_most_us 500
codec 0
host_evidence 1
clients 0
client_pause_ms 1000
danger_ms 30000
at 22951000 refuse 0 2830 1
at 25556000 cut_from 2 1360 0
at 28827000 failover 5 556 189
)");
}

// TAKEOVER of the only primary, from which both replicas were cut off for longer than two servers
// were excused.
TEST_CASE("SingleServer, seed 6100007137", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6100007137
primaries 1
replicas 2
node_timeout_ms 5000
delay_least_us 500
delay_most_us 5000
spike_ms 20
disk_most_us 300000
codec 0
crash_evidence 0
validity_factor 1
replication_ping_ms 1000
clients 0
client_pause_ms 50
callers 2
danger_ms 30000
drill 0
at 0 cut_pair 1 0 23472
at 0 cut_pair 2 0 23472
at 1137000 failover 2 5606 3765
at 4339000 crash 0 15972 0
)");
}

// An heir served beyond a cut with one of two voters, while the other came to promise its
// predecessor again: the seat of both counted twice.
TEST_CASE("SingleServer, seed 1201288229", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1201288229
delay_most_us 200
spike_ms 20
disk_most_us 300000
codec 0
validity_factor 1
clients 0
client_pause_ms 50
wait_per_mille 100
callers 2
drill 0
at 23207000 crash 2 30626 0
at 33534000 move 1 261 169
at 33976000 cut 56 28235 16295
)");
}
