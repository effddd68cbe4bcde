"""CLUSTER FORGET: who was forgotten stays away until an operator introduces it again."""

import unittest

from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import Cluster, node_id, view
from tests.support.waiting import eventually, stays_true

_GOSSIP_SECONDS = 5  # Enough for every node to have pinged every other.


@grapevine_only("Redis 7.0 forgets for a minute, and only where it was told")
class Forget(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1)
        self.gone = self.cluster.nodes[5]
        self.away = self.cluster.nodes[4]
        self.others = self.cluster.nodes[:4]
        self.gone_id = node_id(self.gone)

    def forget(self, *nodes):
        for node in nodes:
            self.assertEqual(node.call("CLUSTER", "FORGET", self.gone_id), "OK")

    def knows(self, node):
        return self.gone_id in view(node)

    def nobody_knows(self, *nodes):
        return not any(self.knows(node) for node in nodes)

    def test_one_node_is_told_and_all_forget(self):
        self.forget(self.others[0])
        everybody = [*self.others, self.away]
        eventually(lambda: self.nobody_knows(*everybody), "all have forgotten it")
        self.forget(*everybody)  # Who gives the order node by node hears no complaint.

    def test_one_that_was_away_does_not_bring_it_back(self):
        self.away.kill()
        self.forget(*self.others)
        self.gone.kill()
        for node in self.others:  # What is kept for a minute only is lost here.
            node.restart()
        self.away.start()
        self.gone.start()

        eventually(lambda: self.nobody_knows(self.away), "it hears what it has missed")
        self.cluster.nodes.remove(self.gone)
        self.cluster.wait_until_healthy()
        stays_true(lambda: self.nobody_knows(*self.others, self.away),
                   "nobody knows it again, though it calls", _GOSSIP_SECONDS)

    def test_an_operators_meet_brings_it_back_to_all(self):
        self.forget(*self.others, self.away)
        self.gone.call("CLUSTER", "RESET", "SOFT")
        first = self.others[0]
        first.call("CLUSTER", "MEET", self.gone.host, self.gone.port, self.gone.bus_port)

        eventually(lambda: all(self.knows(node) for node in [*self.others, self.away]),
                   "all know it again")
        self.cluster.wait_until_healthy()
        stays_true(lambda: all(self.knows(node) for node in [*self.others, self.away]),
                   "no older order counts", _GOSSIP_SECONDS)


if __name__ == "__main__":
    unittest.main()
