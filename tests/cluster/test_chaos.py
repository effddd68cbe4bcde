"""Primaries are killed and restarted at random while clients write: what WAIT confirmed stays."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.cluster import Cluster, role
from tests.support.load import ConfirmedWrites
from tests.support.waiting import eventually

ROUNDS = 100 if settings.ALL else 3
WRITERS = 4
HEALING_SECONDS = 90


class Chaos(ProcessTest):
    def test_no_confirmed_write_is_lost_when_random_primaries_are_killed(self):
        chance = settings.seeded_random("chaos")
        cluster = Cluster(self.lab, primaries=3, replicas=1, repl_diskless_sync_delay=None)
        with ConfirmedWrites(cluster.ports(), WRITERS) as writes:
            for number in range(ROUNDS):
                self.kill_and_restart(cluster, chance, writes, number)
        self.assert_all_there(cluster, writes.confirmed())

    def kill_and_restart(self, cluster, chance, writes, number):
        """One round. Ends when the cluster is whole again and takes writes."""
        victim = chance.choice(cluster.primaries())
        successor = cluster.replica_of(victim)
        victim.kill()
        if waits_for_promotion(chance):
            eventually(lambda: role(successor) == "master", "the replica is promoted",
                       HEALING_SECONDS)
        victim.start()
        cluster.wait_until_healthy(HEALING_SECONDS)
        self.assertEqual(len(cluster.primaries()), 3, "every shard has one primary")
        writes.wait_for_progress(HEALING_SECONDS)
        print(f"round {number + 1}: {writes.count()} writes confirmed", flush=True)

    def assert_all_there(self, cluster, confirmed):
        """Each key holds the confirmed value, or a later one whose confirmation got lost."""
        self.assertGreater(len(confirmed), 0)
        lost = {}
        for key, value in confirmed.items():
            found = cluster.call("GET", key)
            if found is None or int(found) < value:
                lost[key] = (value, found)
        self.assertEqual(lost, {}, "key: (confirmed, found)")


def waits_for_promotion(chance):
    """A primary that is back at once has lost its memory. Redis then empties the replica too."""
    return settings.testing_redis() or chance.random() < 0.7


if __name__ == "__main__":
    unittest.main()
