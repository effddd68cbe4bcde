"""What the client library keeps of answers is never older than what the server has told it."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.client_probe import Probe
from tests.support.cluster import FAILOVER_SECONDS, Cluster, role
from tests.support.programs import run
from tests.support.slots import move_slot, slot_of
from tests.support.waiting import eventually

PLENTY = 1 << 20
# Time is not what is tested: only that it happens without being asked for.
SOON = 10


class Cached(ProcessTest):
    def figures(self, probe):
        return {name: int(value) for name, value in
                (pair.split("=") for pair in probe.ask("cache").split())}

    def learn(self, probe, key, value):
        """Reads until the answer comes from the cache."""
        before = self.figures(probe)["hits"]
        def is_known():
            self.assertEqual(probe.ask("read GET", key), value)
            return self.figures(probe)["hits"] > before
        eventually(is_known, f"{key} is known")

    def sees(self, probe, key, value):
        eventually(lambda: probe.ask("read GET", key) == value, f"{key} is seen as {value}", SOON)


class OnRedis(Cached):
    @classmethod
    def prepare(cls, lab):
        cls.cluster = Cluster(lab, primaries=2, replicas=0, server=settings.REDIS_SERVER)

    def setUp(self):
        super().setUp()
        for node in self.cluster.nodes:
            node.call("FLUSHALL")
        self.probe = Probe(self.lab, *self.cluster.nodes, cache=PLENTY)

    def test_a_known_answer_costs_no_request(self):
        self.cluster.call("SET", "k", "v")
        self.learn(self.probe, "k", "v")
        calls = self.calls()
        for _ in range(100):
            self.probe.ask("read GET k")
        self.assertEqual(self.calls(), calls)
        self.assertGreaterEqual(self.figures(self.probe)["hits"], 100)

    def calls(self):
        return sum(int(node.info("commandstats").get("cmdstat_get", "=0,").split("=")[1].split(",")[0])
                   for node in self.cluster.nodes)

    def test_what_others_write_delete_or_flush_is_seen(self):
        for number in range(20):
            self.cluster.call("SET", "k", number)
            self.sees(self.probe, "k", str(number))
            self.learn(self.probe, "k", str(number))
        self.cluster.call("DEL", "k")
        self.sees(self.probe, "k", "nil")
        self.learn(self.probe, "k", "nil")
        self.cluster.call("SET", "k", "again")
        self.sees(self.probe, "k", "again")
        for node in self.cluster.nodes:
            node.call("FLUSHALL")
        self.sees(self.probe, "k", "nil")
        self.assertGreaterEqual(self.figures(self.probe)["invalidations"], 22)

    def test_what_this_client_writes_is_seen_at_once(self):
        for number in range(100):
            self.assertEqual(self.probe.ask("call SET k", number), "OK")
            self.assertEqual(self.probe.ask("read GET k"), str(number))
            self.assertEqual(self.probe.ask("read GET k"), str(number))

    def test_an_expired_key_is_gone(self):
        self.cluster.call("SET", "k", "v", "PX", 1000)
        self.learn(self.probe, "k", "v")
        self.sees(self.probe, "k", "nil")

    def test_other_types_are_kept_and_end_as_well(self):
        for write, other, read, before, after in (
                ("HSET h f 1", "HSET h f 2", "HGET h f", "1", "2"),
                ("HSET h f 1", "HSET h g 2", "HGETALL h", "f,1", "f,1,g,2"),
                ("RPUSH l a", "RPUSH l b", "LRANGE l 0 -1", "a", "a,b"),
                ("SADD s a", "SREM s a", "SISMEMBER s a", "1", "0"),
                ("ZADD z 1 a", "ZADD z 2 b", "ZCARD z", "1", "2"),
                ("SET t abc", "APPEND t d", "STRLEN t", "3", "4"),
                ("SETBIT b 1 1", "SETBIT b 1 0", "GETBIT b 1", "1", "0")):
            with self.subTest(read):
                self.cluster.call("DEL", write.split()[1])
                self.cluster.call(*write.split())
                eventually(lambda: self.probe.ask("read", read) == before, "it is read")
                hits = self.figures(self.probe)["hits"]
                eventually(lambda: self.probe.ask("read", read) == before
                           and self.figures(self.probe)["hits"] > hits, "it is known")
                self.cluster.call(*other.split())
                eventually(lambda: self.probe.ask("read", read) == after, "it is seen", SOON)

    def test_a_small_cache_stays_small(self):
        probe = Probe(self.lab, *self.cluster.nodes, cache=65536)
        self.assertEqual(probe.ask("fill x 200 1000"), "filled")
        figures = self.figures(probe)
        self.assertLessEqual(figures["bytes"], 65536)
        self.assertGreater(figures["evictions"], 100)
        self.assertGreater(figures["keys"], 30)

    def test_a_lost_connection_ends_what_came_by_it(self):
        self.cluster.call("SET", "k", "old")
        self.learn(self.probe, "k", "old")
        for node in self.cluster.nodes:
            node.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        self.cluster.call("SET", "k", "new")
        self.sees(self.probe, "k", "new")
        self.learn(self.probe, "k", "new")

    def test_a_slot_that_moves_takes_its_keys_along(self):
        self.cluster.call("SET", "{s}k", "old")
        self.learn(self.probe, "{s}k", "old")
        slot = slot_of(self.cluster.nodes[0], "{s}k")
        source = self.cluster.primary_of(slot)
        target = next(node for node in self.cluster.nodes if node is not source)
        for here, there in ((source, target), (target, source)):
            move_slot(slot, here, there)
            there.call("SET", "{s}k", there.port)
            self.sees(self.probe, "{s}k", str(there.port))
            self.learn(self.probe, "{s}k", str(there.port))

    def test_the_absence_of_a_key_ends_when_its_slot_has_moved(self):
        """No server tells of a key that was never there."""
        self.learn(self.probe, "absent", "nil")
        slot = slot_of(self.cluster.nodes[0], "absent")
        source = self.cluster.primary_of(slot)
        target = next(node for node in self.cluster.nodes if node is not source)
        move_slot(slot, source, target)
        target.call("SET", "absent", "here")
        self.sees(self.probe, "absent", "here")

    def test_nothing_goes_back_under_several_writers(self):
        program = settings.REPOSITORY / "build/release/bin/client-cache"
        said = run([program, self.cluster.nodes[0].address, 20, 600], within=120)
        self.assertRegex(said, r"wrong 0 errors 0 hits [1-9]\d{3,} ")


class WhenNodesFail(Cached):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1, server=settings.REDIS_SERVER,
                               cluster_node_timeout=2000)
        self.probe = Probe(self.lab, *self.cluster.nodes, cache=PLENTY, patience=20000)
        self.cluster.call("SET", "k", "old")
        self.learn(self.probe, "k", "old")
        self.primary = self.cluster.primary_of(slot_of(self.cluster.nodes[0], "k"))
        self.replica = self.cluster.replica_of(self.primary)

    def written_by_others_after_failover(self):
        eventually(lambda: role(self.replica) == "master", "the replica takes over", FAILOVER_SECONDS)
        eventually(lambda: self.replica.call("SET", "k", "new") == "OK", "it takes writes", SOON)

    def test_a_primary_that_is_killed(self):
        self.primary.kill()
        self.written_by_others_after_failover()
        self.assertEqual(self.probe.ask("read GET k"), "new")
        self.learn(self.probe, "k", "new")

    def test_a_primary_that_stands_still(self):
        self.primary.pause()
        self.written_by_others_after_failover()
        # It was silent for longer than Options::silence allows.
        self.assertEqual(self.probe.ask("read GET k"), "new")
        self.primary.resume()
        eventually(lambda: role(self.primary) == "slave", "it follows", 30)
        self.sees(self.probe, "k", "new")
        self.learn(self.probe, "k", "new")

    def test_a_primary_that_steps_back(self):
        self.replica.call("CLUSTER", "FAILOVER")
        self.written_by_others_after_failover()
        self.sees(self.probe, "k", "new")
        self.learn(self.probe, "k", "new")


class OnOurs(Cached):
    def test_a_node_that_tells_of_nothing_is_asked_every_time(self):
        cluster = Cluster(self.lab, primaries=2, replicas=0)
        probe = Probe(self.lab, *cluster.nodes, cache=PLENTY)
        for number in range(5):
            cluster.call("SET", "k", number)
            self.assertEqual(probe.ask("read GET k"), str(number))
        figures = self.figures(probe)
        self.assertEqual((figures["hits"], figures["misses"], figures["keys"]), (0, 5, 0))


if __name__ == "__main__":
    unittest.main()
