// Seeds that failed because a node did not know any more, after its restart, what it had known.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// A primary against which two had voted saw one of them replaced, was restarted, and counted on
// what the heir answered: it had forgotten since when that one was in its place.
TEST_CASE("SingleServer, seed 1486108861", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1486108861
node_timeout_ms 1000
delay_least_us 50
delay_most_us 500
spike_ms 20
disk_most_us 50000
codec 0
host_evidence 1
replica_migration 0
replication_ping_ms 1000
clients 0
client_pause_ms 50
drill 0
at 1170000 pause 2 1750 0
at 1845000 slow_disk 1 1500 292
at 2472000 cut_pair 5 2 10756
at 2594000 bad_disk 5 8507 0
at 3800000 crash 0 2321 0
at 6598000 power_off 2 1784 166
)");
}

// A primary and its successor are restored one after the other, and the first of them never forgot
// what the second does not claim any more.
TEST_CASE("MapConverge, seed 1201286788", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1201286788
node_timeout_ms 500
delay_least_us 50
delay_most_us 500
spike_ms 400
codec 0
host_evidence 1
replica_migration 0
validity_factor 1
clients 0
client_pause_ms 1000
wait_per_mille 500
callers 2
drill 0
at 18138000 move_slot 4 1 1
at 44416000 old_disk 1 1032 6
at 45646000 old_disk 4 219 4
)");
}

// It was looked at before the replica had asked its primary again, which had come back.
TEST_CASE("ReplicaPrefix, seed 1201289853", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1201289853
primaries 1
delay_least_us 500
delay_most_us 5000
spike_ms 100
codec 0
host_evidence 1
replica_migration 0
validity_factor 0
clients 1
client_pause_ms 200
wait_per_mille 100
persists 0
danger_ms 20000
drill 0
at 3157000 cut 2 25195 5366
at 5266000 crash 0 167 0
)");
}

// Two replicas kept what their primary had lost, until it was too old for them to stand.
TEST_CASE("NoWipe, seed 950002888", "[sim][kept]") {
    nothing_is_violated(R"(
seed 950002888
primaries 1
replicas 2
node_timeout_ms 1000
delay_least_us 500
spike_ms 100
disk_most_us 300000
codec 0
host_evidence 1
full_coverage 0
replica_migration 0
validity_factor 1
replication_ping_ms 1000
clients 4
client_pause_ms 1000
wait_per_mille 100
persists 0
danger_ms 90000
drill 0
at 714000 deaf 1 5287 1302
at 1330000 crash 0 1567 0
at 41309000 power_off 2 1 2404
at 49082000 power_off 0 3 412
)");
}

// A primary that nobody follows had what it took over, and a predecessor that won its slots back
// lost it.
TEST_CASE("NoWipe, seed 960005579", "[sim][kept]") {
    nothing_is_violated(R"(
seed 960005579
node_timeout_ms 2000
delay_least_us 50
delay_most_us 100
spike_ms 100
disk_most_us 300000
codec 0
crash_evidence 0
full_coverage 0
replica_migration 0
validity_factor 1
clients 1
client_pause_ms 50
wait_per_mille 100
persists 0
danger_ms 90000
drill 0
at 1178000 crash 1 221 0
at 1178000 slow_disk 4 6000 483
at 2172000 bump 1 0 0
at 4263000 cut 1 4020 0
at 6273000 cut_pair 3 0 9020
at 6345000 bump 0 0 0
at 15171000 crash 0 1236 0
)");
}

// The same, as soon as it was elected.
TEST_CASE("NoWipe, seed 960006861", "[sim][kept]") {
    nothing_is_violated(R"(
seed 960006861
node_timeout_ms 2000
delay_least_us 5000
delay_most_us 50000
spike_ms 400
disk_most_us 500
clock_ppm 500
codec 0
host_evidence 1
full_coverage 0
client_pause_ms 50
wait_per_mille 500
persists 0
danger_ms 90000
drill 0
at 1638000 power_off 0 1355 3428
at 3524000 crash 2 317 0
at 3524000 slow_disk 5 6000 241
at 4102000 bump 2 0 0
)");
}

// A replica that had been cut off when its primary took a new epoch was refused for ever, by an
// epoch that its primary, come back with an older state, did not claim any more.
TEST_CASE("FailoverLive, seed 1000004787", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1000004787
primaries 5
node_timeout_ms 5000
delay_least_us 5000
delay_most_us 50000
spike_ms 400
disk_most_us 300000
codec 0
host_evidence 1
pulsing_voters 2
witnesses 3
ask_spacing_ms 200
full_coverage 0
replication_ping_ms 1000
clients 0
client_pause_ms 50
wait_per_mille 500
danger_ms 110000
at 13539000 move 3 6807 1791
at 14451000 cut_pair 9 4 18450
at 17163000 bump 4 0 0
at 23747000 old_disk 4 893 8
at 33419000 cut 1 11550 0
at 52593000 power_off 2 14212 0
at 52594000 power_off 1 2940 0
)");
}

// A replica moves to another shard, whose primary dies while its data is on the way.
TEST_CASE("NoWipe, seed 1020009199", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1020009199
primaries 4
replicas 2
delay_least_us 50
delay_most_us 500
spike_ms 400
disk_most_us 300000
codec 0
host_evidence 1
validity_factor 1
client_pause_ms 1000
wait_per_mille 100
persists 0
danger_ms 110000
drill 0
at 13297000 pause 1 3600 0
at 13692000 cut 4 123 42460
at 20555000 cut_pair 7 3 3743
at 23237000 crash 3 11794 0
at 28971000 cut 3054 42105 4912
at 29472000 pause 11 1811 0
at 39140000 cut 64 14157 293
at 51366000 crash 2 4321 0
)");
}

// A whole shard is started again from copies of different age, its primary from the oldest.
TEST_CASE("NoWipe, seed 1180000547", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1180000547
primaries 1
node_timeout_ms 2000
spike_ms 100
codec 0
host_evidence 1
validity_factor 1
clients 4
client_pause_ms 50
wait_per_mille 100
persists 0
dumps 1
drill 0
at 2889000 crash 0 3698 460
at 10318000 crash 1 3679 27
at 10445000 crash 0 1809 3322
)");
}

// A successor is back with a copy from before its election, and only its predecessor has the rest.
TEST_CASE("NoWipe, seed 1180002434", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1180002434
primaries 9
node_timeout_ms 5000
delay_least_us 5000
delay_most_us 25000
spike_ms 400
disk_most_us 300000
clock_ppm 100
codec 0
host_evidence 1
pulsing_voters 1
witnesses 3
ask_spacing_ms 200
full_coverage 0
replication_ping_ms 1000
clients 4
client_pause_ms 200
wait_per_mille 500
persists 0
dumps 1
drill 0
at 49477000 cut 266 8687 0
at 52732000 power_off 10 11804 198
)");
}

// Who has what was confirmed does not give it up for more that was written since.
TEST_CASE("NoWipe, seed 1330003401", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1330003401
primaries 1
node_timeout_ms 200
delay_least_us 5000
delay_most_us 20000
spike_ms 20
disk_most_us 50000
codec 0
host_evidence 1
replication_ping_ms 1000
client_pause_ms 200
wait_per_mille 500
persists 0
danger_ms 110000
drill 0
at 1821000 crash 0 362 0
at 1821000 slow_disk 1 6000 559
at 3035000 bump 0 0 0
at 3385000 cut 1 10391 0
)");
}

// Nor when the primary has written for long.
TEST_CASE("NoWipe, seed 1350003707", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1350003707
primaries 1
node_timeout_ms 200
spike_ms 100
disk_most_us 50000
codec 0
host_evidence 1
validity_factor 0
clients 4
client_pause_ms 200
wait_per_mille 100
persists 0
danger_ms 110000
drill 0
at 5877000 crash 0 340 0
at 5877000 slow_disk 1 6000 511
at 7273000 bump 0 0 0
at 7649000 cut 1 15439 0
)");
}

// A copy was taken for the node where nobody heard that one, and elected; it died, and the node is
// remembered with its epoch.
TEST_CASE("MapConverge, seed 1950003238", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1950003238
primaries 5
replicas 2
delay_least_us 50
delay_most_us 100
spike_ms 400
disk_most_us 50000
codec 0
host_evidence 1
full_coverage 0
clients 0
client_pause_ms 50
wait_per_mille 100
callers 2
danger_ms 110000
drill 0
at 10614000 wipe 7 19858 190
at 15806000 wipe 11 77 82
at 17675000 wipe 3 20369 69
at 21359000 failover 14 21143 1830
at 26317000 wipe 0 31846 38991
at 29228000 wipe 6 31145 2312
at 52913000 crash 1 1440 0
at 88873000 refuse 4 16666 1
at 89141000 clone 4 19826 0
at 98378000 wipe 1 17053 22849
)");
}

// A replica heard from the last primary of its shard only that another one was back, which it did
// not reach: it took that one for a primary without slots, and so took over none.
TEST_CASE("Demote, seed 1950010982", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1950010982
primaries 5
replicas 2
delay_least_us 500
delay_most_us 2500
spike_ms 200
disk_most_us 50000
codec 0
host_evidence 1
full_coverage 0
replica_migration 0
clients 0
client_pause_ms 50
wait_per_mille 100
danger_ms 110000
drill 0
at 1943000 cut 4 19050 0
at 11468000 cut_pair 7 2 27050
at 18068000 bump 2 0 0
at 31817000 failover 7 2 0
)");
}
