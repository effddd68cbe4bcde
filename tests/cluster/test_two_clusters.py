"""Two clusters on one network do not become one, whoever introduces their nodes."""

import unittest

from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import Cluster, node_id, view
from tests.support.waiting import eventually, stays_true

_GOSSIP_SECONDS = 5  # Enough for every node to have pinged every other.


def settled_id(node):
    """The number of the cluster that `node` is of for good; None while that is not decided."""
    fields = node.info("cluster")
    return fields["grapevine_cluster_id"] if fields["grapevine_cluster_id_settled"] == "1" else None


@grapevine_only("a MEET between two Redis clusters makes one of them")
class TwoClusters(ProcessTest):
    def setUp(self):
        super().setUp()
        self.first, self.second = (Cluster(self.lab, primaries=3, replicas=0) for _ in range(2))
        for cluster in (self.first, self.second):
            eventually(lambda: all(settled_id(node) for node in cluster.nodes), "it is settled")

    def meet(self, node, other):
        node.call("CLUSTER", "MEET", other.host, other.port, other.bus_port)

    def are_apart(self):
        return all(set(view(node)) == {node_id(member) for member in cluster.nodes}
                   for cluster in (self.first, self.second) for node in cluster.nodes)

    def test_all_nodes_of_a_cluster_have_one_number_and_no_other_has_it(self):
        numbers = [{settled_id(node) for node in cluster.nodes}
                   for cluster in (self.first, self.second)]

        self.assertEqual([len(number) for number in numbers], [1, 1])
        self.assertNotEqual(*numbers)

    def test_a_meet_between_them_is_refused_and_says_so(self):
        caller = self.first.nodes[0]
        self.meet(caller, self.second.nodes[1])

        eventually(lambda: "CLUSTER RESET it first" in caller.log(), "the log says why")
        stays_true(self.are_apart, "they stay apart", _GOSSIP_SECONDS)
        for cluster in (self.first, self.second):
            cluster.wait_until_healthy()

    def test_a_seed_in_the_other_is_refused_and_says_so_once_in_a_while(self):
        caller, *gone = self.first.nodes
        known = set(view(caller))
        caller.call("CONFIG", "SET", "cluster-seeds", self.second.nodes[1].address)
        for node in gone:  # Who is in touch with its cluster asks nobody.
            node.kill()

        eventually(lambda: "CLUSTER RESET it first" in caller.log(), "the log says why")
        others = {node_id(node) for node in self.second.nodes}
        stays_true(lambda: set(view(caller)) == known
                   and all(set(view(node)) == others for node in self.second.nodes),
                   "they stay apart", _GOSSIP_SECONDS)
        self.assertEqual(caller.log().count("CLUSTER RESET it first"), 1)

    def test_one_that_was_reset_is_taken(self):
        gone = self.second.nodes[2]
        gone.call("FLUSHALL")
        gone.call("CLUSTER", "RESET", "SOFT")

        self.meet(self.first.nodes[0], gone)

        everybody = [*self.first.nodes, gone]
        eventually(lambda: all(node_id(gone) in view(node) for node in everybody), "all know it")
        eventually(lambda: settled_id(gone) == settled_id(self.first.nodes[0]), "it is of theirs")
        self.assertEqual(len(view(gone)), 4)


if __name__ == "__main__":
    unittest.main()
