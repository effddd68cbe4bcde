"""Which node serves which key, and what the others answer."""

import unittest

from tests.support.case import ProcessTest
from tests.support.cluster import Cluster, give_slots, node_id
from tests.support.waiting import eventually

# Keys whose slots lie on the first, second and third of three primaries.
FIRST, SECOND, THIRD = "bar", "c", "foo"
FIRST_SLOT, THIRD_SLOT = 5061, 12182


class ClusterOfThree(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.cluster = Cluster(lab, primaries=3, replicas=1)
        cls.first, cls.second, cls.third = cls.cluster.nodes[:3]
        for key in [FIRST, SECOND, THIRD]:
            cls.cluster.call("SET", key, "x")
        eventually(lambda: all(len(entry) == 4 for entry in cls.first.call("CLUSTER", "SLOTS")),
                   "the first node has heard that the replicas have data")


class Routing(ClusterOfThree):
    def test_a_primary_serves_the_keys_of_its_slots(self):
        self.assertEqual(self.third.call("SET", "foo", "1"), "OK")
        self.assertEqual(self.third.call("GET", "foo"), "1")

    def test_another_primary_answers_moved_with_slot_and_address(self):
        reply = self.connect(self.first).ask("GET", "foo")
        self.assert_error(reply, f"MOVED 12182 127.0.0.1:{self.third.port}")

    def test_a_hash_tag_decides_the_slot(self):
        slot = self.first.call("CLUSTER", "KEYSLOT", "any{foo}thing")
        self.assertEqual(slot, 12182)
        self.assertEqual(self.third.call("MSET", "a{foo}", "1", "b{foo}", "2"), "OK")

    def test_keys_of_two_slots_are_refused(self):
        reply = self.connect(self.third).ask("MGET", "foo", "bar")
        self.assert_error(reply, "CROSSSLOT Keys in request don't hash to the same slot")

    def test_a_transaction_with_a_foreign_key_is_aborted(self):
        connection = self.connect(self.third)
        connection.call("MULTI")
        self.assertEqual(connection.call("SET", "foo", "2"), "QUEUED")
        self.assert_error(connection.ask("SET", "bar", "2"), "MOVED 5061")
        self.assert_error(connection.ask("EXEC"), "EXECABORT")

    def test_a_command_without_keys_is_served_everywhere(self):
        for node in self.cluster.nodes:
            self.assertEqual(node.call("PING"), "PONG")

    def test_select_knows_only_database_zero(self):
        connection = self.connect(self.first)
        self.assertEqual(connection.call("SELECT", "0"), "OK")
        self.assert_error(connection.ask("SELECT", "1"),
                          "ERR SELECT is not allowed in cluster mode")

    def test_replicaof_is_refused_in_cluster_mode(self):
        reply = self.connect(self.first).ask("REPLICAOF", "127.0.0.1", self.second.port)
        self.assert_error(reply, "ERR REPLICAOF not allowed in cluster mode.")


class Replicas(ClusterOfThree):
    def setUp(self):
        super().setUp()
        self.replica = self.cluster.replica_of(self.third)

    def test_a_replica_answers_a_read_with_its_primarys_address(self):
        reply = self.connect(self.replica).ask("GET", "foo")
        self.assert_error(reply, f"MOVED 12182 127.0.0.1:{self.third.port}")

    def test_a_replica_serves_reads_after_readonly(self):
        self.third.call("SET", "foo", "seen")
        connection = self.connect(self.replica)
        self.assertEqual(connection.call("READONLY"), "OK")
        eventually(lambda: connection.call("GET", "foo") == "seen", "the replica has the write")

    def test_readwrite_ends_readonly(self):
        connection = self.connect(self.replica)
        connection.call("READONLY")
        self.assertEqual(connection.call("READWRITE"), "OK")
        self.assert_error(connection.ask("GET", "foo"), "MOVED 12182")

    def test_a_replica_answers_a_write_with_its_primarys_address_even_after_readonly(self):
        connection = self.connect(self.replica)
        connection.call("READONLY")
        reply = connection.ask("SET", "foo", "1")
        self.assert_error(reply, f"MOVED 12182 127.0.0.1:{self.third.port}")

    def test_a_replica_sends_other_shards_keys_to_their_primary(self):
        connection = self.connect(self.replica)
        connection.call("READONLY")
        self.assert_error(connection.ask("GET", "bar"), f"MOVED 5061 127.0.0.1:{self.first.port}")


class ClusterCommands(ClusterOfThree):
    def test_cluster_info_counts_slots_nodes_and_primaries(self):
        text = self.first.call("CLUSTER", "INFO")
        for line in ["cluster_state:ok", "cluster_slots_assigned:16384", "cluster_slots_ok:16384",
                     "cluster_known_nodes:6", "cluster_size:3"]:
            self.assertIn(line, text.splitlines())

    def test_cluster_slots_names_primaries_and_replicas(self):
        entries = self.first.call("CLUSTER", "SLOTS")
        self.assertEqual(sorted(entry[:2] for entry in entries),
                         [[0, 5460], [5461, 10921], [10922, 16383]])
        for first, _, primary, replica in entries:
            self.assertEqual(primary[0], "127.0.0.1")
            self.assertIn(primary[1], self.cluster.ports()[:3])
            self.assertIn(replica[1], self.cluster.ports()[3:])
            self.assertEqual(len(primary[2]), 40)

    def test_cluster_shards_gives_slots_and_nodes_of_each_shard(self):
        shards = [_pairs(shard) for shard in self.first.call("CLUSTER", "SHARDS")]
        self.assertEqual(len(shards), 3)
        for shard in shards:
            nodes = [_pairs(node) for node in shard["nodes"]]
            self.assertEqual(sorted(node["role"] for node in nodes), ["master", "replica"])
            self.assertEqual({node["health"] for node in nodes}, {"online"})
            self.assertEqual(len(shard["slots"]), 2)

    def test_cluster_nodes_marks_the_answering_node(self):
        lines = self.second.call("CLUSTER", "NODES").splitlines()
        own = next(line for line in lines if "myself" in line)
        identity, address, flags, primary, ping, _, epoch, link, slots = own.split(" ")
        self.assertEqual(identity, node_id(self.second))
        self.assertEqual(address, f"127.0.0.1:{self.second.port}@{self.second.port + 10000}")
        self.assertEqual((flags, primary, ping, link), ("myself,master", "-", "0", "connected"))
        # Its own, 2, or a later one: a newcomer may have chosen the same before it had heard of it.
        self.assertGreaterEqual(int(epoch), 2)
        self.assertEqual(slots, "5461-10921")

    def test_cluster_replicas_lists_the_replicas_of_a_primary(self):
        lines = self.first.call("CLUSTER", "REPLICAS", node_id(self.third))
        self.assertEqual(len(lines), 1)
        self.assertIn(f":{self.cluster.replica_of(self.third).port}@", lines[0])

    def test_keys_of_a_slot_are_counted_and_listed(self):
        self.first.call("MSET", "{bar}1", "x", "{bar}2", "y")
        keys = self.first.call("CLUSTER", "GETKEYSINSLOT", FIRST_SLOT, 10)
        self.assertEqual(self.first.call("CLUSTER", "COUNTKEYSINSLOT", FIRST_SLOT), len(keys))
        self.assertLessEqual({"{bar}1", "{bar}2"}, set(keys))

    def test_an_assigned_slot_cannot_be_added_again(self):
        reply = self.connect(self.first).ask("CLUSTER", "ADDSLOTS", THIRD_SLOT)
        self.assert_error(reply, "ERR Slot 12182 is already busy")

    def test_an_unknown_node_cannot_be_replicated(self):
        reply = self.connect(self.first).ask("CLUSTER", "REPLICATE", "0" * 40)
        self.assert_error(reply, f"ERR Unknown node {'0' * 40}")

    def test_a_node_does_not_forget_itself(self):
        reply = self.connect(self.first).ask("CLUSTER", "FORGET", node_id(self.first))
        self.assert_error(reply, "ERR I tried hard but I can't forget myself...")

    def test_an_unknown_subcommand_is_named(self):
        reply = self.connect(self.first).ask("CLUSTER", "NONSENSE")
        self.assert_error(reply, "ERR unknown subcommand 'NONSENSE'.")

    def test_links_go_both_ways_to_every_other_node(self):
        links = [_pairs(link) for link in self.first.call("CLUSTER", "LINKS")]
        others = {node_id(node) for node in self.cluster.nodes[1:]}
        for direction in ["to", "from"]:
            self.assertEqual({link["node"] for link in links if link["direction"] == direction},
                             others)


class DownCluster(ProcessTest):
    def test_a_node_without_slots_says_that_the_slot_is_not_served(self):
        node = self.lab.cluster_node()
        with node.connect() as connection:
            self.assert_error(connection.ask("GET", "foo"), "CLUSTERDOWN Hash slot not served")

    def test_a_missing_slot_stops_the_cluster_by_default(self):
        node = self.lab.cluster_node()
        node.call("CLUSTER", "ADDSLOTSRANGE", 0, 16000)
        eventually(lambda: "cluster_slots_assigned:16001" in node.call("CLUSTER", "INFO"),
                   "the slots are assigned")
        with node.connect() as connection:
            self.assert_error(connection.ask("GET", "foo"), "CLUSTERDOWN")

    def test_without_full_coverage_the_other_slots_are_served(self):
        node = self.lab.cluster_node(cluster_require_full_coverage="no")
        node.call("CLUSTER", "ADDSLOTSRANGE", 0, 16000)
        eventually(lambda: node.call("SET", "foo", "1") == "OK", "an assigned slot is served")

    def test_a_single_node_with_all_slots_is_a_cluster(self):
        node = self.lab.cluster_node()
        give_slots([node])
        eventually(lambda: node.call("SET", "foo", "1") == "OK", "all slots are served")

    def test_a_reset_node_forgets_its_slots(self):
        node = self.lab.cluster_node()
        give_slots([node])
        before = node_id(node)
        node.call("CLUSTER", "RESET", "HARD")
        self.assertIn("cluster_slots_assigned:0", node.call("CLUSTER", "INFO"))
        self.assertNotEqual(node_id(node), before)

    def test_a_restarted_node_keeps_its_identity_and_slots(self):
        node = self.lab.cluster_node()
        give_slots([node])
        before = node_id(node)
        node.restart()
        self.assertEqual(node_id(node), before)
        eventually(lambda: node.call("SET", "foo", "1") == "OK", "its slots are served again")


def _pairs(flat):
    """A flat array of names and values as a dictionary."""
    return dict(zip(flat[::2], flat[1::2]))


if __name__ == "__main__":
    unittest.main()
