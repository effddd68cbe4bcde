"""HAProxy, with the health check that people use for Redis, finds the writable one of our nodes."""

import subprocess
import unittest

from tests.support.case import ProcessTest
from tests.support.ports import free_port
from tests.support.resp import Connection
from tests.support.waiting import eventually

CONFIGURATION = """
defaults
    mode tcp
    timeout connect 1s
    timeout client 30s
    timeout server 30s

listen primary
    bind 127.0.0.1:{port}
    option tcp-check
    tcp-check send PING\\r\\n
    tcp-check expect string +PONG
    tcp-check send info\\ replication\\r\\n
    tcp-check expect string role:master
    tcp-check send QUIT\\r\\n
    tcp-check expect string +OK
    server first 127.0.0.1:{first} check inter 200ms
    server second 127.0.0.1:{second} check inter 200ms
"""


class HaProxy(ProcessTest):
    def setUp(self):
        super().setUp()
        self.first, self.second = self.lab.start(), self.lab.start()
        self.second.call("REPLICAOF", "127.0.0.1", self.first.port)
        self.port = free_port()
        file = self.lab.directory / "haproxy.cfg"
        file.write_text(CONFIGURATION.format(port=self.port, first=self.first.port,
                                             second=self.second.port))
        self.lab.adopt(subprocess.Popen(["haproxy", "-f", str(file), "-db"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def reached_port(self):
        """The port of the node that a client of the proxy talks to."""
        with Connection(self.port, timeout=5) as connection:
            return int(connection.call("CONFIG", "GET", "port")[1])

    def test_it_leads_to_the_primary_and_after_a_change_to_the_new_one(self):
        eventually(lambda: self.reached_port() == self.first.port, "it found the primary")
        self.second.call("REPLICAOF", "NO", "ONE")
        self.first.call("REPLICAOF", "127.0.0.1", self.second.port)
        eventually(lambda: self.reached_port() == self.second.port, "it found the new primary")


if __name__ == "__main__":
    unittest.main()
