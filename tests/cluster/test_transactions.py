"""MULTI, EXEC and WATCH between two clients of one node."""

import unittest

from tests.support.case import ProcessTest
from tests.support.resp import ReplyError
from tests.support.waiting import eventually


class Transactions(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.node = lab.start()

    def setUp(self):
        super().setUp()
        self.connection, self.other = self.node.connect(), self.node.connect()
        self.addCleanup(self.connection.close)
        self.addCleanup(self.other.close)
        self.connection.call("FLUSHALL")

    def test_queued_commands_run_together(self):
        connection = self.connection
        self.assertEqual(connection.call("MULTI"), "OK")
        self.assertEqual(connection.call("SET", "k", "1"), "QUEUED")
        self.assertEqual(connection.call("INCR", "k"), "QUEUED")
        self.assertIsNone(self.other.call("GET", "k"))
        self.assertEqual(connection.call("EXEC"), ["OK", 2])

    def test_discard_forgets_the_queue(self):
        self.connection.call("MULTI")
        self.connection.call("SET", "k", "1")
        self.assertEqual(self.connection.call("DISCARD"), "OK")
        self.assertIsNone(self.connection.call("GET", "k"))

    def test_a_command_that_cannot_be_queued_aborts(self):
        self.connection.call("MULTI")
        self.assert_error(self.connection.ask("SET", "k"), "ERR wrong number of arguments")
        self.assert_error(self.connection.ask("EXEC"),
                          "EXECABORT Transaction discarded because of previous errors.")

    def test_a_command_that_fails_does_not_undo_the_others(self):
        self.connection.call("MULTI")
        self.connection.call("SET", "k", "text")
        self.connection.call("INCR", "k")
        self.connection.call("SET", "after", "1")
        replies = self.connection.call("EXEC")
        self.assertIsInstance(replies[1], ReplyError)
        self.assertEqual(self.connection.call("GET", "after"), "1")

    def test_exec_and_discard_need_multi_and_multi_does_not_nest(self):
        self.assert_error(self.connection.ask("EXEC"), "ERR EXEC without MULTI")
        self.assert_error(self.connection.ask("DISCARD"), "ERR DISCARD without MULTI")
        self.connection.call("MULTI")
        self.assert_error(self.connection.ask("MULTI"), "ERR MULTI calls can not be nested")
        self.assert_error(self.connection.ask("WATCH", "k"),
                          "ERR WATCH inside MULTI is not allowed")

    def test_a_watched_key_that_changes_fails_exec(self):
        for change in [("SET", "k", "other"), ("DEL", "k"), ("PEXPIRE", "k", 100000),
                       ("FLUSHALL",), ("RENAME", "k", "elsewhere")]:
            with self.subTest(change):
                self.connection.call("SET", "k", "mine")
                self.assertIsNone(self._exec_after_watching(change))

    def test_a_watched_key_that_only_was_read_does_not(self):
        self.connection.call("SET", "k", "mine")
        self.assertEqual(self._exec_after_watching(("GET", "k")), ["PONG"])

    def test_unwatch_forgives_changes(self):
        self.connection.call("WATCH", "k")
        self.other.call("SET", "k", "other")
        self.connection.call("UNWATCH")
        self.connection.call("MULTI")
        self.connection.call("PING")
        self.assertEqual(self.connection.call("EXEC"), ["PONG"])

    def test_a_watched_key_that_expires_fails_exec(self):
        self.connection.call("SET", "k", "mine", "PX", 50)
        self.connection.call("WATCH", "k")
        eventually(lambda: self.other.call("EXISTS", "k") == 0, "the key is gone")
        self.connection.call("MULTI")
        self.connection.call("PING")
        self.assertIsNone(self.connection.call("EXEC"))

    def _exec_after_watching(self, change):
        self.connection.call("WATCH", "k")
        self.other.call(*change)
        self.connection.call("MULTI")
        self.connection.call("PING")
        return self.connection.call("EXEC")


if __name__ == "__main__":
    unittest.main()
