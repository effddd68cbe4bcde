"""Nodes that come back at another IP: their peers and their clients find them there."""

import unittest

from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import (FAILOVER_SECONDS, Cluster, accepts_writes, meet, missed_by,
                                   node_id, slot_owners, view)
from tests.support.ports import free_port
from tests.support.resp import ReplyError
from tests.support.waiting import eventually, stays_true

# "foo" lies on the third of three primaries.
KEY, SLOT = "foo", 12182
NODE_TIMEOUT_MS = 2000
SEVERAL_ROUNDS_SECONDS = 7  # Who looks for its cluster asks every 2 s.


def primary_address(replica):
    """Where `replica` takes its data from; None:None when it is a primary."""
    fields = replica.info("replication")
    return f"{fields.get('master_host')}:{fields.get('master_port')}"


def says_moved_to(node, address):
    reply = node.connect().ask("GET", KEY)
    return isinstance(reply, ReplyError) and str(reply) == f"MOVED {SLOT} {address}"


class NewAddress(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1,
                               cluster_node_timeout=NODE_TIMEOUT_MS)
        self.primary = self.cluster.nodes[2]
        self.replica = self.cluster.replica_of(self.primary)

    def save_at_the_end(self, *nodes):
        """They come back with their data, so that nobody has to take over from them."""
        for node in nodes:
            node.call("CONFIG", "SET", "save", "3600 1")
            node.call("CONFIG", "SET", "cluster-replica-no-failover", "yes")

    def wait_until_known(self, name, node):
        eventually(lambda: all(f"{name} {node.address}@" in peer.call("CLUSTER", "NODES")
                               for peer in self.cluster.running()),
                   f"all know that it is at {node.address} now, itself included", 30)

    def test_a_primary_that_moves_keeps_its_slots_and_its_replica(self):
        self.primary.call("SET", KEY, "before")
        self.save_at_the_end(*self.cluster.nodes)
        name = node_id(self.primary)
        self.primary.terminate()
        self.primary.move("127.0.0.2", free_port())
        self.primary.start()
        self.wait_until_known(name, self.primary)
        self.cluster.wait_until_healthy()
        self.assertTrue(all(says_moved_to(node, self.primary.address)
                            for node in self.cluster.nodes[:2]))
        self.assertEqual(primary_address(self.replica), self.primary.address)
        self.assertEqual(self.primary.call("GET", KEY), "before")
        self.primary.call("SET", KEY, "after")
        self.assertEqual(self.primary.call("WAIT", 1, 10_000), 1)

    def test_a_primary_that_was_replaced_comes_back_elsewhere_as_a_replica_and_takes_over(self):
        name = node_id(self.primary)
        self.primary.kill()
        eventually(lambda: accepts_writes(self.replica, KEY), "the replica takes over",
                   FAILOVER_SECONDS)
        self.primary.move("127.0.0.2", self.primary.port)
        self.primary.start()
        self.wait_until_known(name, self.primary)
        self.cluster.wait_until_healthy()
        self.assertEqual(self.primary.call("CLUSTER", "FAILOVER"), "OK")
        eventually(lambda: says_moved_to(self.replica, self.primary.address), "it takes over", 30)
        eventually(lambda: primary_address(self.replica) == self.primary.address,
                   "the other follows it there", 30)

    def test_a_replica_that_moves_is_listed_at_its_new_address(self):
        name = node_id(self.replica)
        self.primary.call("SET", KEY, "1")  # A replica that has seen no write is not listed.
        self.replica.kill()
        self.replica.move("127.0.0.3", free_port())
        self.replica.start()
        self.wait_until_known(name, self.replica)
        self.cluster.wait_until_healthy()
        eventually(lambda: all(self.lists_the_replica(node) for node in self.cluster.nodes),
                   "all list it", 30)

    def lists_the_replica(self, node):
        listed = [member[:2] for range_ in node.call("CLUSTER", "SLOTS") for member in range_[2:]]
        return [self.replica.host, self.replica.port] in listed

    @grapevine_only("a Redis replica goes on looking for its primary where it was")
    def test_all_that_move_at_once_find_one_another_when_they_are_introduced_again(self):
        """Nobody knows where anybody is, and without seeds an operator has to tell one of them."""
        owners = slot_owners(self.primary)
        self.primary.call("SET", KEY, "before")
        self.save_at_the_end(*self.cluster.nodes)
        for node in self.cluster.nodes:
            node.terminate()
        for number, node in enumerate(self.cluster.nodes):
            node.move(f"127.0.0.{number + 2}", node.port)
            node.start()
        meet(self.cluster.nodes)
        self.cluster.wait_until_healthy()
        for node in self.cluster.nodes:
            self.wait_until_known(node_id(node), node)
        self.assertEqual(slot_owners(self.replica), owners)
        self.assertEqual(self.primary.call("GET", KEY), "before")
        self.assertEqual(primary_address(self.replica), self.primary.address)

    @grapevine_only("Redis has no seeds")
    def test_all_that_move_at_once_find_one_another_by_two_seeds(self):
        before = view(self.primary)
        self.primary.call("SET", KEY, "before")
        self.save_at_the_end(*self.cluster.nodes)
        for number, node in enumerate(self.cluster.nodes):
            node.terminate()
            node.move(f"127.0.0.{number + 2}", free_port())
        seeds = [self.cluster.nodes[3].address, self.cluster.nodes[4].address]
        for node in self.cluster.nodes:
            # Who was seen to go is failed until it is found, and its replica may be found first.
            node.options |= {"cluster-seeds": " ".join(seeds), "cluster-replica-no-failover": "yes"}
            node.start()
        self.cluster.wait_until_healthy()
        for node in self.cluster.nodes:
            self.wait_until_known(node_id(node), node)
        self.assertEqual(view(self.replica), before)
        self.assertEqual(self.primary.call("GET", KEY), "before")
        self.assertEqual(primary_address(self.replica), self.primary.address)


class Names(ProcessTest):
    def test_a_node_may_announce_a_name_in_place_of_its_ip(self):
        cluster = Cluster(self.lab, primaries=3, replicas=1, cluster_node_timeout=NODE_TIMEOUT_MS,
                          cluster_announce_ip="localhost")
        first, _, primary = cluster.nodes[:3]
        replica = cluster.replica_of(primary)
        self.assertTrue(says_moved_to(first, f"localhost:{primary.port}"))
        self.assertEqual(primary_address(replica), f"localhost:{primary.port}")
        primary.kill()
        eventually(lambda: accepts_writes(replica, KEY), "it is replaced", FAILOVER_SECONDS)


@grapevine_only("Redis has no seeds")
class Seeds(ProcessTest):
    def knows(self, node, name):
        return name in view(node)

    def test_fresh_nodes_come_to_know_one_another_by_the_first(self):
        nodes = [self.lab.node(cluster_enabled="yes") for _ in range(3)]
        for node in nodes:
            node.options["cluster-seeds"] = nodes[0].address  # The first one's is itself.
        nodes[0].start()
        eventually(lambda: f"{nodes[0].address}@" in nodes[0].call("CLUSTER", "NODES"),
                   "it finds itself there")
        for node in nodes[1:]:
            node.start()
        everybody = {node_id(node) for node in nodes}
        eventually(lambda: all(set(view(node)) == everybody for node in nodes),
                   "all know one another")

    def test_host_names_lead_to_where_their_nodes_are_now(self):
        """`localhost` leads to 127.0.0.1, so that is where they all come to; their ports stay."""
        nodes = [self.lab.node(cluster_enabled="yes", cluster_announce_hostname="localhost")
                 for _ in range(3)]
        for number, node in enumerate(nodes):
            node.move(f"127.0.0.{number + 2}", node.port)
            node.start()
        cluster = Cluster.of(nodes, primaries=3)
        eventually(lambda: all(node.call("CLUSTER", "NODES").count(",localhost") == 3
                               for node in nodes), "all know the names")
        for node in nodes:
            node.terminate()
            node.move("127.0.0.1", node.port)
        for node in nodes:
            node.start()
        cluster.wait_until_healthy()
        for node in nodes:
            nodes_text = node.call("CLUSTER", "NODES")
            self.assertTrue(all(f"{other.address}@" in nodes_text for other in nodes))

    def test_a_forgotten_node_does_not_come_back_by_its_seeds(self):
        cluster = Cluster(self.lab, primaries=3, replicas=1)
        gone = cluster.nodes.pop()
        gone_id = node_id(gone)
        seeds = " ".join(node.address for node in cluster.nodes)
        gone.call("CONFIG", "SET", "cluster-seeds", seeds)
        gone.options["cluster-seeds"] = seeds
        self.assertEqual(cluster.nodes[0].call("CLUSTER", "FORGET", gone_id), "OK")
        eventually(lambda: not any(self.knows(node, gone_id) for node in cluster.nodes),
                   "all have forgotten it")

        def stays_out(why):
            stays_true(lambda: not any(self.knows(node, gone_id) for node in cluster.nodes),
                       why, SEVERAL_ROUNDS_SECONDS)

        stays_out("while it runs on")
        gone.terminate()
        gone.move("127.0.0.2", gone.port)
        gone.start()
        stays_out("after it has come back elsewhere")
        gone.call("CLUSTER", "RESET", "SOFT")
        eventually(lambda: len(view(gone)) > 1, "it finds them, as one that is new")
        stays_out("under its old name")

        cluster.nodes[0].call("CLUSTER", "MEET", gone.host, gone.port, gone.bus_port)
        eventually(lambda: all(self.knows(node, gone_id) for node in cluster.nodes),
                   "an operator's word brings it back", 30)

    def test_a_forgotten_node_is_not_brought_back_by_the_seeds_of_the_others(self):
        cluster = Cluster(self.lab, primaries=1, replicas=2, cluster_node_timeout=NODE_TIMEOUT_MS)
        first, stays, gone = cluster.nodes
        gone_id = node_id(gone)
        first.call("CONFIG", "SET", "cluster-seeds", gone.address)
        first.call("CLUSTER", "FORGET", gone_id)
        stays.kill()  # From here on it misses all that it knows.
        eventually(lambda: node_id(gone) not in view(first) and missed_by(first), "it is alone")
        gone.call("CLUSTER", "RESET", "SOFT")
        stays_true(lambda: not self.knows(first, gone_id), "it stays alone", SEVERAL_ROUNDS_SECONDS)


if __name__ == "__main__":
    unittest.main()
