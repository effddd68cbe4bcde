"""FLUSHALL and FLUSHDB name no key, so nobody sends them to the node that they are meant for."""

import unittest

from tests.support.case import ProcessTest
from tests.support.cluster import Cluster, accepts_writes, is_in_sync
from tests.support.waiting import eventually

_READONLY = "READONLY You can't write against a read only replica."
_KEYS = 100


class Flush(ProcessTest):
    def fill(self, threads):
        self.cluster = Cluster(self.lab, primaries=3, replicas=1, **{"io-threads": threads})
        self.primary = self.cluster.nodes[0]
        self.replica = self.cluster.replica_of(self.primary)
        for i in range(_KEYS):
            self.cluster.call("SET", f"key:{i}", i)
        self.wait_for_copy()

    def wait_for_copy(self):
        eventually(lambda: is_in_sync(self.replica)
                   and self.replica.digest() == self.primary.digest(), "the replica has a copy")

    def connect(self, node):
        connection = node.connect()
        self.addCleanup(connection.close)
        return connection

    def refuses_as_a_replica(self, threads):
        self.fill(threads)
        connection = self.connect(self.replica)
        for request in [("FLUSHALL",), ("FLUSHDB",), ("FLUSHALL", "ASYNC")]:
            self.assert_error(connection.ask(*request), _READONLY)
        connection.call("MULTI")
        self.assert_error(connection.ask("FLUSHALL"), _READONLY)
        self.assert_error(connection.ask("EXEC"), "EXECABORT")
        self.assertEqual(self.replica.digest(), self.primary.digest())

        kept = self.primary.call("DBSIZE")
        self.primary.kill()
        eventually(lambda: accepts_writes(self.replica, "key:1") or
                   "myself,master" in self.replica.call("CLUSTER", "NODES"), "it is replaced")
        self.assertGreater(kept, 0)
        self.assertEqual(self.replica.call("DBSIZE"), kept)

    def test_a_replica_refuses(self):
        self.refuses_as_a_replica(threads=1)

    def test_a_replica_with_several_workers_refuses(self):
        self.refuses_as_a_replica(threads=2)

    def empties_itself_and_its_replica(self, threads):
        self.fill(threads)
        others = sum(node.call("DBSIZE") for node in self.cluster.primaries()[1:])
        connection = self.connect(self.primary)
        self.assert_error(connection.ask("FLUSHALL", "NONSENSE"), "ERR syntax error")
        self.assertGreater(connection.call("DBSIZE"), 0)
        self.assertEqual(connection.call("FLUSHALL"), "OK")
        self.assertEqual((self.primary.call("DBSIZE"), others), (0, sum(
            node.call("DBSIZE") for node in self.cluster.primaries()[1:])))
        self.wait_for_copy()

        self.fill_primary(connection)
        connection.call("MULTI")
        self.assertEqual(connection.call("FLUSHALL"), "QUEUED")
        self.assertEqual(connection.call("EXEC"), ["OK"])
        self.assertEqual(self.primary.call("DBSIZE"), 0)
        self.wait_for_copy()

    def fill_primary(self, connection):
        own = [f"key:{i}" for i in range(_KEYS) if not isinstance(
            connection.ask("SET", f"key:{i}", i), Exception)]
        self.assertTrue(own)
        self.wait_for_copy()

    def test_a_primary_empties_itself_and_its_replica(self):
        self.empties_itself_and_its_replica(threads=1)

    def test_a_primary_with_several_workers_empties_itself_and_its_replica(self):
        self.empties_itself_and_its_replica(threads=2)

    def test_a_node_of_no_whole_cluster_empties_itself(self):
        node = self.lab.cluster_node()
        node.start()
        self.assertEqual(node.call("FLUSHALL"), "OK")
        node.call("CLUSTER", "ADDSLOTSRANGE", 0, 100)
        self.assertEqual(node.call("FLUSHALL"), "OK")


if __name__ == "__main__":
    unittest.main()
