"""Reads of the client library by policy, and how it reaches nodes: users, hostnames."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.client_probe import Probe
from tests.support.cluster import Cluster, is_in_sync, role
from tests.support.waiting import eventually

READS = 40


class Reads:
    server = None

    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=1, replicas=2, server=self.server,
                               cluster_node_timeout=2000)
        self.primary, *self.replicas = self.cluster.nodes
        self.cluster.call("SET", "k", "v")
        for replica in self.replicas:
            eventually(lambda: self.has_key(replica), "the replica has the key")

    def has_key(self, replica):
        with replica.connect() as connection:
            return connection.ask("DBSIZE") == 1

    def served(self, probe):
        """Requests by port so far."""
        return {int(node.split()[0].rpartition(":")[2]): int(node.split()[1])
                for node in probe.ask("served").split(",")}

    def read(self, probe, times=READS):
        """By which ports the reads were served; all of them are."""
        before = self.served(probe)
        for _ in range(times):
            self.assertEqual(probe.ask("read GET k"), "v")
        after = self.served(probe)
        return {port: count - before.get(port, 0) for port, count in after.items()
                if count > before.get(port, 0)}

    def wait_until_all_serve(self, probe):
        """A server names a replica once it has heard of its offset."""
        eventually(lambda: set(self.read(probe, 6)) == set(self.cluster.ports()),
                   "all nodes serve reads", 30)

    def test_reads_from_any_go_round_and_writes_do_not(self):
        probe = Probe(self.lab, self.primary, reads="any")
        self.wait_until_all_serve(probe)
        shares = self.read(probe, 3 * READS)
        self.assertEqual(set(shares), set(self.cluster.ports()))
        self.assertTrue(all(share >= READS for share in shares.values()), shares)
        self.assertEqual(probe.ask("call SET k v"), "OK")

    def test_a_replica_that_dies_and_comes_back_is_left_and_taken_again(self):
        probe = Probe(self.lab, self.primary, reads="any", patience=3000)
        self.wait_until_all_serve(probe)
        self.replicas[0].kill()
        self.assertLessEqual(self.read(probe).get(self.replicas[0].port, 0), 1)  # By which it is noticed.
        self.assertNotIn(self.replicas[0].port, self.read(probe))
        self.replicas[0].start()
        eventually(lambda: is_in_sync(self.replicas[0]), "the replica is back", 30)
        eventually(lambda: self.replicas[0].port in self.read(probe, 3), "it is read from", 20)

    def test_a_replica_that_stands_still_holds_nobody_up_for_long(self):
        probe = Probe(self.lab, self.primary, reads="any", silence=100, patience=5000)
        self.wait_until_all_serve(probe)
        self.replicas[0].pause()
        self.read(probe)
        self.replicas[0].resume()

    def test_the_promoted_serves_writes_and_the_demoted_serves_reads(self):
        probe = Probe(self.lab, self.primary, reads="any", patience=10000)
        self.wait_until_all_serve(probe)
        self.replicas[0].call("CLUSTER", "FAILOVER")
        eventually(lambda: role(self.replicas[0]) == "master", "it is promoted", 30)
        self.assertEqual(probe.ask("call SET k v"), "OK")
        self.wait_until_all_serve(probe)

    def test_bounded_reads_leave_a_replica_that_falls_behind(self):
        probe = Probe(self.lab, self.primary, reads="bounded", most_lag=20000)
        self.wait_until_all_serve(probe)
        late = self.replicas[0]
        late.pause()
        for _ in range(10):
            self.primary.call("SET", "other", "x" * 10000)
        eventually(lambda: late.port not in self.read(probe), "the late one is left alone", 20)
        late.resume()
        eventually(lambda: late.port in self.read(probe), "it is taken again", 20)


class ReadsOfRedis(Reads, ProcessTest):
    server = settings.REDIS_SERVER


class ReadsOfOurs(Reads, ProcessTest):
    pass


class Reaching(ProcessTest):
    def test_an_acl_user_does_what_it_may(self):
        node = self.lab.start(settings.REDIS_SERVER)
        node.call("ACL", "SETUSER", "alice", "on", ">secret", "~*", "+get", "+cluster", "+hello")
        probe = Probe(self.lab, node, user="alice", password="secret")
        self.assertEqual(probe.ask("read GET k"), "nil")
        self.assertRegex(probe.ask("call SET k v"), "^error NOPERM .*effect refused")
        Probe(self.lab, node, user="alice", password="wrong", patience=60000,
              ready="error WRONGPASS")

    def test_announced_hostnames_are_followed(self):
        cluster = Cluster(self.lab, primaries=3, replicas=0, server=settings.REDIS_SERVER,
                          cluster_announce_hostname="localhost",
                          cluster_preferred_endpoint_type="hostname")
        eventually(lambda: all(range_[2][0] == "localhost" for node in cluster.nodes
                               for range_ in node.call("CLUSTER", "SLOTS")), "names are known")
        probe = Probe(self.lab, cluster.nodes[0])
        for key in ("a", "b", "c", "d"):
            self.assertEqual(probe.ask("call SET", key, "v"), "OK")
        hosts = {node.rpartition(":")[0] for node in probe.ask("served").split(",")}
        self.assertEqual(hosts, {"127.0.0.1", "localhost"})


if __name__ == "__main__":
    unittest.main()
