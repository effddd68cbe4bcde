"""FLUSHALL and FLUSHDB name no key, so nobody sends them to the node that they are meant for."""

import unittest

from tests.support.case import ProcessTest
from tests.support.cluster import FAILOVER_SECONDS, Cluster, is_in_sync, role
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
        eventually(lambda: role(self.replica) == "master", "it is replaced", FAILOVER_SECONDS)
        self.assertGreater(kept, 0)
        self.assertEqual(self.replica.call("DBSIZE"), kept)

    def test_a_replica_refuses(self):
        self.refuses_as_a_replica(threads=1)

    def test_a_replica_with_several_workers_refuses(self):
        self.refuses_as_a_replica(threads=2)

    def empties_itself_and_its_replica(self, threads):
        self.fill(threads)
        others = self.keys_of_others()
        self.assertGreater(others, 0)
        connection = self.connect(self.primary)
        self.assert_error(connection.ask("FLUSHALL", "NONSENSE"), "ERR syntax error")
        self.assertGreater(connection.call("DBSIZE"), 0)
        self.assertEqual(connection.call("FLUSHALL"), "OK")
        self.assertEqual(self.primary.call("DBSIZE"), 0)
        self.assertEqual(self.keys_of_others(), others)
        self.wait_for_copy()

        self.fill_primary(connection)
        connection.call("MULTI")
        self.assertEqual(connection.call("FLUSHALL"), "QUEUED")
        self.assertEqual(connection.call("EXEC"), ["OK"])
        self.assertEqual(self.primary.call("DBSIZE"), 0)
        self.wait_for_copy()

    def keys_of_others(self):
        return sum(node.call("DBSIZE") for node in self.cluster.nodes[1:3])

    def fill_primary(self, connection):
        for i in range(_KEYS):
            connection.ask("SET", f"key:{i}", i)  # What is another's is refused.
        self.assertGreater(connection.call("DBSIZE"), 0)
        self.wait_for_copy()

    def test_a_primary_empties_itself_and_its_replica(self):
        self.empties_itself_and_its_replica(threads=1)

    def test_a_primary_with_several_workers_empties_itself_and_its_replica(self):
        self.empties_itself_and_its_replica(threads=2)

    def test_a_node_of_no_whole_cluster_empties_itself(self):
        node = self.lab.cluster_node()
        self.assertEqual(node.call("FLUSHALL"), "OK")
        node.call("CLUSTER", "ADDSLOTSRANGE", 0, 100)
        self.assertEqual(node.call("FLUSHALL"), "OK")


if __name__ == "__main__":
    unittest.main()
