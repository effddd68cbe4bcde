// Seeds that failed because data was lost, or could have been.
#include <catch2/catch.hpp>

#include "tests/sim/kept_seeds.h"

using namespace grapevine::sim;

// A replica counted as synced because it had been, before it was primary.
TEST_CASE("ReplicaPrefix, seed 1242579474", "[sim][kept]") {
    nothing_is_violated(R"(
seed 1242579474
delay_least_us 5000
delay_most_us 25000
spike_ms 100
disk_most_us 50000
codec 0
clients 4
client_pause_ms 50
wait_per_mille 100
danger_ms 120000
at 56000 crash 0 8985 224
at 28533000 crash 3 22226 145
)");
}

// A replica that moves to a shard without one gives up nothing: those who stay have the writes.
TEST_CASE("NoWipe, seed 763", "[sim][kept]") {
    nothing_is_violated(R"(
seed 763
primaries 2
replicas 2
node_timeout_ms 2000
delay_least_us 5000
delay_most_us 50000
spike_ms 100
disk_most_us 500
codec 0
crash_evidence 0
replication_ping_ms 1000
client_pause_ms 1000
wait_per_mille 100
danger_ms 20000
drill 0
at 9003000 forget 4 3444 283
at 10307000 forget 2 1306 10
)");
}

// A primary that lost its keys came back while its replica was cut off from it, and had more than
// the replica by the time they met: then the shorter history goes, as nobody can have both.
TEST_CASE("NoWipe, seed 910000833", "[sim][kept]") {
    nothing_is_violated(R"(
seed 910000833
primaries 2
epochs_given 0
node_timeout_ms 500
delay_least_us 5000
delay_most_us 50000
spike_ms 400
disk_most_us 300000
codec 0
replication_ping_ms 1000
clients 4
client_pause_ms 1000
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 760000 crash 1 211 72
at 4858000 cut_pair 2 0 14068
at 10337000 cut_pair 2 0 16096
at 12358000 crash 0 6568 0
at 16175000 crash 3 7 239
)");
}

// A primary that had lost its keys was replaced, took a new epoch before it heard of that, and so
// won its slots back: its successor, and a replica that had followed that, gave up what they had.
TEST_CASE("NoWipe, seed 6100001264", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6100001264
primaries 4
replicas 2
node_timeout_ms 1000
delay_most_us 100
spike_per_mille 50
spike_ms 200
disk_most_us 300000
clock_ppm 100
codec 0
crash_evidence 0
validity_factor 1
replication_ping_ms 1000
clients 4
client_pause_ms 50
wait_per_mille 100
persists 0
danger_ms 30000
drill 0
at 16114000 cut_pair 4 0 6448
at 20884000 pause 8 1787 0
at 21036000 crash 0 577 0
at 23052000 bump 0 2062 30
)");
}

// A primary lost its keys while both who held them were cut off from it, and served with nothing.
TEST_CASE("NoWipe, seed 6100003016", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6100003016
replicas 2
delay_least_us 5000
delay_most_us 10000
spike_ms 400
disk_most_us 50000
codec 0
host_evidence 1
validity_factor 0
clients 1
client_pause_ms 1000
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 13153000 cut 450 27448 5882
at 15931000 power_off 4 6297 8927
)");
}

// FORCE came while the primary held its writes for an agreed failover: it does not wait for them.
TEST_CASE("ManualLossless, seed 6200000316", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6200000316
node_timeout_ms 1000
delay_least_us 5000
delay_most_us 25000
spike_ms 100
disk_most_us 50000
codec 0
replication_ping_ms 1000
clients 1
client_pause_ms 50
wait_per_mille 100
danger_ms 30000
drill 0
at 5425000 crash 2 1701 0
at 5935000 stall 1 4 1000
at 10940000 failover 3 0 0
at 10940000 failover 4 0 0
at 11620000 failover 4 1 0
)");
}

// A replica that kept what its primary had lost took over by agreement: what the primary had since
// was not in it, however many bytes it had.
TEST_CASE("ManualLossless, seed 6200000654", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6200000654
epochs_given 0
node_timeout_ms 200
delay_least_us 50
delay_most_us 100
spike_ms 100
disk_most_us 50000
codec 0
host_evidence 1
validity_factor 1
replication_ping_ms 1000
clients 4
client_pause_ms 50
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 4870000 cut_pair 3 0 2594
at 6958000 crash 0 308 0
at 10391000 failover 3 0 0
)");
}

// What a primary had sent before it lost its keys was confirmed to it afterwards, as if it were of
// its new history.
TEST_CASE("NoWipe, seed 6200000463", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6200000463
primaries 4
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
at 10684000 deaf 6 3221 1576
at 11040000 crash 2 7 0
)");
}

// BUMPEPOCH gave a primary the epoch in which its successor had been elected meanwhile. It came
// back without its keys, and the tie went to it.
TEST_CASE("NoWipe, seed 6340002580", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6340002580
node_timeout_ms 1000
delay_least_us 5000
delay_most_us 5000
spike_ms 200
disk_most_us 50000
codec 0
host_evidence 1
validity_factor 1
replication_ping_ms 1000
clients 1
client_pause_ms 50
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 15463000 cut 1 3480 0
at 15651000 cut_pair 3 0 5480
at 18286000 bump 0 0 0
at 21118000 cut_pair 3 0 13749
at 24618000 crash 0 10249 0
)");
}

// The same tie, with the replica cut off from its primary alone.
TEST_CASE("NoWipe, seed 4104892396", "[sim][kept]") {
    nothing_is_violated(R"(
seed 4104892396
epochs_given 0
node_timeout_ms 5000
delay_most_us 100
spike_ms 200
disk_most_us 50000
codec 0
host_evidence 1
full_coverage 0
validity_factor 0
clients 1
client_pause_ms 1000
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 125000 cut 1 7950 0
at 3838000 cut_pair 3 0 17950
at 7739000 bump 0 0 0
at 16954000 crash 0 1271 0
)");
}

// Keys do not survive a process: a successor lost them and was waiting for whoever has more. Its
// predecessor had them all, heard that it was deposed, and gave them up for nothing.
TEST_CASE("NoWipe, seed 6330000420", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6330000420
node_timeout_ms 1000
delay_least_us 50
delay_most_us 250
spike_ms 400
disk_most_us 50000
codec 0
host_evidence 1
full_coverage 0
replica_migration 0
replication_ping_ms 1000
clients 1
client_pause_ms 1000
wait_per_mille 100
callers 2
persists 0
danger_ms 30000
drill 0
at 4898000 refuse 0 2426 1
at 6478000 power_off 3 6 1970
)");
}

// A replica that had just begun to follow a successor heard that it had come back with nothing, and
// took the full sync that it had asked for all the same.
TEST_CASE("NoWipe, seed 6800001134", "[sim][kept]") {
    nothing_is_violated(R"(
seed 6800001134
primaries 4
replicas 2
node_timeout_ms 500
delay_least_us 500
delay_most_us 5000
spike_ms 400
disk_most_us 300000
codec 0
host_evidence 1
validity_factor 0
clients 1
client_pause_ms 200
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 15865000 crash 1 1308 0
at 15907000 pause 9 1724 0
at 17658000 crash 5 7 0
)");
}

// A replica followed its primary before that one had told its shard: it kept a shard of its own,
// and took the same primary for a stranger's later on.
TEST_CASE("NoWipe, seed 31002823", "[sim][kept]") {
    nothing_is_violated(R"(
seed 31002823
primaries 2
node_timeout_ms 200
delay_least_us 5000
delay_most_us 5000
spike_ms 100
codec 0
host_evidence 1
full_coverage 0
validity_factor 1
replication_ping_ms 1000
clients 1
client_pause_ms 200
wait_per_mille 100
persists 0
danger_ms 120000
drill 0
at 3233000 crash 1 452 0
at 3233000 slow_disk 3 6000 375
at 4122000 bump 1 0 0
)");
}

// The same, with one primary.
TEST_CASE("NoWipe, seed 32000003", "[sim][kept]") {
    nothing_is_violated(R"(
seed 32000003
primaries 1
epochs_given 0
node_timeout_ms 200
delay_least_us 500
delay_most_us 5000
spike_per_mille 50
spike_ms 200
disk_most_us 300000
codec 0
crash_evidence 0
replication_ping_ms 1000
clients 1
client_pause_ms 50
wait_per_mille 500
persists 0
danger_ms 30000
drill 0
at 1046000 crash 0 367 0
at 1046000 slow_disk 1 6000 494
at 2233000 bump 0 0 0
)");
}

// A replica that had migrated did not have what the others of its new shard had confirmed: the
// simulator counted only as many as the shard was founded with.
TEST_CASE("AckedDurable, seed 31000891", "[sim][kept]") {
    nothing_is_violated(R"(
seed 31000891
replicas 2
node_timeout_ms 5000
delay_least_us 50
delay_most_us 250
spike_ms 100
disk_most_us 500
codec 0
host_evidence 1
replication_ping_ms 1000
clients 1
client_pause_ms 50
wait_per_mille 100
danger_ms 120000
drill 0
at 9315000 cut 413 3332 2997
at 24307000 cut 347 10625 1417
at 50994000 cut_from 217 14166 170
)");
}

// A replica that hears all others late keeps what its primary lost, and gives it up in the end.
// With other heartbeats nothing happens to this plan any more.
TEST_CASE("NoWipe, seed 6200000463 again", "[sim][kept]") {
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
TEST_CASE("NoWipe, seed 31000676", "[sim][kept]") {
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
TEST_CASE("NoWipe, seed 170073021", "[sim][kept]") {
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
