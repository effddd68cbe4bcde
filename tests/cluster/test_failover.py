"""What happens to a shard whose primary dies, stalls, comes back or hands over."""

import json
import shutil
import sys
import time
import unittest

from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import (FAILOVER_SECONDS, Cluster, accepts_writes, is_in_sync, meet,
                                   node_id, primary_port, role, slot_owners)
from tests.support.resp import ReplyError, encode
from tests.support.slots import copy_keys, open_slot, slot_of
from tests.support.waiting import eventually, stays_true

# "foo" lies on the third of three primaries.
KEY = "foo"


def history(node):
    """The events of CLUSTER HISTORY as dictionaries, newest first."""
    events = node.call("CLUSTER", "HISTORY", 100)
    return [dict(zip(event[::2], event[1::2])) for event in events]


class Failover(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1)
        self.primary = self.cluster.nodes[2]
        self.replica = self.cluster.replica_of(self.primary)

    def test_a_killed_primary_is_replaced_and_no_replicated_key_is_lost(self):
        self.write_replicated(300)
        killed_at = time.monotonic()
        self.primary.kill()
        self.wait_for_promotion()
        milliseconds = (time.monotonic() - killed_at) * 1000
        print(f"kill -9 to the first accepted write: {milliseconds:.0f} ms", file=sys.stderr)
        self.assert_keys(self.replica, 300)

    @grapevine_only("CLUSTER HISTORY and DEBUG GOSSIP are ours")
    def test_the_history_of_a_failover_names_who_accused_and_who_voted(self):
        voters = {node_id(node) for node in self.cluster.nodes[:2]}
        lost = node_id(self.primary)
        self.primary.kill()
        self.wait_for_promotion()
        won = self.event("election won")
        self.assertEqual(won["node"], lost)
        self.assertEqual(set(won["detail"].split(": ")[1].split()), voters)
        # Whoever heard both accusations first tells the others: a replica, too.
        failed = [event for node in self.cluster.running() for event in history(node)
                  if event["event"] == "peer failed" and "accuse" in event["detail"]]
        self.assertEqual(set(failed[0]["detail"].split(": ")[1].split()), voters)
        belief = json.loads(self.replica.call("DEBUG", "GOSSIP"))
        self.assertIn("failed", next(m for m in belief["members"] if m["id"] == lost)["flags"])

    @grapevine_only("a server without MIGRATE")
    def test_a_slot_can_be_taken_whose_source_dies_in_the_middle_of_its_move(self):
        self.write_replicated(3)
        target, slot = self.cluster.nodes[0], slot_of(self.primary, KEY)
        open_slot(slot, self.primary, target)
        copy_keys(slot, self.primary, target)
        self.primary.kill()
        self.wait_for_promotion()
        eventually(lambda: slot_owners(target)[slot] == self.replica.port,
                   "the target has heard of the source's successor")
        target.call("CLUSTER", "SETSLOT", slot, "NODE", node_id(target))
        for node in self.cluster.running():
            eventually(lambda: slot_owners(node)[slot] == target.port, "the slot has moved")
        self.assert_keys(target, 3)

    def event(self, name):
        return next(event for event in history(self.replica) if event["event"] == name)

    def test_a_returning_primary_becomes_a_replica_and_takes_the_data(self):
        self.write_replicated(100)
        self.primary.kill()
        self.wait_for_promotion()
        for i in range(100, 200):
            self.replica.call("SET", f"{{foo}}{i}", i)
        self.primary.start()
        eventually(lambda: role(self.primary) == "slave", "the old primary is a replica", 30)
        self.assertEqual(primary_port(self.primary), self.replica.port)
        self.cluster.wait_until_healthy()
        self.assert_same_data(self.primary, self.replica)

    @grapevine_only("a Redis primary that is back at once with no data empties its replica")
    def test_a_primary_that_comes_back_at_once_without_data_does_not_cost_the_replicas_data(self):
        self.write_replicated(100)
        self.primary.restart()
        self.cluster.wait_until_healthy()
        owners = [node for node in self.cluster.primaries() if accepts_writes(node, KEY)]
        self.assertEqual(len(owners), 1)
        self.assert_keys(owners[0], 100)

    @grapevine_only("a Redis primary that is back without its data empties its replica")
    def test_a_primary_that_comes_back_unnoticed_without_data_is_replaced(self):
        self.write_replicated(100)
        self.set_everywhere("cluster-crash-evidence", "no")  # Its death itself is noticed by nobody.
        self.primary.restart()
        self.wait_for_promotion()
        self.assert_keys(self.replica, 100)
        eventually(lambda: role(self.primary) == "slave", "the old primary is a replica", 30)
        self.cluster.wait_until_healthy()
        self.assert_same_data(self.primary, self.replica)
        self.assertTrue(self.has_kept_data())

    @grapevine_only("a Redis primary that was replaced gives up its data whatever its successor has")
    def test_a_replaced_primary_wins_back_from_a_successor_that_has_lost_the_data(self):
        self.write_replicated(100)
        self.assert_wins_back_from_a_successor_with(keys=0)

    @grapevine_only("a Redis primary gives up its data whatever its successor has")
    def test_a_replaced_primary_wins_back_from_a_successor_that_has_an_older_copy(self):
        self.write_replicated(50)
        self.assertEqual(self.replica.call("SAVE"), "OK")
        self.write_replicated(100)
        self.assert_wins_back_from_a_successor_with(keys=50)

    def assert_wins_back_from_a_successor_with(self, keys):
        self.set_everywhere("cluster-node-timeout", 2000)
        self.primary.pause()
        self.wait_for_promotion()
        self.replica.restart()
        self.assertEqual(self.replica.call("DBSIZE"), keys)
        self.primary.resume()
        eventually(lambda: accepts_writes(self.primary, KEY), "it takes writes again", 30)
        self.assert_keys(self.primary, 100)
        eventually(lambda: role(self.replica) == "slave", "its successor is a replica again", 30)
        self.cluster.wait_until_healthy()
        self.assert_same_data(self.primary, self.replica)
        self.assertEqual(list(self.primary.directory.glob("lost-writes-*")), [])

    @grapevine_only("a Redis replica takes what its primary offers")
    def test_when_all_of_a_shard_restart_the_newest_copy_wins(self):
        self.write_replicated(50)
        self.assertEqual(self.primary.call("SAVE"), "OK")
        self.assert_the_replicas_copy_wins()

    @grapevine_only("a Redis primary without data empties its replica, whatever that had saved")
    def test_when_all_of_a_shard_restart_a_copy_wins_over_none(self):
        self.assert_the_replicas_copy_wins()

    def save_on_the_replica_and_kill_both(self):
        self.write_replicated(100)
        self.assertEqual(self.replica.call("SAVE"), "OK")
        self.primary.kill()
        self.replica.kill()

    def assert_the_replicas_copy_wins(self):
        self.save_on_the_replica_and_kill_both()
        self.primary.start()
        self.replica.start()
        eventually(lambda: accepts_writes(self.replica, KEY), "the newest copy takes over", 30)
        self.assert_keys(self.replica, 100)
        self.cluster.wait_until_healthy()
        self.assert_same_data(self.primary, self.replica)

    @grapevine_only("a Redis primary gives its replicas whatever it has")
    def test_a_copy_gives_way_to_what_a_primary_without_any_has_written_since(self):
        self.save_on_the_replica_and_kill_both()
        self.primary.start()
        eventually(lambda: accepts_writes(self.primary, KEY), "it serves with nothing", 30)
        self.primary.call("SET", KEY, "new")
        self.replica.start()
        self.cluster.wait_until_healthy()
        self.assertEqual(role(self.primary), "master")
        self.assert_same_data(self.primary, self.replica)

    @grapevine_only("grapevine_saved_offset is ours")
    def test_what_nodes_say_to_each_other_makes_no_older_copy_newer(self):
        sibling = self.lab.cluster_node()
        meet([self.primary, sibling])
        self.cluster.nodes.append(sibling)
        self.cluster.wait_until_agreed()
        sibling.call("CLUSTER", "REPLICATE", node_id(self.primary))
        eventually(lambda: is_in_sync(sibling), "there are two replicas")
        self.write_replicated(50, replicas=2)
        for node in (sibling, self.primary):
            self.assertEqual(node.call("SAVE"), "OK")
        self.write_replicated(100, replicas=2)
        self.assertEqual(self.replica.call("SAVE"), "OK")
        for node in (self.primary, sibling, self.replica):
            node.kill()
        self.primary.start()
        sibling.start()
        self.primary.call("CONFIG", "SET", "repl-ping-replica-period", 1)
        eventually(self.primary_has_said_something, "it has said PING")
        self.replica.start()
        eventually(lambda: accepts_writes(self.replica, KEY), "the newest copy takes over", 30)
        self.assert_keys(self.replica, 100)
        self.assertNotIn("grapevine_saved_offset", self.replica.info("replication"))

    def primary_has_said_something(self):
        """And it knows that this was no write."""
        fields = self.primary.info("replication")
        return int(fields["master_repl_offset"]) > int(fields["grapevine_saved_offset"])

    @grapevine_only("a Redis replica takes what its primary offers")
    def test_a_replica_of_an_idle_primary_that_starts_again_stays_one(self):
        self.set_everywhere("cluster-crash-evidence", "no")
        self.write_replicated(50)
        self.assertEqual(self.primary.call("SAVE"), "OK")
        self.primary.restart()
        self.cluster.wait_until_healthy()
        self.primary.call("CONFIG", "SET", "repl-ping-replica-period", 1)
        eventually(self.primary_has_said_something, "it has said PING")
        self.assertEqual(self.replica.call("SAVE"), "OK")
        self.replica.restart()
        self.cluster.wait_until_healthy()
        self.assertEqual(role(self.primary), "master")
        self.assertFalse(self.has_kept_data())

    @grapevine_only("a Redis replica takes what its primary offers")
    def test_a_replica_that_may_not_take_over_follows_again_once_its_primary_was_written_to(self):
        self.save_on_the_replica_and_kill_both()
        self.replica.options["cluster-replica-no-failover"] = "yes"
        self.primary.start()
        self.replica.start()
        eventually(self.has_kept_data, "it keeps what it has", 30)
        self.assertEqual(self.replica.call("DBSIZE"), 100)
        eventually(lambda: accepts_writes(self.primary, KEY), "its primary serves", 60)
        self.primary.call("SET", KEY, "new")
        eventually(lambda: is_in_sync(self.replica), "it follows", 30)
        self.assert_same_data(self.primary, self.replica)

    @grapevine_only("a Redis replica takes what its primary offers")
    def test_a_primary_without_data_that_saves_that_and_starts_again_has_none(self):
        self.save_on_the_replica_and_kill_both()
        self.primary.start()
        self.assertEqual(self.primary.call("SAVE"), "OK")
        self.primary.restart()
        self.replica.start()
        eventually(lambda: accepts_writes(self.replica, KEY), "the newest copy takes over", 30)
        self.assert_keys(self.replica, 100)

    @grapevine_only("a Redis replica takes what its primary offers")
    def test_when_all_of_a_shard_restart_the_newest_copy_wins_over_one_of_an_earlier_reign(self):
        self.write_replicated(50)
        self.assertEqual(self.replica.call("SAVE"), "OK")
        self.primary.kill()
        self.wait_for_promotion()
        self.primary.start()
        self.cluster.wait_until_healthy()
        self.primary, self.replica = self.replica, self.primary
        self.assert_the_replicas_copy_wins()

    @grapevine_only("a Redis primary gives its replicas whatever it finds on its disk")
    def test_a_primary_that_finds_another_shards_copy_does_not_cost_the_replicas_data(self):
        self.set_everywhere("cluster-crash-evidence", "no")  # Its death itself is noticed by nobody.
        self.write_replicated(100)
        other = self.cluster.nodes[0]
        for i in range(300):  # "b" lies on the first.
            other.call("SET", f"{{b}}{i}", i)
        self.assertEqual(other.call("SAVE"), "OK")
        self.primary.kill()
        shutil.copy(other.directory / "dump.rdb", self.primary.directory)
        self.primary.start()
        self.wait_for_promotion()
        self.assert_keys(self.replica, 100)
        self.cluster.wait_until_healthy()
        self.assert_same_data(self.primary, self.replica)

    @grapevine_only("DEBUG GOSSIP is ours")
    def test_the_bus_knows_at_once_that_a_replica_is_in_step(self):
        self.write_replicated(10)
        prompt = 0
        for _ in range(10):
            self.replica.restart()
            self.assertEqual(self.primary.call("WAIT", 1, 10_000), 1)
            prompt += self.own_belief(self.replica)["offset"] > 0
        self.assertGreater(prompt, 5)  # Each tenth of a second, by chance, would make one or two.

    def own_belief(self, node):
        """What DEBUG GOSSIP says of the node itself."""
        members = json.loads(node.call("DEBUG", "GOSSIP"))["members"]
        return next(member for member in members if "myself" in member["flags"])

    @grapevine_only("a Redis replica takes what its primary offers")
    def test_a_replica_keeps_its_data_when_another_primary_of_its_shard_has_none(self):
        second = self.add_replica_of(self.primary)
        self.write_replicated(100, replicas=2)
        self.primary.kill()
        successor, other = eventually(
            lambda: [(one, rest) for one, rest in ((self.replica, second), (second, self.replica))
                     if accepts_writes(one, KEY)], "one of them takes over", FAILOVER_SECONDS)[0]
        self.assertEqual(successor.call("SET", "{foo}0", 0), "OK")
        eventually(lambda: successor.call("WAIT", 1, 1000) == 1, "the other replica is in step")
        successor.pause()
        self.primary.start()
        eventually(lambda: role(self.primary) == "slave", "the old primary is a replica", 30)
        self.assertEqual(self.primary.call("CLUSTER", "FAILOVER", "TAKEOVER"), "OK")
        eventually(lambda: accepts_writes(other, KEY), "who has the data takes over", 30)
        self.assert_keys(other, 100)
        successor.resume()
        self.cluster.wait_until_healthy()
        self.assert_same_data(self.primary, other)
        self.assert_same_data(successor, other)

    @grapevine_only("a Redis replica takes what its primary offers")
    def test_a_replica_that_may_not_take_over_keeps_its_data_until_it_is_ordered_to_follow(self):
        self.write_replicated(100)
        self.replica.call("CONFIG", "SET", "cluster-replica-no-failover", "yes")
        self.primary.restart()
        eventually(lambda: "keeps its own" in self.replica.log(), "the replica refuses", 30)
        self.assertEqual(self.replica.call("DBSIZE"), 100)
        self.assertEqual(list(self.replica.directory.glob("lost-writes-*")), [])
        self.assertEqual(self.replica.call("CLUSTER", "REPLICATE", node_id(self.primary)), "OK")
        eventually(lambda: self.replica.call("DBSIZE") == 0, "the order is obeyed", 30)

    def test_an_order_to_follow_is_obeyed_once_the_primary_is_back(self):
        self.write_replicated(50)
        self.assertEqual(self.primary.call("SAVE"), "OK")
        self.write_replicated(100)
        self.replica.call("CONFIG", "SET", "cluster-replica-no-failover", "yes")
        name = node_id(self.primary)
        self.primary.kill()
        eventually(lambda: self.replica.info("replication")["master_link_status"] == "down",
                   "the replica has noticed", 30)
        self.assertEqual(self.replica.call("CLUSTER", "REPLICATE", name), "OK")
        self.primary.start()
        eventually(lambda: self.replica.call("DBSIZE") == 50, "the order is obeyed", 30)

    @grapevine_only("Redis takes until the node timeout to replace it")
    def test_a_replica_need_not_take_everything_from_a_primary_that_has_saved_at_its_end(self):
        self.write_replicated(100)
        self.replica.call("CONFIG", "SET", "cluster-replica-no-failover", "yes")
        self.primary.call("CONFIG", "SET", "save", "3600 1")
        self.primary.terminate()
        self.primary.start()
        self.cluster.wait_until_healthy()
        self.assertEqual(self.primary.info("stats")["sync_full"], "0")
        self.assertEqual(self.primary.info("stats")["sync_partial_ok"], "1")
        self.assert_same_data(self.primary, self.replica)

    def test_a_replica_that_restarts_from_its_own_snapshot_takes_only_the_rest(self):
        self.write_replicated(100)
        for i in range(50):
            self.primary.call("SET", f"{{foo}}short{i}", i, "PX", 300)
        self.assertEqual(self.primary.call("WAIT", 1, 10_000), 1)
        self.assertEqual(self.replica.call("SAVE"), "OK")
        self.replica.kill()
        eventually(lambda: self.primary.call("DBSIZE") == 100, "the short-lived keys are gone")
        before = self.primary.info("stats")
        self.replica.start()
        eventually(lambda: self.primary.info("stats")["sync_partial_ok"] > before["sync_partial_ok"],
                   "it takes the rest")
        self.assertEqual(self.primary.info("stats")["sync_full"], before["sync_full"])
        self.assert_same_data(self.primary, self.replica)
        self.assertEqual(self.replica.call("DBSIZE"), 100)
        self.assertEqual(list(self.replica.directory.glob("lost-writes-*")), [])

    @grapevine_only("a Redis replica names its primary once it has heard of it")
    def test_a_restarted_replica_is_one_from_its_first_answer_on(self):
        self.write_replicated(10)
        for _ in range(20):
            self.replica.restart()
            facts = self.replica.info("replication")
            self.assertEqual((facts["role"], facts.get("master_port")),
                             ("slave", str(self.primary.port)))
            self.assertEqual(self.replica.call("ROLE")[0], "slave")

    def test_a_primary_whose_replica_died_gets_one_of_a_shard_that_can_spare_it(self):
        donor = self.cluster.nodes[1]
        spare = self.add_replica_of(donor)
        self.replica.kill()
        # The one with the smallest name goes.
        movers = sorted((spare, self.cluster.replica_of(donor)), key=node_id)
        eventually(lambda: any(primary_port(node) == self.primary.port for node in movers),
                   "a replica moves", FAILOVER_SECONDS + 20)
        self.cluster.wait_until_healthy()
        self.assertEqual(self.cluster.replica_of(donor).is_running(), True)

    def set_everywhere(self, directive, value):
        for node in self.cluster.nodes:
            self.assertEqual(node.call("CONFIG", "SET", directive, value), "OK")
            node.call("DEBUG", "GOSSIP")  # Answered by the bus, which has taken it in by then.

    def test_a_manual_failover_loses_no_write(self):
        written = 0
        self.replica.call("CLUSTER", "FAILOVER")
        while role(self.replica) != "master":
            written += self.try_to_write(written)
        for _ in range(100):
            written += self.try_to_write(written)
        self.cluster.wait_until_healthy()
        self.assertEqual(role(self.primary), "slave")
        self.assert_keys(self.replica, written)

    def test_a_process_that_stops_for_less_than_the_timeout_stays_primary(self):
        epoch = self.config_epoch()
        self.primary.pause()
        stays_true(lambda: role(self.replica) == "slave", "the replica waits", during=3)
        self.primary.resume()
        stays_true(lambda: role(self.replica) == "slave", "the replica is a replica", during=2)
        self.assertEqual(self.primary.call("SET", KEY, "1"), "OK")
        self.assertEqual(self.config_epoch(), epoch)

    @grapevine_only("a Redis primary that wakes up takes writes until it hears of its successor")
    def test_a_primary_that_was_replaced_while_it_stood_still_confirms_no_write(self):
        self.set_everywhere("cluster-node-timeout", 2000)
        with self.primary.connect() as waiting:
            self.primary.pause()
            waiting.send(encode("SET", KEY, "too late"))
            eventually(lambda: accepts_writes(self.replica, KEY), "the replica takes writes", 20)
            self.primary.resume()
            reply = waiting.read()
        self.assertIsInstance(reply, ReplyError)
        self.cluster.wait_until_healthy()
        self.assertEqual(self.replica.call("GET", KEY), "1")

    def test_a_shard_without_replica_takes_the_cluster_down_until_it_is_back(self):
        self.replica.kill()
        self.primary.kill()
        first = self.cluster.nodes[0]
        eventually(lambda: "cluster_state:fail" in first.call("CLUSTER", "INFO"), "it fails",
                   FAILOVER_SECONDS)
        with first.connect() as connection:
            self.assert_error(connection.ask("SET", "bar", "1"), "CLUSTERDOWN The cluster is down")
        self.primary.start()
        self.replica.start()
        self.cluster.wait_until_healthy()
        self.assertEqual(first.call("SET", "bar", "1"), "OK")

    def add_replica_of(self, primary):
        node = self.lab.cluster_node()
        meet([self.primary, node])
        self.cluster.nodes.append(node)
        self.cluster.wait_until_agreed()
        node.call("CLUSTER", "REPLICATE", node_id(primary))
        self.cluster.wait_until_healthy()
        return node

    def has_kept_data(self):
        return any(event["event"] == "data kept from a primary that lost it"
                   for event in history(self.replica))

    def write_replicated(self, count, replicas=1):
        with self.primary.connect() as connection:
            for i in range(count):
                connection.call("SET", f"{{foo}}{i}", i)
            self.assertEqual(connection.call("WAIT", replicas, 10000), replicas)

    def wait_for_promotion(self):
        eventually(lambda: accepts_writes(self.replica, KEY), "the replica takes writes",
                   FAILOVER_SECONDS)

    def try_to_write(self, i):
        """1 when the cluster confirmed the write of key i, else 0."""
        try:
            return 1 if self.cluster.call("SET", f"{{foo}}{i}", i) == "OK" else 0
        except (OSError, ReplyError):
            return 0

    def assert_keys(self, node, count):
        keys = [f"{{foo}}{i}" for i in range(count)]
        self.assertEqual(node.call("MGET", *keys), [str(i) for i in range(count)])

    def assert_same_data(self, one, other):
        eventually(lambda: one.digest() == other.digest(),
                   f"the nodes on {one.port} and {other.port} hold the same data")

    def config_epoch(self):
        lines = self.cluster.nodes[0].call("CLUSTER", "NODES").splitlines()
        return next(line.split(" ")[6] for line in lines if node_id(self.primary) in line)


if __name__ == "__main__":
    unittest.main()
