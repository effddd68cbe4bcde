"""A primary whose cable is pulled: who writes meanwhile, and what becomes of it."""

import threading
import time
import unittest

from tests.support import settings
from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import Cluster, role
from tests.support.hosts import HostLab, needs_hosts
from tests.support.resp import ReplyError
from tests.support.waiting import eventually

ROUNDS = 20 if settings.ALL else 2
# All of Redis's figures scale with it; the full run takes the default of 15 s.
NODE_TIMEOUT = None if settings.ALL else 2000
REPLACEMENT_SECONDS = 60
# "foo" lies on the third of three primaries.
TAG = "{foo}"


class FirstWrite(threading.Thread):
    """Tries to write to a node all the time, and notes when it was first accepted."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self._node = node
        self._accepted_at = None
        self._over = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()

    def run(self):
        with self._node.connect() as connection:
            while not self._over.wait(0.002):
                if connection.ask("SET", f"{TAG}probe", "1") == "OK":
                    self._accepted_at = time.monotonic()
                    return

    def wait(self):
        self.join(REPLACEMENT_SECONDS)
        if self._accepted_at is None:
            raise AssertionError(f"nobody took over within {REPLACEMENT_SECONDS} s")
        return self._accepted_at


@needs_hosts
@grapevine_only("Redis accepts writes on both sides of a cut, and drops those of one")
class Cuts(ProcessTest):
    def setUp(self):
        super().setUp()
        self.lab.close()
        self.lab = HostLab()
        self.cluster = Cluster(self.lab, primaries=3, replicas=1, cluster_node_timeout=NODE_TIMEOUT)

    def test_no_two_primaries_write_and_what_the_cut_off_one_accepted_is_kept(self):
        for number in range(ROUNDS):
            victim = self.cluster.primary_of(12182)
            successor = self.cluster.replica_of(victim)
            confirmed = self.write(victim, f"common{number}", 100)
            with victim.connect() as connection:
                self.assertEqual(connection.call("SET", f"{TAG}last{number}", "1"), "OK")
                self.assertEqual(connection.call("WAIT", 1, 10_000), 1)
            with FirstWrite(successor) as first_write:
                self.lab.cut(victim)
                lost, stopped_at = self.write_until_refused(victim, f"lost{number}")
                self.assertLess(stopped_at, first_write.wait(), "only one side writes at a time")
            self.write(successor, f"new{number}", 100)
            self.lab.heal(victim)
            eventually(lambda: role(victim) == "slave", "the old primary follows", REPLACEMENT_SECONDS)
            self.cluster.wait_until_healthy()
            self.assert_kept(victim, lost)
            self.assert_successor_decides(victim, successor, confirmed, lost)
            print(f"round {number + 1}: {len(lost)} writes of the cut-off primary kept", flush=True)

    def write(self, node, name, count):
        keys = [f"{TAG}{name}:{i}" for i in range(count)]
        for key in keys:
            self.assertEqual(node.call("SET", key, key), "OK")
        return keys

    def write_until_refused(self, node, name):
        """(keys that the node accepted, when it answered the last of them)."""
        accepted, answered_at = [], time.monotonic()
        while True:
            key = f"{TAG}{name}:{len(accepted)}"
            try:
                node.call("SET", key, key)
            except ReplyError as error:
                self.assertEqual(error.code, "CLUSTERDOWN")
                return accepted, answered_at
            accepted.append(key)
            answered_at = time.monotonic()
            time.sleep(0.001)

    def assert_kept(self, victim, lost):
        self.assertGreater(len(lost), 0, "the cut was noticed before anything could be written")
        files = sorted(victim.directory.glob("lost-writes-*.aof"), key=lambda file: file.stat().st_mtime)
        kept = commands_in(files[-1].read_bytes())
        self.assertEqual([command[1] for command in kept if command[0] == "SET"], lost)

    def assert_successor_decides(self, victim, successor, confirmed, lost):
        eventually(lambda: victim.digest() == successor.digest(), "both hold the same data")
        self.assertEqual(successor.call("EXISTS", *confirmed), len(confirmed))
        self.assertEqual(successor.call("EXISTS", *lost), 0)


def commands_in(data):
    """The commands of an append-only file, without SELECT."""
    lines, commands = data.decode().split("\r\n")[:-1], []
    while lines:
        count = int(lines[0][1:])
        commands.append(lines[2:2 + 2 * count:2])
        lines = lines[1 + 2 * count:]
    return [command for command in commands if command[0] != "SELECT"]


if __name__ == "__main__":
    unittest.main()
