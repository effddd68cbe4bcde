// Every seed whose nodes did not come to agree.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// The operator did not remind nodes with an old disk of their slots.
TEST_CASE("MapConverge, seed 165", "[sim][kept]") {
    nothing_is_violated(R"(
seed 165
primaries 4
replicas 0
node_timeout_ms 5000
delay_least_us 5000
delay_most_us 25000
spike_ms 200
disk_most_us 50000
codec 0
full_coverage 0
replica_migration 0
clients 0
danger_ms 20000
drill 0
at 1035000 old_disk 3 1279 5
)");
}

TEST_CASE("MapConverge, seed 307", "[sim][kept]") {
    nothing_is_violated(R"(
seed 307
primaries 1
replicas 0
node_timeout_ms 1000
spike_ms 200
disk_most_us 300000
codec 0
validity_factor 1
clients 0
danger_ms 120000
drill 0
at 57244000 old_disk 2 133 3
)");
}

// Replicas that were wrong about their primary told each other of its failure for ever.
TEST_CASE("MapConverge, seed 99267", "[sim][kept]") {
    nothing_is_violated(R"(
seed 99267
primaries 4
replicas 2
spares 1
delay_most_us 100
spike_per_mille 5
spike_ms 100
clock_ppm 100
codec 0
clients 0
client_pause_ms 200
wait_per_mille 500
danger_ms 120000
drill 0
at 33870000 reset 7 1 9754
at 42625000 reset 12 6 264
at 55261000 cut_from 2673 42715 10511
at 68186000 cut_from 8 29367 41048
at 88718000 cut_from 1024 29676 7349
at 91927000 cut 256 18207 2001
)");
}

// Two replicas told each other, and everybody, of a failure that was long over.
TEST_CASE("MapConverge, seed 288", "[sim][kept]") {
    nothing_is_violated(R"(
seed 288
replicas 2
epochs_given 0
delay_least_us 5000
delay_most_us 25000
spike_ms 20
disk_most_us 50000
codec 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
wait_per_mille 100
drill 0
at 31332000 pause 5 43062 44474
at 35498000 crash 2 91 11876
)");
}

TEST_CASE("MapConverge, seed 422", "[sim][kept]") {
    nothing_is_violated(R"(
seed 422
primaries 4
replicas 2
node_timeout_ms 5000
delay_least_us 500
delay_most_us 2500
spike_per_mille 50
spike_ms 400
disk_most_us 50000
clock_ppm 100
codec 0
crash_evidence 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
drill 0
at 8147000 cut 986 8766 643
at 17359000 cut 86 14259 12308
at 44673000 failover 7 7819 1593
)");
}

// The new owner of a slot had said OK before it was saved, and lost power; the old one had let go.
TEST_CASE("MapConverge, seed 3390", "[sim][kept]") {
    nothing_is_violated(R"(
seed 3390
primaries 2
replicas 0
node_timeout_ms 5000
delay_least_us 500
spike_ms 200
disk_most_us 50000
codec 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
danger_ms 120000
drill 0
at 111020000 bad_disk 1 4637 1937
at 113327000 move_slot 0 1 0
at 113617000 power_off 1 4037 6195
)");
}

// A primary restored from a disk that is older than its promotion follows its own replica, and
// that one follows it: the operator has to say which of the two has the slots.
TEST_CASE("MapConverge, seed 2898646769", "[sim][kept]") {
    nothing_is_violated(R"(
seed 2898646769
primaries 1
epochs_given 0
node_timeout_ms 2000
delay_most_us 200
spike_ms 20
disk_most_us 300000
codec 0
full_coverage 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 100
danger_ms 120000
drill 0
at 17958000 failover 1 1 0
at 17959000 failover 1 1 0
at 86003000 old_disk 1 758 5
)");
}

TEST_CASE("MapConverge, seed 300002492", "[sim][kept]") {
    nothing_is_violated(R"(
seed 300002492
primaries 1
epochs_given 0
node_timeout_ms 500
delay_least_us 5000
delay_most_us 50000
spike_ms 100
codec 0
crash_evidence 0
full_coverage 0
validity_factor 0
clients 0
client_pause_ms 50
drill 0
at 15322000 failover 1 1369 501
at 38450000 failover 0 1093 177
at 51314000 old_disk 0 308 5
)");
}

// A slot's move that an old disk does not know of: the operator reminded of slots that the node
// knew no owner of, but not of one that it took for its old owner's.
TEST_CASE("MapConverge, seed 700729", "[sim][kept]") {
    nothing_is_violated(R"(
seed 700729
replicas 0
node_timeout_ms 2000
delay_least_us 500
delay_most_us 500
spike_ms 400
disk_most_us 500
codec 0
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 100
danger_ms 120000
drill 0
at 51911000 move_slot 0 1 1
at 55238000 crash 2 4163 4930
at 86281000 crash 0 4316 31
at 100679000 old_disk 1 797 7
)");
}

// A slot that was moved between nodes that did not see each other belonged to neither.
TEST_CASE("MapConverge, seed 300006417", "[sim][kept]") {
    nothing_is_violated(R"(
seed 300006417
primaries 5
delay_least_us 500
delay_most_us 500
spike_per_mille 50
spike_ms 100
disk_most_us 50000
codec 0
crash_evidence 0
full_coverage 0
validity_factor 0
clients 0
client_pause_ms 200
wait_per_mille 100
drill 0
at 17431000 cut 263 23436 29295
at 36251000 failover 7 221 10370
at 38143000 cut 485 30823 17798
at 54082000 cut 543 29136 62
at 56931000 move_slot 4 4 0
)");
}

// The check took a stranger's word about another for a claim that has to be heard.
TEST_CASE("Demote, seed 70000149", "[sim][kept]") {
    nothing_is_violated(R"(
seed 70000149
primaries 5
delay_least_us 50
delay_most_us 100
spike_ms 100
disk_most_us 50000
clock_ppm 500
codec 0
host_evidence 1
replica_migration 0
validity_factor 1
replication_ping_ms 1000
clients 0
client_pause_ms 200
wait_per_mille 500
danger_ms 30000
drill 0
at 34000 cut 16 35700 0
at 4052000 crash 3 36302 0
at 11663000 wipe 5 8603 201
)");
}

// An operator orders a TAKEOVER while an agreed failover waits: it asks for nobody's data.
TEST_CASE("ManualLossless, seed 60833628", "[sim][kept]") {
    nothing_is_violated(R"(
seed 60833628
primaries 2
node_timeout_ms 500
delay_most_us 500
spike_ms 100
disk_most_us 500
codec 0
crash_evidence 0
full_coverage 0
replica_migration 0
validity_factor 1
replication_ping_ms 1000
clients 4
client_pause_ms 50
danger_ms 30000
drill 0
at 789000 cut_from 1 855 0
at 3512000 failover 2 0 0
at 3670000 failover 2 2 0
)");
}

// The disk that came back was from before its node had met anybody: it was of another cluster.
TEST_CASE("MapConverge, seed 6200001202", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6200001202
primaries 1
node_timeout_ms 2000
delay_least_us 5000
delay_most_us 50000
spike_ms 20
disk_most_us 500
codec 0
host_evidence 1
validity_factor 1
replication_ping_ms 1000
clients 0
client_pause_ms 1000
wait_per_mille 100
persists 0
danger_ms 30000
drill 0
at 4690000 old_disk 0 548 4
)");
}

// A replica heard on one link that its new primary was one, and then on the other, older news: that
// it was still a replica. It went back to its old primary, and took over nothing from it.
TEST_CASE("Demote, seed 6600000339", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6600000339
primaries 5
replicas 2
node_timeout_ms 500
delay_least_us 5000
delay_most_us 10000
spike_per_mille 50
spike_ms 400
codec 0
host_evidence 1
clients 0
client_pause_ms 200
callers 2
danger_ms 30000
drill 0
at 3860000 reset_all 11 15 158
at 4849000 pause 7 89 1248
at 8952000 pause 12 192 340
at 15914000 cut_from 2 4110 0
at 19194000 failover 11 767 597
)");
}

// Two replicas stood in one epoch. The first to win had a voice then, and gave it to the other.
TEST_CASE("ElectOnce, seed 6400018672", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6400018672
node_timeout_ms 500
delay_least_us 5000
delay_most_us 50000
spike_per_mille 5
spike_ms 200
disk_most_us 500
codec 0
crash_evidence 0
clients 0
client_pause_ms 50
wait_per_mille 100
danger_ms 30000
drill 0
at 13880000 failover 5 0 0
at 13881000 failover 3 0 0
)");
}

// A replica took its primary's place by hand and voted at once, against a primary beyond a cut that
// counted on what its predecessor had answered.
TEST_CASE("SingleServer, seed 6510004350", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6510004350
replicas 2
node_timeout_ms 2000
delay_most_us 100
spike_ms 20
disk_most_us 500
codec 0
crash_evidence 0
full_coverage 0
replication_ping_ms 1000
clients 0
client_pause_ms 1000
wait_per_mille 500
danger_ms 30000
drill 0
at 5837000 cut 4 2531 230
at 12032000 cut_sets 680 342 5542
at 14148000 deaf 5 8000 529
at 15918000 failover 6 870 570
)");
}

// A manual failover half a second before a cut: each side of it counts other primaries as voters,
// so that two majorities need not have a voter in common.
TEST_CASE("SingleServer, seed 910000165", "[sim][kept]") {
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
// followed the other, and nobody had their slots. Who has the data takes over.
TEST_CASE("NoResurrect, seed 6320002300", "[sim][kept]") {
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

// Not promised: a firewall forged the crash of a process that stood still.
TEST_CASE("SingleServer, seed 949", "[sim][kept]") {
    nothing_is_violated(R"(
seed 949
epochs_given 0
node_timeout_ms 1000
delay_least_us 50
delay_most_us 100
spike_ms 400
codec 0
host_evidence 1
full_coverage 0
validity_factor 0
clients 0
client_pause_ms 1000
callers 2
danger_ms 30000
drill 0
at 10720000 pause 0 79 56
at 10769000 refuse 0 2179 1
)");
}

// The simulator's own mistake: an answer to a newcomer that turned out to be known already is not
// listened to.
TEST_CASE("FailEvidence, seed 6800004257", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6800004257
node_timeout_ms 5000
delay_least_us 5000
delay_most_us 50000
spike_ms 20
disk_most_us 50000
clock_ppm 500
codec 0
host_evidence 1
replication_ping_ms 1000
clients 0
client_pause_ms 50
wait_per_mille 100
danger_ms 30000
drill 0
at 425000 old_disk 3 14468 6
at 10542000 cut_pair 4 1 16050
at 10627000 pause 2 1450 0
at 10870000 cut 4 1349 0
at 10937000 power_off 0 13062 3356
at 19882000 power_off 5 7081 3403
at 20070000 cut 2 6550 0
at 25258000 cut_pair 4 1 16550
at 25816000 cut_sets 38 1 13618
at 29889000 crash 1 505 0
)");
}
