"""The base of all tests that start processes."""

import sys
import unittest

from tests.support import settings
from tests.support.lab import Lab
from tests.support.resp import ReplyError


def grapevine_only(reason):
    """For a promise that Redis does not make: skipped when Redis itself is under test."""
    return unittest.skipIf(settings.testing_redis(), f"Grapevine only: {reason}")


def only_in_full_runs(reason):
    """For a test that the gate has no time for."""
    return unittest.skipUnless(settings.ALL, f"only with --all: {reason}")


class ProcessTest(unittest.TestCase):
    """`self.lab` belongs to one test. A class that overrides `prepare` shares `cls.shared` between
    its tests. When a test fails, the ends of its nodes' logs are printed."""

    @classmethod
    def prepare(cls, lab):
        """Starts what all tests of the class share."""

    @classmethod
    def setUpClass(cls):
        cls.shared = Lab()
        cls.addClassCleanup(cls.shared.close)
        try:
            cls.prepare(cls.shared)
        except BaseException:
            print(cls.shared.log_tails(), file=sys.stderr)
            raise

    def setUp(self):
        self.lab = Lab()
        self._log_tails = ""
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        self._log_tails = "\n".join([self.shared.log_tails(), self.lab.log_tails()])
        self.lab.close()

    def run(self, result=None):
        before = _troubles(result)
        super().run(result)
        if _troubles(result) > before:
            print(f"{self.id()} failed{self._log_tails}", file=sys.stderr)
        return result

    def connect(self, node):
        """A connection that is closed after the test."""
        connection = node.connect()
        self.addCleanup(connection.close)
        return connection

    def assert_error(self, reply, start):
        """`reply` is an error reply whose text starts with `start`."""
        self.assertIsInstance(reply, ReplyError)
        self.assertEqual(str(reply)[:len(start)], start)


def _troubles(result):
    return len(result.failures) + len(result.errors)
