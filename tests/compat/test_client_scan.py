"""The client library goes through all keys of a cluster whose slots move and whose primaries change."""

import re
import unittest
from binascii import crc_hqx

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.client_probe import Probe
from tests.support.cluster import SLOTS, Cluster, role
from tests.support.resp import encode
from tests.support.slots import move_slot, move_slot_by_copies, open_slot, slot_of
from tests.support.waiting import eventually

KEYS = 6000
COUNT = 50


def distinct(answer):
    return int(re.search(r"distinct=(\d+)", answer)[1])


def fill(cluster, replicas):
    """KEYS keys on all primaries, each on its replica, too, if it has one."""
    for first, last, primary, *_ in cluster.nodes[0].call("CLUSTER", "SLOTS"):
        with cluster.node_on(primary[1]).connect() as connection:
            keys = [key for key in map("stay:{}".format, range(KEYS))
                    if first <= crc_hqx(key.encode(), 0) % SLOTS <= last]
            connection.send(b"".join(encode("SET", key, "x") for key in keys))
            for _ in keys:
                connection.read()
            connection.call("WAIT", replicas, 5000)


class Scans:
    server = None

    def found(self, replicas):
        cluster = Cluster(self.lab, primaries=3, replicas=replicas, server=self.server,
                          cluster_node_timeout=2000)
        fill(cluster, replicas)
        return cluster

    def move(self, slot, source, target, cluster):
        others = [node for node in cluster.primaries() if node not in (source, target)]
        (move_slot if self.server else move_slot_by_copies)(slot, source, target, *others)

    def test_every_key_comes_once_from_a_cluster_at_rest(self):
        probe = Probe(self.lab, *self.found(replicas=0).nodes)

        for way in ("wait", "then", "future", "await"):
            with self.subTest(way):
                self.assertRegex(probe.ask("scan", way, 100), f"^done distinct={KEYS} keys={KEYS} ")
        self.assertRegex(probe.ask("scan wait 500 stay:12?"), "^done distinct=10 keys=10 ")
        self.assertRegex(probe.ask("scan wait 500 stay:12? string"), "^done distinct=10 ")
        self.assertEqual(probe.ask("scan wait 500 * hash"), "done distinct=0 keys=0 batches=0")
        self.assertRegex(probe.ask("scan wait 0"), "^error ERR syntax error.*effect ran")

    def test_no_key_is_missed_when_slots_move_and_a_primary_dies(self):
        cluster = self.found(replicas=1)
        probe = Probe(self.lab, *cluster.nodes)
        first, second, third = cluster.primaries()
        probe.ask("scan_begin", COUNT)
        self.assertRegex(probe.ask("scan_some 20"), "^more ")

        # Out of its way, and from where the scan has not been yet to where it is. Two that take slots
        # at the same time may take the same config epoch.
        slots = {slot_of(first, f"stay:{number}") for number in range(10)}
        here = {slot for slot in slots if cluster.primary_of(slot) is first}
        for moving, target in ((here, third), (slots - here, first)):
            for slot in moving:
                self.move(slot, cluster.primary_of(slot), target, cluster)
            cluster.wait_until_agreed()
        self.assertRegex(probe.ask("scan_some 15"), "^more ")
        for victim in (first, second):
            successor = cluster.replica_of(victim)
            eventually(lambda: victim.call("WAIT", 1, 1000) >= 1, "the replica has all")
            victim.kill()
            eventually(lambda: role(successor) == "master", "the replica is promoted", 60)
            self.assertRegex(probe.ask("scan_some 15"), "^more ")
            victim.start()
            cluster.wait_until_healthy()

        answer = probe.ask("scan_some 1000")
        self.assertRegex(answer, f"^done distinct={KEYS} ")

    def test_a_node_that_starts_again_is_walked_again(self):
        cluster = self.found(replicas=0)
        probe = Probe(self.lab, *cluster.nodes, patience=20000)
        probe.ask("scan_begin", COUNT)
        self.assertRegex(probe.ask("scan_some 20"), "^more ")

        for node in cluster.nodes:
            node.call("SAVE")
            node.restart()
        cluster.wait_until_healthy()

        self.assertRegex(probe.ask("scan_some 1000"), f"^done distinct={KEYS} ")

    def test_a_slot_that_is_left_open_is_named_and_the_scan_goes_on_later(self):
        cluster = self.found(replicas=0)
        probe = Probe(self.lab, *cluster.nodes, patience=1000)
        slot = slot_of(cluster.nodes[0], "stay:7")
        source = cluster.primary_of(slot)
        target = next(node for node in cluster.nodes if node is not source)
        open_slot(slot, source, target)
        probe.ask("scan_begin", COUNT)

        answer = probe.ask("scan_some 1000")

        self.assertRegex(answer, f"^error TIMEOUT .*TRYAGAIN slot {slot} is on its way")
        self.assertGreaterEqual(distinct(probe.ask("scan_some 0")), KEYS - 2)
        for node in (source, target):
            node.call("CLUSTER", "SETSLOT", slot, "STABLE")
        self.assertRegex(probe.ask("scan_some 1000"), f"^done distinct={KEYS} ")

    def test_nothing_is_asked_that_nobody_waits_for(self):
        cluster = self.found(replicas=0)
        probe = Probe(self.lab, *cluster.nodes)
        for node in cluster.nodes:
            node.call("CONFIG", "RESETSTAT")
        probe.ask("scan_begin", COUNT)
        probe.ask("scan_some 7")

        calls = [re.search(r"cmdstat_scan:calls=(\d+)", node.call("INFO", "commandstats"))
                 for node in cluster.nodes]

        self.assertEqual([int(call[1]) for call in calls if call], [7])
        probe.ask("scan_end")

    def test_a_server_without_cluster_mode_is_walked_as_it_is(self):
        node = self.lab.start(self.server)
        for number in range(100):
            node.call("SET", f"stay:{number}", "x")

        self.assertRegex(Probe(self.lab, node).ask("scan wait 10"), "^done distinct=100 ")


class OnOurs(Scans, ProcessTest):
    pass


class OnRedis(Scans, ProcessTest):
    server = settings.REDIS_SERVER


if __name__ == "__main__":
    unittest.main()
