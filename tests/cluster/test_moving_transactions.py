"""EXEC when the slot of its keys is going elsewhere: all of it is run, or nothing."""

import unittest

from tests.support.case import ProcessTest
from tests.support.cluster import Cluster, node_id
from tests.support.slots import open_slot

SLOT = 12182  # Of {foo}, which lies on the third of three primaries.


class MovingTransactions(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.cluster = Cluster(lab, primaries=3, replicas=0)
        cls.first, _, cls.third = cls.cluster.nodes

    def setUp(self):
        super().setUp()
        self.source, self.target = self.connect(self.third), self.connect(self.first)
        self.addCleanup(self.give_back)

    def set_slot(self, node, *change):
        self.assertEqual(node.call("CLUSTER", "SETSLOT", SLOT, *change), "OK")

    def give_back(self):
        for key in ["{foo}1", "{foo}2"]:
            self.target.ask("ASKING")
            self.target.ask("DEL", key)
        for node in [self.first, self.third]:
            self.set_slot(node, "STABLE")
            self.set_slot(node, "NODE", node_id(self.third))
        self.third.call("DEL", "{foo}1", "{foo}2")

    def open_slot(self):
        open_slot(SLOT, self.third, self.first)

    def queue(self, connection, *requests):
        self.assertEqual(connection.call("MULTI"), "OK")
        for request in requests:
            self.assertEqual(connection.call(*request), "QUEUED")

    def assert_nothing_was_run(self, exec_error):
        self.assert_error(self.source.ask("EXEC"), exec_error)
        self.assert_error(self.source.ask("EXEC"), "ERR EXEC without MULTI")

    def test_it_is_sent_where_the_slot_has_gone(self):
        self.queue(self.source, ("SET", "{foo}1", "new"), ("SET", "{foo}2", "new"))
        self.set_slot(self.third, "NODE", node_id(self.first))
        self.assert_nothing_was_run(f"MOVED {SLOT} 127.0.0.1:{self.first.port}")

    def test_it_is_sent_where_all_of_its_keys_have_gone(self):
        self.queue(self.source, ("SET", "{foo}1", "new"), ("SET", "{foo}2", "new"))
        self.open_slot()
        self.assert_nothing_was_run(f"ASK {SLOT} 127.0.0.1:{self.first.port}")

    def test_it_waits_until_all_of_its_keys_have_gone(self):
        self.third.call("SET", "{foo}1", "old")
        self.queue(self.source, ("SET", "{foo}1", "new"), ("SET", "{foo}2", "new"))
        self.open_slot()
        self.assert_nothing_was_run("TRYAGAIN")
        self.assertEqual(self.source.call("GET", "{foo}1"), "old")

    def test_what_is_no_command_about_keys_does_not_run_without_them_either(self):
        self.queue(self.source, ("CLIENT", "SETNAME", "new"), ("SET", "{foo}1", "new"))
        self.set_slot(self.third, "NODE", node_id(self.first))
        self.assert_nothing_was_run(f"MOVED {SLOT}")
        self.assertNotEqual(self.source.call("CLIENT", "GETNAME"), "new")

    def test_it_may_delete_and_make_anew_a_key_of_a_slot_that_goes(self):
        self.third.call("SET", "{foo}1", "old")
        self.queue(self.source, ("DEL", "{foo}1"), ("SET", "{foo}1", "new"))
        self.open_slot()
        self.assertEqual(self.source.call("EXEC"), [1, "OK"])

    def test_after_asking_the_target_runs_it(self):
        self.open_slot()
        self.target.call("ASKING")
        self.queue(self.target, ("SET", "{foo}1", "new"), ("INCR", "{foo}1"))
        self.assertEqual(self.target.call("EXEC")[0], "OK")
        self.target.call("ASKING")
        self.queue(self.target, ("SET", "{foo}1", "new"), ("SET", "{foo}2", "new"))
        self.assert_error(self.target.ask("EXEC"), "TRYAGAIN")

    def test_asking_is_for_one_transaction(self):
        self.open_slot()
        self.target.call("ASKING")
        self.queue(self.target, ("SET", "{foo}1", "new"))
        self.assertEqual(self.target.call("EXEC"), ["OK"])
        self.assert_error(self.target.ask("GET", "{foo}1"), f"MOVED {SLOT}")
        self.target.call("ASKING")
        self.queue(self.target, ("SET", "{foo}1", "new"))
        self.assertEqual(self.target.call("DISCARD"), "OK")
        self.assert_error(self.target.ask("GET", "{foo}1"), f"MOVED {SLOT}")


if __name__ == "__main__":
    unittest.main()
