"""cluster-bus-key: who does not have it has no say in the cluster."""

import socket
import struct
import time
import unittest

from tests.support import settings
from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import (Cluster, accepts_writes, meet, node_id, slot_owners, view)
from tests.support.ports import BUS_OFFSET
from tests.support.waiting import eventually, stays_true

KEY = "the first key of the cluster"
NEXT_KEY = "the second key of the cluster"
NODE_TIMEOUT_MS = 2000
HEADER_SIZE = 2256
SETTLED_SECONDS = 1.5
PING, FAIL = 0, 3
PROCESS = slice(2208, 2214)  # Which of its processes: gossip/twins.h.


def frame(kind, sender, body=b"", *, slots=b"", epoch=0, process=None):
    """A message of a primary as Redis would send it, or as that process of a Grapevine."""
    header = bytearray(HEADER_SIZE)
    header[0:4] = b"RCmb"
    struct.pack_into(">IHHHH", header, 4, HEADER_SIZE + len(body), 1, 0, kind, 0)
    struct.pack_into(">QQ", header, 16, epoch, epoch)
    header[40:80] = sender.encode()
    header[80:80 + len(slots)] = slots
    struct.pack_into(">H", header, 2250, 1)  # A primary.
    if process is not None:
        header[2216:2220], header[2222] = b"GRPV", 1
        header[PROCESS] = process
    return bytes(header) + body


def all_slots():
    return b"\xff" * 2048


class Forger:
    """Says things on a node's bus port, as anybody could who reaches it."""

    def __init__(self, node):
        self._socket = socket.create_connection((node.host, node.port + BUS_OFFSET), timeout=10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def say(self, data):
        self._socket.sendall(data)

    def ask(self):
        """What the node answers a stranger: it tells everybody which process it is."""
        self.say(frame(PING, "f" * 40))
        reply = b""
        while len(reply) < HEADER_SIZE:
            reply += self._socket.recv(HEADER_SIZE - len(reply))
        return reply

    def was_sent_away(self):
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True


def flags(node, identity):
    """What `node` thinks of the node called `identity`."""
    lines = node.call("CLUSTER", "NODES").splitlines()
    return next(line.split(" ")[2] for line in lines if line.startswith(identity))


def bus(node, field):
    return node.info("cluster")[f"grapevine_bus_{field}"]


def configure(node, **values):
    set_all(node, {name.replace("_", "-"): value for name, value in values.items()})


def set_all(node, values):
    node.call("CONFIG", "SET", *[word for pair in values.items() for word in pair])


def links_made_at(node):
    """When each of the links of `node` was made, in seconds since 1970."""
    return [int(link[5]) / 1000 for link in node.call("CLUSTER", "LINKS")]


class BusTest(ProcessTest):
    def cluster(self, **options):
        return Cluster(self.lab, primaries=3, replicas=0, cluster_node_timeout=NODE_TIMEOUT_MS,
                       **options)

    def stranger(self, **options):
        return self.lab.cluster_node(cluster_node_timeout=NODE_TIMEOUT_MS, **options)

    def assert_open_links(self, nodes, count):
        eventually(lambda: all(bus(node, "open_links") == str(count) for node in nodes),
                   f"{count} open links")

    def assert_stays_out(self, stranger, cluster):
        """The stranger was told to meet the cluster, but nobody gets to know anybody."""
        stays_true(lambda: len(view(stranger)) == 1 and
                   all(len(view(node)) == 3 for node in cluster.nodes),
                   "nobody has joined", SETTLED_SECONDS)


@grapevine_only("Redis's bus is open")
class Forgeries(BusTest):
    def setUp(self):
        super().setUp()
        self.key = {}

    def cluster_of_three(self):
        self.nodes = self.cluster(**self.key).nodes
        self.first, second, third = self.nodes
        self.second_id, self.third_id = node_id(second), node_id(third)

    def forge(self, process=None):
        """One primary's name is used to say of another that it failed; then for a claim."""
        return (frame(FAIL, self.second_id, self.third_id.encode(), process=process),
                frame(PING, self.second_id, slots=all_slots(), epoch=1000, process=process))

    def test_without_a_key_whoever_knows_a_name_can_take_slots_but_fail_nobody_who_answers(self):
        self.cluster_of_three()
        with Forger(self.nodes[1]) as forger:
            process = forger.ask()[PROCESS]
        fail, claim = self.forge(process)
        with Forger(self.first) as forger:
            forger.say(fail)
            forger.say(claim)
            eventually(lambda: slot_owners(self.first)[0] == self.nodes[1].port,
                       "the forgery is believed")
        self.assertNotIn("peer failed", self.first.log())

    def test_with_a_key_neither_is_believed(self):
        self.key = {"cluster_bus_key": KEY}
        self.cluster_of_three()
        for forgery in self.forge():
            with Forger(self.first) as forger:
                forger.say(forgery)
                self.assertTrue(forger.was_sent_away())
        self.assertEqual(slot_owners(self.first)[0], self.first.port)
        self.assertNotIn("fail", flags(self.first, self.third_id))
        self.assertNotIn("peer failed", self.first.log())
        self.assertGreaterEqual(int(bus(self.first, "refused_links")), 2)

    def test_who_is_refused_again_and_again_does_not_fill_the_log(self):
        self.key = {"cluster_bus_key": KEY}
        self.cluster_of_three()
        fail, _ = self.forge()
        for _ in range(100):
            with Forger(self.first) as forger:
                forger.say(fail)
                forger.was_sent_away()
        lines = [line for line in self.first.log().splitlines() if "without the" in line]
        self.assertGreaterEqual(len(lines), 1)
        self.assertLess(len(lines), 10)


@grapevine_only("Redis's bus is open")
class Keys(BusTest):
    def wait_for_links(self, cluster):
        eventually(lambda: all(len(links_made_at(node)) == 4 for node in cluster.nodes),
                   "each has a link to and from both others")

    def test_a_node_with_the_key_joins_and_others_do_not(self):
        cluster = self.cluster(cluster_bus_key=KEY)
        for options in [{}, {"cluster_bus_key": NEXT_KEY}]:
            for inviter_is_the_stranger in [True, False]:
                stranger = self.stranger(**options)
                pair = [cluster.nodes[0], stranger]
                meet(pair[::-1] if inviter_is_the_stranger else pair)
                self.assert_stays_out(stranger, cluster)
                stranger.stop()
        friend = self.stranger(cluster_bus_key=KEY)
        meet([cluster.nodes[0], friend])
        eventually(lambda: len(view(friend)) == 4, "the friend knows everybody")
        self.assertIn("it has another cluster-bus-key", cluster.nodes[0].log())

    def test_the_key_is_replaced_while_the_cluster_works(self):
        cluster = self.cluster(cluster_bus_key=KEY)
        self.wait_for_links(cluster)
        started = time.time()
        for node in cluster.nodes:
            configure(node, cluster_bus_key=NEXT_KEY, cluster_bus_key_previous=KEY)
            self.assertEqual(cluster.call("SET", "foo", node.port), "OK")
        for node in cluster.nodes:
            eventually(lambda n=node: bus(n, "previous_key_links") == "0", "all have the new key")
        for node in cluster.nodes:
            configure(node, cluster_bus_key_previous="")
            self.assertEqual(cluster.call("SET", "foo", node.port), "OK")
        self.wait_for_links(cluster)
        for node in cluster.nodes:
            self.assertLess(max(links_made_at(node)), started)
        late = self.stranger(cluster_bus_key=KEY)
        meet([cluster.nodes[0], late])
        self.assert_stays_out(late, cluster)

    def test_between_two_keys_a_node_can_restart_and_a_primary_can_fail(self):
        cluster = Cluster(self.lab, primaries=3, replicas=1, cluster_node_timeout=NODE_TIMEOUT_MS,
                          cluster_bus_key=KEY)
        new = {"cluster-bus-key": NEXT_KEY, "cluster-bus-key-previous": KEY}
        for node in cluster.nodes[::2]:
            set_all(node, new)
        primary = cluster.primary_of(12182)
        replica = cluster.replica_of(primary)
        primary.kill()
        eventually(lambda: accepts_writes(replica, "foo"), "the replica took over", 20)
        primary.options.update(new)
        primary.start()
        cluster.wait_until_healthy()

    def test_a_cluster_gets_a_key_while_it_works(self):
        cluster = self.cluster()
        self.assert_open_links(cluster.nodes, 4)
        for node in cluster.nodes:
            configure(node, cluster_bus_key=KEY, cluster_bus_open_peers="127.0.0.0/8")
        for node in cluster.nodes:
            configure(node, cluster_bus_open_peers="")
            self.assertEqual(cluster.call("SET", "foo", node.port), "OK")
        self.assert_open_links(cluster.nodes, 0)
        self.wait_for_links(cluster)
        cluster.wait_until_healthy()
        for node in cluster.nodes:
            self.assertNotIn("peer failed", node.log())

    def test_a_key_that_only_one_node_has_isolates_it_until_the_others_have_it(self):
        cluster = self.cluster()
        configure(cluster.nodes[0], cluster_bus_key=KEY)
        eventually(lambda: "cluster_state:fail" in cluster.nodes[0].call("CLUSTER", "INFO"),
                   "it knows that it is alone")
        for node in cluster.nodes[1:]:
            configure(node, cluster_bus_key=KEY)
        cluster.wait_until_healthy()

    def test_nodes_that_were_given_different_keys_live_on_alone_until_they_share_one(self):
        cluster = self.cluster(cluster_bus_key=KEY)
        self.wait_for_links(cluster)
        for number, node in enumerate(cluster.nodes):
            configure(node, cluster_bus_key=f"a key that only node {number} has")
        configure(cluster.nodes[0], cluster_bus_key="")
        for node in cluster.nodes:
            eventually(lambda n=node: "cluster_state:fail" in n.call("CLUSTER", "INFO"),
                       "it knows that it is alone")
            self.assertTrue(node.is_running())
        for node in cluster.nodes:
            configure(node, cluster_bus_key=NEXT_KEY)
        cluster.wait_until_healthy()

    def test_the_key_is_in_no_log_and_its_absence_is(self):
        keyed, open_node = self.stranger(cluster_bus_key=KEY), self.stranger()
        configure(keyed, cluster_bus_key=NEXT_KEY, cluster_bus_key_previous=KEY)
        self.assertEqual(bus(keyed, "authenticated"), "yes")
        self.assertEqual(bus(open_node, "authenticated"), "no")
        self.assertNotIn("the cluster bus is open", keyed.log())
        self.assertEqual(open_node.log().count("the cluster bus is open"), 1)
        for key in [KEY, NEXT_KEY]:
            self.assertNotIn(key, keyed.log())

    def test_a_key_that_is_too_short_is_refused_without_repeating_it(self):
        node = self.stranger()
        with node.connect() as connection:
            reply = connection.ask("CONFIG", "SET", "cluster-bus-key", "guess me")
            self.assertIn("a key has 16 to 512 characters", str(reply))
            self.assertNotIn("guess me", str(reply))
        self.assertEqual(node.call("CONFIG", "GET", "cluster-bus-key")[1], "")


@grapevine_only("Redis's bus is open")
class OpenPeers(BusTest):
    def redis(self):
        """A redis-server that is reached, and calls, at an address of its own."""
        return self.lab.cluster_node(settings.REDIS_SERVER, cluster_node_timeout=NODE_TIMEOUT_MS,
                                     bind="127.0.0.1 127.0.0.2", bind_source_addr="127.0.0.2",
                                     cluster_announce_ip="127.0.0.2")

    def test_a_redis_that_is_listed_joins_and_one_that_is_not_does_not(self):
        cluster = self.cluster(cluster_bus_key=KEY)
        redis = self.redis()
        host = cluster.nodes[0]
        host.call("CLUSTER", "MEET", "127.0.0.2", redis.port)
        self.assert_stays_out(redis, cluster)
        for node in cluster.nodes:
            configure(node, cluster_bus_open_peers="127.0.0.2")
        host.call("CLUSTER", "MEET", "127.0.0.2", redis.port)
        eventually(lambda: all(len(view(node)) == 4 for node in cluster.nodes + [redis]),
                   "everybody knows everybody", 20)
        cluster.nodes.append(redis)
        cluster.wait_until_healthy()
        self.assertEqual(slot_owners(redis), slot_owners(host))
        self.assert_open_links(cluster.nodes[:3], 2)
        for complaint in ["Received unknown", "Ignoring", "mismatch"]:
            self.assertNotIn(complaint, redis.log())

    def test_a_grapevine_at_a_listed_address_proves_itself_all_the_same(self):
        cluster = self.cluster(cluster_bus_key=KEY, cluster_bus_open_peers="127.0.0.1")
        self.assert_open_links(cluster.nodes, 0)
        self.assertEqual(cluster.call("SET", "foo", "1"), "OK")


if __name__ == "__main__":
    unittest.main()
