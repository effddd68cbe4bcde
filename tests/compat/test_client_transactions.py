"""Transactions of the client library against clusters whose slots move."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.client_probe import Probe
from tests.support.cluster import Cluster
from tests.support.slots import close_slot, move_slot, open_slot, slot_of
from tests.support.waiting import eventually


class Transactions:
    server = None

    @classmethod
    def prepare(cls, lab):
        cls.cluster = Cluster(lab, primaries=3, replicas=0, server=cls.server)

    def setUp(self):
        super().setUp()
        self.probe = Probe(self.lab, *self.cluster.nodes)

    def test_each_command_has_its_own_reply(self):
        reply = self.probe.ask("transaction SET {own}a x ; INCR {own}a ; GET {own}a")

        self.assertRegex(reply, r"^OK \| error ERR value is not an integer.*effect ran\) \| x$")

    def test_keys_of_two_slots_are_refused_before_anything_is_sent(self):
        reply = self.probe.ask("transaction SET one x ; SET two x")

        self.assertRegex(reply, "^error CROSSSLOT.*attempts 0.*effect not sent")

    def test_a_mistake_in_one_command_undoes_all(self):
        reply = self.probe.ask("transaction SET {undone}a x ; GET {undone}a 1 2")

        self.assertRegex(reply, "^error ERR wrong number.*effect refused")
        self.assertEqual(self.probe.ask("call GET {undone}a"), "nil")

    def test_two_that_watch_the_same_key_lose_no_change(self):
        other = Probe(self.lab, *self.cluster.nodes)
        self.probe.tell("watched 300 watched")
        other.tell("watched 300 watched")

        attempts = int(self.probe.answer(60)) + int(other.answer(60))

        self.assertEqual(self.probe.ask("call GET watched"), "600")
        self.assertGreater(attempts, 600, "they met")

    def contend(self, how):
        reply = self.probe.ask(f"contend {how} 32 20 {how}", within=60)

        self.assertRegex(reply, r"^\d+ failed=0$")
        self.assertEqual(self.probe.ask(f"call GET {how}"), "640")
        self.assertGreater(int(reply.split()[0]), 640, "they met")

    def test_threads_that_raise_one_key_are_counted_exactly_once_each(self):
        self.contend("threads")

    def test_coroutines_that_raise_one_key_are_counted_exactly_once_each(self):
        self.contend("coroutines")

    def test_what_throws_gives_its_connection_back_unwatched(self):
        reply = self.probe.ask("throwing {thrown}")

        numbers = [word for word in reply.split() if word != "thrown"]
        self.assertEqual(reply.split().count("thrown"), 3)
        self.assertEqual(len(numbers), 4)
        self.assertEqual(len(set(numbers)), 1, "all had the same connection")
        self.assertEqual(self.probe.ask("call GET {thrown}"), "1")

    def test_nothing_is_done_when_it_is_not_wanted(self):
        self.assertEqual(self.probe.ask("unwanted {not}wanted"), "left")


class OnOurs(Transactions, ProcessTest):
    pass


class OnRedis(Transactions, ProcessTest):
    server = settings.REDIS_SERVER

    def ends_of(self, key):
        """The slot of `key`, its owner and another node."""
        slot = slot_of(self.cluster.nodes[0], key)
        source = self.cluster.primary_of(slot)
        target = next(node for node in self.cluster.nodes if node is not source)
        return slot, source, target

    def test_a_transaction_follows_a_slot_that_has_moved(self):
        slot, source, target = self.ends_of("{moved}")
        self.assertEqual(self.probe.ask("transaction INCR {moved}a ; INCR {moved}b"), "1 | 1")
        move_slot(slot, source, target)

        reply = self.probe.ask("transaction INCR {moved}a ; INCR {moved}b")

        self.assertEqual(reply, "2 | 2")

    def test_a_transaction_follows_ask_as_a_whole(self):
        slot, source, target = self.ends_of("{asked}")
        open_slot(slot, source, target)

        reply = self.probe.ask("transaction INCR {asked}a ; INCR {asked}a ; GET {asked}a")

        self.assertEqual(reply, "1 | 2 | 2")
        self.assertEqual(target.call("CLUSTER", "COUNTKEYSINSLOT", slot), 1)
        move_slot(slot, source, target)

    def test_what_is_watched_follows_the_slot(self):
        target = self.cluster.nodes[0]
        tag = next(tag for tag in range(100)
                   if self.cluster.primary_of(slot_of(target, f"{{w:{tag}}}")) is not target)
        key = f"{{w:{tag}}}"
        slot = slot_of(target, key)
        source = self.cluster.primary_of(slot)
        self.probe.ask(f"begin watched {key}")
        eventually(lambda: source.call("GET", key), "it counts where the slot is")

        move_slot(slot, source, target, *self.cluster.nodes)

        moved_at = int(target.call("GET", key))
        eventually(lambda: int(target.call("GET", key)) > moved_at, "it goes on where the slot went")
        times = self.probe.ask("end")
        self.assertEqual(target.call("GET", key), times)

    def test_a_transaction_over_a_split_slot_waits_for_the_rest_of_it(self):
        slot, source, target = self.ends_of("{split}")
        self.probe.ask("transaction INCR {split}a ; INCR {split}b")
        open_slot(slot, source, target)
        source.call("MIGRATE", target.host, target.port, "{split}a", 0, 5000)
        self.probe.tell("transaction INCR {split}a ; INCR {split}b")

        source.call("MIGRATE", target.host, target.port, "{split}b", 0, 5000)
        close_slot(slot, source, target)

        self.assertEqual(self.probe.answer(), "2 | 2")

    def test_no_transaction_is_lost_or_done_twice_while_its_slot_moves(self):
        # To one node only: two that take slots at the same time may take the same config epoch.
        target = self.cluster.nodes[0]
        self.probe.ask("begin pairs 40")
        for tag in range(40):
            slot = slot_of(target, f"{{busy:{tag}}}")
            source = self.cluster.primary_of(slot)
            if source is not target:
                move_slot(slot, source, target, *self.cluster.nodes)

        reply = self.probe.ask("end")

        laps = int(target.call("GET", "{busy:0}a"))
        self.assertGreater(laps, 1)
        self.assertEqual(reply, f"done={40 * laps} different=0")
        for tag in range(40):
            counted = target.call("MGET", f"{{busy:{tag}}}a", f"{{busy:{tag}}}b")
            self.assertEqual(counted, [str(laps)] * 2)


if __name__ == "__main__":
    unittest.main()
