"""Nodes die, stand still, come back, also under other addresses, and hand over slots under the client
library, which writes all the time and knows what must be there.

Redis and Grapevine replicate asynchronously: a primary that dies may take with it what it has just
acknowledged. What is lost so is told from what the client would lose by three rules, of which
tests/client/chaos/history.h holds the first two:

- every fourth round of a writer ends in a write to the same slot that WAIT confirms to be at a
  replica. The stream of a primary has one order, so all that was acknowledged before is there, too:
  nothing of it may be missing;
- what is missing is the end of a key's history at some moment, never a piece out of its middle;
- it was acknowledged while a primary was dying that owned its slot. Without a death nothing is
  missing.

That the rules are kept shows something only if a broken one is seen: Planted makes mistakes on purpose."""

import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

from tests.support import client_probe, settings
from tests.support.case import ProcessTest
from tests.support.cluster import Cluster
from tests.support.disturbances import Disturbances
from tests.support.lab import Lab

PROGRAM = os.environ.get("GRAPEVINE_CLIENT_CHAOS",
                         str(Path(client_probe.PROGRAM).parent / "client-chaos"))
# With --seed that one alone.
SEEDS = 1 if "GRAPEVINE_SEED" in os.environ else 20 if settings.ALL else 2
NODE_TIMEOUT_MS = 2000
# Each has one APPEND on its way.
WRITERS = 32
# The tags of the keys that are written in pairs.
HOT_TAGS = 8
# How many connections the writers lose by themselves, with requests on the way that are done.
CUTS = 200
# Of the map: in one disturbance, with a failover or two; and one at the beginning.
MOST_FETCHES = 12


class Writers:
    """The program that writes."""

    def __init__(self, lab, node, name, *options):
        self._log = open(lab.directory / "chaos.log", "ab")
        self._process = lab.adopt(subprocess.Popen(
            [PROGRAM, node.address, name, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._log, text=True))
        self._expect("ready")

    def _line(self):
        return self._process.stdout.readline().strip()

    def _expect(self, word):
        line = self._line()
        if line != word:
            raise AssertionError(f"{line!r} instead of {word!r}")

    def _tell(self, word):
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def cut(self, times):
        self._tell(f"cut {times}")
        self._expect("cut")

    def stop(self):
        self._tell("stop")
        self._expect("stopped")

    def check(self):
        """The figures by name, and what the servers have lost; the program has ended."""
        self._tell("check")
        figures, losses = self._line(), self._line().split()
        self._process.communicate()
        self._log.close()
        if self._process.returncode != 0:
            raise AssertionError(f"the program ended with {self._process.returncode}")
        return {name: int(value) for name, value in
                (field.split("=") for field in figures.split())}, losses


def said(lab):
    """What the program said of the first error of each kind."""
    return (lab.directory / "chaos.log").read_text()


class Chaos:
    server = None

    def test_every_write_is_there_once_whatever_happens(self):
        for number in range(SEEDS):
            seed = settings.SEED + number
            with self.subTest(seed=seed):
                self.one_seed(seed)

    def one_seed(self, seed):
        lab = Lab()
        try:
            self.write_while_disturbed(lab, seed)
        except BaseException:
            print(f"seed={seed} failed{lab.log_tails()}", file=sys.stderr)
            raise
        finally:
            lab.close()

    def write_while_disturbed(self, lab, seed):
        began = time.monotonic()
        cluster = Cluster(lab, primaries=3, replicas=1, server=self.server,
                          cluster_node_timeout=NODE_TIMEOUT_MS, appendonly=None)
        chance = settings.random_of(f"client chaos {seed}")
        disturbances = Disturbances(cluster, chance, can_migrate=self.server is not None)
        writers = Writers(lab, cluster.running()[0], "w")
        self.disturb(writers, disturbances, chance)
        writers.stop()
        figures, losses = writers.check()
        print(f"seed={seed} {', '.join(disturbances.told)}: "
              + " ".join(f"{name}={value}" for name, value in figures.items())
              + f" seconds={time.monotonic() - began:.1f}", flush=True)
        self.assert_kept(figures, disturbances, losses, said(lab))

    def disturb(self, writers, disturbances, chance):
        tags = [f"{{hot{tag}}}" for tag in range(HOT_TAGS)]
        keys = tags + [f"{{w{writer}}}" for writer in range(WRITERS)]
        events = [lambda: disturbances.death("kill"), lambda: disturbances.death("stop"),
                  lambda: disturbances.death("end"), disturbances.new_address,
                  lambda: self.cut(writers, disturbances),
                  lambda: disturbances.moves(chance.sample(keys, 6)),
                  lambda: disturbances.moves(chance.sample(tags, 4))]
        chance.shuffle(events)
        for event in events:
            event()

    @staticmethod
    def cut(writers, disturbances):
        disturbances.told.append("cuts")
        writers.cut(CUTS)

    def assert_kept(self, figures, disturbances, losses, said):
        for name in ("errors", "lost", "duplicates", "false", "misplaced", "torn"):
            self.assertEqual(figures[name], 0, f"{name}: {figures} {said}")
        self.assertEqual(disturbances.unexplained(losses), [])
        self.assertGreater(figures["proven"], 0)
        self.assertLessEqual(figures["unknown"],
                             WRITERS * (len(disturbances.losses_allowed) + CUTS))
        self.assertLessEqual(figures["fetches"], 1 + MOST_FETCHES * len(disturbances.told))


class OfOurs(Chaos, ProcessTest):
    pass


class OfRedis(Chaos, ProcessTest):
    server = settings.REDIS_SERVER


class Planted(ProcessTest):
    """Without any disturbance one writer makes a mistake once (tests/client/chaos/blunder.h)."""

    # By the figure that must show it. "lost_by_servers": no death explains it.
    MISTAKES = {"duplicate": "duplicates", "denied": "false", "invented": "false", "torn": "torn",
                "skipped": "lost_by_servers", "shortened": "lost", "swapped": "misplaced",
                "hole": "misplaced"}

    @classmethod
    def prepare(cls, lab):
        cls.cluster = Cluster(lab, primaries=3, replicas=1)

    def figures_after(self, name, *options):
        """And what makes the other tests fail; None when nothing does."""
        writers = Writers(self.lab, self.cluster.nodes[0], name, *options)
        writers.stop()
        figures, losses = writers.check()
        try:
            Chaos.assert_kept(self, figures, Disturbances(self.cluster, None, False), losses, said(self.lab))
        except AssertionError as failure:
            return figures, failure
        return figures, None

    def test_each_planted_mistake_is_found_under_its_name(self):
        for mistake, figure in self.MISTAKES.items():
            with self.subTest(mistake=mistake):
                figures, failure = self.figures_after(mistake, "--plant", mistake)
                print(f"{mistake}: " + " ".join(f"{name}={value}" for name, value in figures.items()))
                self.assertGreater(figures[figure], 0)
                self.assertIsNotNone(failure)

    def test_without_a_mistake_nothing_is_found(self):
        figures, failure = self.figures_after("nothing", "--plant", "nothing")
        self.assertIsNone(failure)
        self.assertEqual(sum(figures[figure] for figure in self.MISTAKES.values()), 0)


if __name__ == "__main__":
    unittest.main()
