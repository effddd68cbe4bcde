"""A million operations in every way there is, while connections are cut, slots move and primaries
die: nothing leaks and nothing grows. The program is built with the address sanitizer, whose leak
check makes it fail at its end."""

import os
import re
import subprocess
import unittest

from tests.support import settings
from tests.support.case import ProcessTest, only_in_full_runs
from tests.support.cluster import Cluster
from tests.support.disturbances import Disturbances
from tests.support.waiting import eventually

PROGRAM = os.environ.get("GRAPEVINE_CLIENT_ENDURANCE",
                         str(settings.REPOSITORY / "build/dev/bin/client-endurance"))
OPERATIONS = 1_000_000
# After the first tenth nothing grows but what chance makes differ: a queue's reserve, a block of a pool.
MOST_GROWTH_KB = 1024
# Of the process, in which the sanitizer keeps what was freed for a while, and its threads their stacks.
MOST_RESIDENT_GROWTH_KB = 32 * 1024
MINUTES = 10


def cut(cluster):
    """Every primary ends its connections with clients."""
    for node in cluster.primaries():
        eventually(lambda: node.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes") >= 0,
                   "the node takes CLIENT KILL")


@only_in_full_runs("a million operations under the address sanitizer take minutes")
class Endurance:
    server = None

    def test_a_million_operations_with_faults_leave_nothing_behind(self):
        cluster = Cluster(self.lab, primaries=3, replicas=1, server=self.server,
                          cluster_node_timeout=2000, appendonly=None)
        chance = settings.seeded_random("client endurance")
        disturbances = Disturbances(cluster, chance, can_migrate=self.server is not None)
        program = self.lab.adopt(subprocess.Popen(
            [PROGRAM, ",".join(node.address for node in cluster.nodes), str(OPERATIONS)], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1:quarantine_size_mb=4"}))

        self.disturb_while_it_runs(program, cluster, disturbances, chance)
        printed = program.communicate(timeout=60 * MINUTES * settings.DEADLINE_FACTOR)[0]

        print(printed + f"{len(disturbances.told)} disturbances: {', '.join(disturbances.told)}",
              flush=True)
        self.assertEqual(program.returncode, 0, printed[-5000:])
        self.assert_bounded(printed)
        self.assertIn("kill", disturbances.told)

    def disturb_while_it_runs(self, program, cluster, disturbances, chance):
        keys = [f"key:{number}" for number in range(1000)]
        while program.poll() is None:
            cut(cluster)
            disturbances.moves(chance.sample(keys, 3))
            cut(cluster)
            if len(disturbances.told) % 8 == 1:
                disturbances.death("kill")

    def assert_bounded(self, printed):
        rows = [[int(number) for number in row] for row in
                re.findall(r"operations=(\d+) live_kb=(\d+) rss_kb=(\d+)", printed)]
        self.assertEqual(len(rows), 10)
        self.assertGreaterEqual(rows[-1][0], OPERATIONS)
        _, live, resident = rows[0]
        self.assertLess(max(row[1] for row in rows), live + MOST_GROWTH_KB)
        self.assertLess(max(row[2] for row in rows), resident + MOST_RESIDENT_GROWTH_KB)


class OnOurs(Endurance, ProcessTest):
    pass


class OnRedis(Endurance, ProcessTest):
    server = settings.REDIS_SERVER


if __name__ == "__main__":
    unittest.main()
