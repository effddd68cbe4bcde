"""Commands that wait in the server, by the client library, on connections of their own."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.client_probe import Probe
from tests.support.cluster import Cluster
from tests.support.slots import move_slot, slot_of
from tests.support.waiting import eventually


class Blocking(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=2, replicas=0, server=settings.REDIS_SERVER,
                               cluster_require_full_coverage="no")
        self.probe = Probe(self.lab, *self.cluster.nodes)

    def owner_of(self, key):
        slot = slot_of(self.cluster.nodes[0], key)
        owner = self.cluster.primary_of(slot)
        return slot, owner, next(node for node in self.cluster.nodes if node is not owner)

    def block(self, *words):
        self.assertEqual(self.probe.ask("block", *words), "sent")

    def wait_until_blocked(self, node, clients=1):
        eventually(lambda: int(node.info("clients")["blocked_clients"]) == clients,
                   f"{clients} wait at {node.port}")

    def test_the_servers_timeout_is_not_cut_short_and_nobody_else_waits(self):
        _, owner, _ = self.owner_of("list")
        self.block("BLPOP", "list", 1)  # The patience of the probe is 0.5 s.
        self.wait_until_blocked(owner)

        self.assertEqual(self.probe.ask("call SET list:of x"), "OK")
        self.assertEqual(self.probe.ask("call LLEN list"), "0")
        self.assertEqual(self.probe.answer(), "nil")

    def test_a_connection_is_used_again(self):
        _, owner, _ = self.owner_of("again")
        self.assertEqual(self.probe.ask("call LLEN again"), "0")
        before = int(self.probe.ask("connections"))
        for item in "abc":
            self.block("BLPOP", "again", 0)
            self.wait_until_blocked(owner)
            owner.call("RPUSH", "again", item)
            self.assertEqual(self.probe.answer(), f"again,{item}")

        self.assertEqual(int(self.probe.ask("connections")), before + 1)

    def test_who_waits_follows_the_slot(self):
        slot, source, target = self.owner_of("moved")
        self.block("BLPOP", "moved", 0)
        self.wait_until_blocked(source)
        move_slot(slot, source, target)

        self.wait_until_blocked(target)
        target.call("RPUSH", "moved", "here")

        self.assertEqual(self.probe.answer(), "moved,here")

    def test_a_lost_connection_says_that_its_fate_is_unknown(self):
        _, owner, _ = self.owner_of("lost")
        self.block("BLPOP", "lost", 0)
        self.wait_until_blocked(owner)

        owner.kill()

        self.assertRegex(self.probe.answer(), "^error LOST.*attempts 1.*effect unknown")

    def test_a_call_that_times_out_takes_nothing_from_those_after_it(self):
        _, owner, _ = self.owner_of("late")
        self.block("BLPOP", "late", 1)
        self.wait_until_blocked(owner)
        owner.pause()
        self.assertRegex(self.probe.answer(), "^error TIMEOUT.*effect unknown")
        owner.resume()
        self.wait_until_blocked(owner, 0)

        owner.call("RPUSH", "late", "kept")

        self.assertEqual(self.probe.ask("call LLEN late"), "1")

    def test_a_client_that_ends_waits_for_nothing(self):
        _, owner, _ = self.owner_of("end")
        self.block("BLPOP", "end", 0)
        self.wait_until_blocked(owner)

        code = self.probe.finish()

        self.assertRegex(self.probe.answer(), "^error CLOSED")
        self.assertEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
