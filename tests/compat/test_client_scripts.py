"""Scripts of the client library: by name where they are known, else with their text."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.client_probe import Probe
from tests.support.cluster import Cluster


class Scripts(ProcessTest):
    def test_every_node_learns_a_script_when_it_needs_it(self):
        cluster = Cluster(self.lab, primaries=3, replicas=0, server=settings.REDIS_SERVER)
        probe = Probe(self.lab, *cluster.nodes)
        for key in ("a", "b", "c", "d", "e", "f"):
            self.assertEqual(probe.ask("script", key, 2), "2")
            self.assertEqual(probe.ask("script", key, 3), "5")

        texts = [node.info("commandstats").get("cmdstat_eval", "calls=0") for node in cluster.nodes]
        self.assertLessEqual(sum(int(text.split(",")[0][6:]) for text in texts), 2)

    def test_what_a_script_does_wrong_is_its_own_error(self):
        cluster = Cluster(self.lab, primaries=3, replicas=0, server=settings.REDIS_SERVER)
        probe = Probe(self.lab, *cluster.nodes)

        self.assertRegex(probe.ask("script key word"), "^error ERR value is not an integer.*effect ran")


if __name__ == "__main__":
    unittest.main()
