"""Subscriptions of the client library outlive connections, nodes and the places of slots."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.client_probe import Probe
from tests.support.cluster import Cluster, role
from tests.support.slots import move_slot, slot_of
from tests.support.waiting import eventually


def listener_in(cluster):
    """The node that a client is subscribed at; None when there is none."""
    for node in cluster.running():
        if any(f" {count}=1 " in line for line in node.call("CLIENT", "LIST").splitlines()
               for count in ("sub", "psub", "ssub")):
            return node
    return None


class Subscriptions(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=2, replicas=0, server=settings.REDIS_SERVER,
                               cluster_require_full_coverage="no")
        self.probe = Probe(self.lab, *self.cluster.nodes)

    def subscribe(self, *words):
        self.assertEqual(self.probe.ask("subscribe", *words), "listening")

    def listener(self):
        return listener_in(self.cluster)

    def ends_of(self, channel):
        slot = slot_of(self.cluster.nodes[0], channel)
        source = self.cluster.primary_of(slot)
        return slot, source, next(node for node in self.cluster.nodes if node is not source)

    def test_messages_come_from_any_node_in_order(self):
        self.subscribe("channels", "news", "more")
        for number in range(3):
            self.cluster.nodes[0].call("PUBLISH", "news", number)
            self.assertEqual(self.probe.ask("next"), f"news={number}")
        self.cluster.nodes[1].call("PUBLISH", "more", "x")
        self.assertEqual(self.probe.ask("await"), "more=x")

    def test_a_pattern_gives_the_channel(self):
        self.subscribe("patterns", "n*")
        self.cluster.nodes[0].call("PUBLISH", "news", "x")

        self.assertEqual(self.probe.ask("next"), "news=x")

    def test_a_coroutine_waits_for_what_comes_later(self):
        self.subscribe("channels", "news")
        self.probe.tell("await")
        self.cluster.nodes[0].call("PUBLISH", "news", "late")

        self.assertEqual(self.probe.answer(), "news=late")

    def test_a_connection_that_is_lost_leaves_a_gap(self):
        self.subscribe("channels", "news")
        node = self.listener()
        node.call("CLIENT", "KILL", "TYPE", "pubsub")
        eventually(self.listener, "it listens again")

        self.cluster.nodes[0].call("PUBLISH", "news", "a")
        self.cluster.nodes[0].call("PUBLISH", "news", "b")

        self.assertEqual(self.probe.ask("next"), "news=a gap")
        self.assertEqual(self.probe.ask("next"), "news=b")

    def test_another_node_takes_over_from_one_that_died(self):
        self.subscribe("channels", "news")
        self.listener().kill()
        eventually(self.listener, "it listens again")

        self.listener().call("PUBLISH", "news", "a")

        self.assertEqual(self.probe.ask("next"), "news=a gap")

    def test_a_node_that_stands_still_is_left(self):
        self.subscribe("channels", "news")
        node = self.listener()
        other = next(each for each in self.cluster.nodes if each is not node)
        node.pause()
        eventually(lambda: " sub=1 " in other.call("CLIENT", "LIST"), "it listens elsewhere", 30)

        other.call("PUBLISH", "news", "a")
        self.assertEqual(self.probe.ask("next"), "news=a gap")
        node.resume()

    def test_a_shard_channel_follows_its_slot(self):
        slot, source, target = self.ends_of("shard")
        self.subscribe("shards", "shard")
        source.call("SPUBLISH", "shard", "here")
        self.assertEqual(self.probe.ask("next"), "shard=here")
        move_slot(slot, source, target)
        eventually(lambda: target.call("PUBSUB", "SHARDNUMSUB", "shard") == ["shard", 1], "it moved")

        target.call("SPUBLISH", "shard", "there")

        self.assertEqual(self.probe.ask("next"), "shard=there gap")

    def test_shard_channels_of_two_slots_are_refused(self):
        self.assertRegex(self.probe.ask("subscribe shards one two"), "^error CROSSSLOT")

    def test_what_nobody_fetches_is_dropped_and_counted(self):
        self.subscribe("channels", "news")
        for number in range(130):
            self.listener().call("PUBLISH", "news", number)
        eventually(lambda: self.probe.ask("dropped") == "30", "30 were too many")
        for number in range(100):
            self.assertEqual(self.probe.ask("next"), f"news={number}")
        self.cluster.nodes[0].call("PUBLISH", "news", "x")

        self.assertEqual(self.probe.ask("next"), "news=x gap")

    def test_who_leaves_is_not_subscribed_any_more(self):
        self.subscribe("channels", "news")
        self.assertEqual(self.probe.ask("unsubscribe"), "gone")

        eventually(lambda: self.listener() is None, "nobody listens")

    def test_the_end_of_the_client_is_the_end_of_it(self):
        self.subscribe("channels", "news")

        self.assertEqual(self.probe.finish(), 0)


class InAReplicatedCluster(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1, server=settings.REDIS_SERVER,
                               cluster_node_timeout=2000)
        self.probe = Probe(self.lab, *self.cluster.nodes)

    def lose(self, primary):
        """It is killed; returns the replica that has been promoted."""
        successor = self.cluster.replica_of(primary)
        primary.kill()
        eventually(lambda: role(successor) == "master", "the replica is promoted", 30)
        return successor

    def test_a_shard_channel_goes_on_at_the_promoted_replica(self):
        primary = self.cluster.primary_of(slot_of(self.cluster.nodes[0], "shard"))
        self.assertEqual(self.probe.ask("subscribe shards shard"), "listening")
        eventually(lambda: primary.call("PUBSUB", "SHARDNUMSUB", "shard") == ["shard", 1],
                   "it listens at the primary")

        successor = self.lose(primary)
        eventually(lambda: successor.call("PUBSUB", "SHARDNUMSUB", "shard") == ["shard", 1],
                   "it listens at the promoted one", 30)
        successor.call("SPUBLISH", "shard", "on")

        self.assertEqual(self.probe.ask("next"), "shard=on gap")

    def test_a_channel_outlives_the_primary_at_which_it_was_heard(self):
        self.assertEqual(self.probe.ask("subscribe channels news"), "listening")
        primary = self.listener_as_primary()
        primary.call("PUBLISH", "news", "before")
        self.assertEqual(self.probe.ask("next"), "news=before")

        successor = self.lose(primary)
        eventually(lambda: listener_in(self.cluster), "it listens elsewhere", 30)
        self.cluster.wait_until_healthy()
        successor.call("PUBLISH", "news", "after")
        self.assertEqual(self.probe.ask("next"), "news=after gap")

        primary.start()
        self.cluster.wait_until_healthy()
        primary.call("PUBLISH", "news", "from the one that is back")
        self.assertEqual(self.probe.ask("next"), "news=from the one that is back")

    def listener_as_primary(self):
        """The node that the client listens at; when it is a replica it takes over first."""
        node = listener_in(self.cluster)
        if role(node) != "master":
            node.call("CLUSTER", "FAILOVER")
            eventually(lambda: role(node) == "master", "it takes over", 30)
            self.cluster.wait_until_healthy()
        self.assertIs(listener_in(self.cluster), node)
        return node


if __name__ == "__main__":
    unittest.main()
