"""Other people's client libraries, each playing the same session with a failover in the middle."""

import os
import queue
import subprocess
import sys
import threading
import unittest
from pathlib import Path

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.cluster import FAILOVER_SECONDS, Cluster
from tests.support.waiting import eventually

SESSIONS = Path(__file__).parent / "sessions"
SESSION_SECONDS = 120
KEY_OF_SLOT_0 = "fHh"
_STDERR_TAIL = 3000


class ClientSessions(ProcessTest):
    def test_ioredis(self):
        self.play("node", SESSIONS / "ioredis.mjs")

    def test_node_redis(self):
        self.play("node", SESSIONS / "node-redis.mjs")

    def test_python3_redis(self):
        self.play(sys.executable, SESSIONS / "redis_py.py")

    def play(self, *program):
        cluster = Cluster(self.lab, primaries=3, replicas=1)
        session = Session(self.lab, [*program, *cluster.ports()])
        session.wait_for_line("steady")
        victim = cluster.primary_of(0)
        wait_for_replica(victim)
        victim.kill()
        session.say("killed")
        session.wait_for_line("done")
        self.assertEqual(session.process.wait(20), 0)
        self.assertEqual(len(cluster.primaries()), 3)


def wait_for_replica(primary):
    """What was written so far is on the replica too; WAIT asks about its own connection's write."""
    with primary.connect() as connection:
        connection.call("SET", KEY_OF_SLOT_0, "1")
        eventually(lambda: connection.call("WAIT", 1, 1000) == 1, "the replica has it all")


class Session:
    """A client program that is talked to by lines."""

    def __init__(self, lab, words):
        environment = {**os.environ, "SESSION_FAILOVER_MS":
                       str(int(FAILOVER_SECONDS * 1000 * settings.DEADLINE_FACTOR))}
        self._errors = lab.directory / "session.stderr"
        with open(self._errors, "wb") as errors:
            self.process = lab.adopt(subprocess.Popen(
                [str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, text=True, env=environment))
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_for_line(self, expected):
        try:
            line = self._lines.get(timeout=SESSION_SECONDS * settings.DEADLINE_FACTOR)
        except queue.Empty as late:
            raise AssertionError(f"the client did not say {expected!r} in time") from late
        if line != expected:
            raise AssertionError(f"the client said {line!r} instead of {expected!r}:\n"
                                 f"{self._errors.read_text()[-_STDERR_TAIL:]}")

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("(end)")


if __name__ == "__main__":
    unittest.main()
