"""Nodes die, stand still, come back and hand over slots under the client library, which writes all
the time and knows what must be there."""

import os
import subprocess
import unittest
from pathlib import Path

from tests.support import client_probe, settings
from tests.support.case import ProcessTest
from tests.support.cluster import Cluster, node_id, role
from tests.support.waiting import eventually

PROGRAM = os.environ.get("GRAPEVINE_CLIENT_CHAOS",
                         str(Path(client_probe.PROGRAM).parent / "client-chaos"))
SEEDS = 20 if settings.ALL else 2
ROUNDS = 3
HEALING_SECONDS = 90
NODE_TIMEOUT_MS = 2000
# Of the map, in one failover: and one more at the beginning.
MOST_FETCHES = 5
# Each writer has one INCR on its way.
WRITERS = 52
# The tags of the keys that are written in pairs: their slots are moved.
HOT_TAGS = 8


class Writers:
    """The program that writes: a context."""

    def __init__(self, lab, node, name):
        self._log = open(lab.directory / "chaos.log", "ab")
        self._process = lab.adopt(subprocess.Popen(
            [PROGRAM, node.address, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._log, text=True))
        self._expect("ready")

    def _expect(self, word):
        line = self._process.stdout.readline().strip()
        if line != word:
            raise AssertionError(f"{line!r} instead of {word!r}")

    def _tell(self, word):
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def stop(self):
        self._tell("stop")
        self._expect("stopped")

    def check(self):
        """The figures by name; the program has ended."""
        self._tell("check")
        line = self._process.stdout.readline().strip()
        self._process.communicate()
        self._log.close()
        if self._process.returncode != 0:
            raise AssertionError(f"the program ended with {self._process.returncode}")
        print(line, flush=True)
        return {name: int(value) for name, value in
                (field.split("=") for field in line.split())}


def move_slot(slot, source, target, cluster):
    """The classic way, key by key."""
    target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", node_id(source))
    source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", node_id(target))
    while keys := source.call("CLUSTER", "GETKEYSINSLOT", slot, 5):
        for key in keys:
            source.call("MIGRATE", target.host, target.port, key, 0, 5000, "REPLACE")
    for node in [target, source] + [each for each in cluster.primaries()
                                    if each not in (source, target)]:
        node.call("CLUSTER", "SETSLOT", slot, "NODE", node_id(target))


class Chaos:
    server = None

    def found(self):
        return Cluster(self.lab, primaries=3, replicas=1, server=self.server,
                       cluster_node_timeout=NODE_TIMEOUT_MS, appendonly=None)

    def write_during(self, cluster, name, disturb):
        """The figures of writers that wrote meanwhile to keys that begin with `name`."""
        writers = Writers(self.lab, cluster.running()[0], name)
        disturb()
        writers.stop()
        cluster.wait_until_healthy(HEALING_SECONDS)
        return writers.check()

    def assert_kept(self, figures, lost):
        """`lost`: of what was acknowledged, how much the servers may have lost."""
        with open(self.lab.directory / "chaos.log") as log:
            said = log.read()
        for name in ("errors", "duplicates", "torn"):
            self.assertEqual(figures[name], 0, f"{name}: {figures} {said}")
        self.assertLessEqual(figures["lost"], lost, figures)
        self.assertLessEqual(figures["stale"], lost, figures)
        self.assertGreater(figures["acknowledged"], 0)

    def test_deaths_of_primaries(self):
        for number in range(SEEDS):
            with self.subTest(seed=number):
                self.deaths(settings.seeded_random(f"client chaos {self.server} {number}"))

    def deaths(self, chance):
        cluster = self.found()
        figures = self.write_during(cluster, "w", lambda: self.one_death(cluster, chance))
        # Replication is asynchronous: each writer may have one write of each kind acknowledged that
        # no replica had.
        self.assert_kept(figures, lost=WRITERS)
        self.assertLessEqual(figures["unknown"], WRITERS)
        self.assertLessEqual(figures["fetches"], MOST_FETCHES + 1)
        for node in cluster.nodes:
            node.stop()

    def one_death(self, cluster, chance):
        victim = chance.choice(cluster.primaries())
        successor = cluster.replica_of(victim)
        if chance.random() < 0.5:
            victim.pause()
            self.wait_for_promotion(successor)
            victim.resume()
        else:
            victim.kill()
            self.wait_for_promotion(successor)
            victim.start()
        cluster.wait_until_healthy(HEALING_SECONDS)

    def wait_for_promotion(self, successor):
        eventually(lambda: role(successor) == "master", "the replica is promoted",
                   HEALING_SECONDS)


class OfOurs(Chaos, ProcessTest):
    pass


class OfRedis(Chaos, ProcessTest):
    server = settings.REDIS_SERVER

    def test_slots_are_moved_the_classic_way(self):
        cluster = self.found()
        for number in range(SEEDS):
            with self.subTest(seed=number):
                chance = settings.seeded_random(f"client chaos moves {number}")
                figures = self.write_during(cluster, f"w{number}-", lambda: self.moves(cluster, chance))
                self.assert_kept(figures, lost=0)
                self.assertEqual(figures["unknown"], 0)

    def moves(self, cluster, chance):
        """Every hot slot, back and forth."""
        for _ in range(ROUNDS):
            for tag in range(HOT_TAGS):
                slot = cluster.nodes[0].call("CLUSTER", "KEYSLOT", f"{{hot{tag}}}")
                source = cluster.primary_of(slot)
                target = chance.choice([node for node in cluster.primaries() if node != source])
                move_slot(slot, source, target, cluster)


if __name__ == "__main__":
    unittest.main()
