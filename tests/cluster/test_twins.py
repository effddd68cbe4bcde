"""A copy of a running node's directory is started elsewhere: it has the node's name, and must not have its
place."""

import shutil
import unittest

from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import FAILOVER_SECONDS, Cluster, accepts_writes, missed_by, node_id, role
from tests.support.waiting import eventually, stays_true

KEY = "foo"  # On the third of three primaries.
NODE_TIMEOUT_MS = 2000
WATCH_SECONDS = 10


@grapevine_only("a Redis Cluster takes the copy for the node, and the node for the copy")
class Twins(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1,
                               cluster_node_timeout=NODE_TIMEOUT_MS)
        self.original = self.cluster.nodes[2]
        self.others = [node for node in self.cluster.nodes if node is not self.original]

    def start_copy_of(self, node):
        copy = self.lab.node(**{name.replace("-", "_"): value
                                for name, value in node.options.items()})
        shutil.copytree(node.directory, copy.directory, dirs_exist_ok=True)
        copy.log_path.unlink()
        return copy.start()

    def all_find(self, node):
        name = node_id(node)
        return all(f"{name} {node.address}@" in peer.call("CLUSTER", "NODES")
                   for peer in self.others)

    def tells_of(self, copy):
        """The history of the others says where the copy is."""
        text = f"another process at {copy.address} uses its name"
        return all(text in str(peer.call("CLUSTER", "HISTORY")) and text in peer.log()
                   for peer in self.others)

    def test_a_copy_of_a_running_primary_never_accepts_a_write(self):
        self.original.call("SET", KEY, "before")
        copy = self.start_copy_of(self.original)
        self.assertEqual(node_id(copy), node_id(self.original))
        stays_true(lambda: not accepts_writes(copy, KEY) and accepts_writes(self.original, KEY)
                   and self.all_find(self.original),
                   "only the original accepts writes, and all find it where it is", WATCH_SECONDS)
        self.assertTrue(self.tells_of(copy))
        self.assertIn(f"another process at {self.original.address} has this node's name", copy.log())
        self.cluster.wait_until_healthy()

    def test_a_copy_stays_out_when_the_original_dies_until_it_is_started_again(self):
        replica = self.cluster.replica_of(self.original)
        copy = self.start_copy_of(self.original)
        eventually(lambda: self.tells_of(copy), "all say that there is a copy")
        self.original.kill()
        eventually(lambda: accepts_writes(replica, KEY), "the replica takes over", FAILOVER_SECONDS)
        stays_true(lambda: not accepts_writes(copy, KEY) and role(replica) == "master",
                   "the copy stays out", 2 * NODE_TIMEOUT_MS / 1000)
        copy.restart()
        eventually(lambda: self.all_find(copy) and role(copy) == "slave",
                   "it comes back as the node, and follows its successor")
        self.assertFalse(accepts_writes(copy, KEY))

    def test_a_copy_of_a_replica_does_not_take_its_place(self):
        replica = self.cluster.replica_of(self.original)
        self.others = [node for node in self.cluster.nodes if node is not replica]
        copy = self.start_copy_of(replica)
        eventually(lambda: self.tells_of(copy), "all say that there is a copy")
        self.original.kill()
        eventually(lambda: accepts_writes(replica, KEY), "the replica takes over", FAILOVER_SECONDS)
        self.assertFalse(accepts_writes(copy, KEY))

    def test_who_is_killed_and_started_again_is_taken_for_no_copy(self):
        replica = self.cluster.replica_of(self.original)
        name = node_id(replica)
        peers = [peer for peer in self.cluster.nodes if peer is not replica]
        replica.restart()
        eventually(lambda: not any(name in missed_by(peer) for peer in peers),
                   "all are in touch with it again", 2)
        self.original.restart()
        self.cluster.wait_until_healthy()
        self.assertFalse(any("another process" in node.log() for node in self.cluster.nodes))


if __name__ == "__main__":
    unittest.main()
