"""A running Redis cluster becomes ours node by node, without losing a key."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.cluster import Cluster, node_id, role
from tests.support.waiting import eventually

KEYS = 600


class Takeover(ProcessTest):
    def test_every_node_is_replaced_by_ours_in_its_own_directory(self):
        self.cluster = Cluster(self.lab, primaries=3, replicas=1, server=settings.REDIS_SERVER)
        for i in range(KEYS):
            self.cluster.call("SET", f"key:{i}", i)
        for node in self.cluster.nodes:
            self.hand_over(node)
            self.replace(node)
        for i in range(KEYS):
            self.assertEqual(self.cluster.call("GET", f"key:{i}"), str(i))

    def hand_over(self, node):
        """Makes the replica of a primary take its place."""
        if role(node) != "master":
            return
        successor = self.cluster.replica_of(node)
        successor.call("CLUSTER", "FAILOVER")
        eventually(lambda: role(successor) == "master" and role(node) == "slave",
                   "the replica took over", 30)
        self.cluster.wait_until_healthy()

    def replace(self, node):
        """Our program on the same port and directory: it must be the same member."""
        identity = node_id(node)
        node.terminate()
        node.server = settings.SERVER
        node.start()
        eventually(lambda: node_id(node) == identity, "it has the name once it has loaded")
        self.cluster.wait_until_healthy()


if __name__ == "__main__":
    unittest.main()
