"""What a primary has confirmed when it is told to end is not lost."""

import signal
import unittest

from tests.support.case import ProcessTest
from tests.support.cluster import FAILOVER_SECONDS, Cluster, accepts_writes
from tests.support.resp import ReplyError, encode
from tests.support.waiting import eventually

KEYS = 20  # Together more than the kernel takes in for a replica that does not read.
SIZE = 1_000_000


class Shutdown(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1)
        self.primary = self.cluster.nodes[2]
        self.replica = self.cluster.replica_of(self.primary)

    def test_a_primary_that_ends_waits_until_its_replica_has_all_that_it_confirmed(self):
        self.replica.pause()
        self.write()
        self.primary.process.send_signal(signal.SIGTERM)
        eventually(lambda: "User requested shutdown" in self.primary.log(), "the primary was told to end")
        self.replica.resume()
        self.assertEqual(self.primary.wait_for_exit(), 0)
        eventually(lambda: accepts_writes(self.replica, "{foo}"), "the replica takes writes",
                   FAILOVER_SECONDS)
        self.assertEqual([self.replica.call("STRLEN", key) for key in keys()], [SIZE] * KEYS)

    def test_an_end_at_once_waits_for_no_replica(self):
        self.replica.pause()
        self.write()
        self.end_within(8, "SHUTDOWN", "NOSAVE", "NOW")

    def test_an_end_waits_for_a_replica_that_does_not_answer_for_so_long_only(self):
        self.primary.call("CONFIG", "SET", "shutdown-timeout", 1)
        self.replica.pause()
        self.write()
        self.end_within(8, "SHUTDOWN", "NOSAVE")

    def test_an_end_that_waits_can_be_aborted(self):
        self.replica.pause()
        self.write()
        with self.primary.connect() as connection:
            connection.send(encode("SHUTDOWN", "NOSAVE"))
            eventually(lambda: "User requested shutdown" in self.primary.log(), "the primary was told to end")
            self.assertEqual(self.primary.call("SHUTDOWN", "ABORT"), "OK")
            self.assertIn("Errors trying to SHUTDOWN", str(connection.read()))
        with self.assertRaisesRegex(ReplyError, "No shutdown in progress"):
            self.primary.call("SHUTDOWN", "ABORT")
        self.replica.resume()
        self.assertEqual(self.primary.call("SET", "{foo}after", "1"), "OK")
        self.primary.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.primary.wait_for_exit(), 0)

    def test_an_end_that_waits_is_not_waited_for_by_whoever_interrupts_it_again(self):
        self.replica.pause()
        self.write()
        self.primary.process.send_signal(signal.SIGINT)
        eventually(lambda: "User requested shutdown" in self.primary.log(), "the primary was told to end")
        self.primary.process.send_signal(signal.SIGINT)
        self.assertEqual(self.primary.wait_for_exit(8), 1)

    def write(self):
        for key in keys():
            self.assertEqual(self.primary.call("SET", key, "x" * SIZE), "OK")

    def end_within(self, seconds, *request):
        """Sooner than the default of shutdown-timeout."""
        with self.primary.connect() as connection:
            connection.send(encode(*request))
            self.assertEqual(self.primary.wait_for_exit(seconds), 0)


def keys():
    return [f"{{foo}}{number}" for number in range(KEYS)]


if __name__ == "__main__":
    unittest.main()
