"""The parts of scripts/cluster that need no processes."""

import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))
from cluster import picture, processes, resp, view
from cluster.demo import words
from cluster.errors import ToolError, UsageError


def connected():
    """A connection and the socket at its other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = resp.Connection(listener.getsockname()[1], timeout=5)
        return connection, listener.accept()[0]


class RespTest(unittest.TestCase):
    def setUp(self):
        self.connection, self.peer = connected()
        self.addCleanup(self.connection.close)
        self.addCleanup(self.peer.close)

    def test_slots_are_those_of_the_cluster_specification(self):
        self.assertEqual(resp.slot_of(b"123456789"), 0x31C3)
        self.assertEqual(resp.slot_of(b"{user1000}.following"), resp.slot_of(b"user1000"))
        self.assertEqual(resp.slot_of(b"foo{{bar}}zap"), resp.slot_of(b"{bar"))
        self.assertNotEqual(resp.slot_of(b"foo{}{bar}"), resp.slot_of(b"bar"))

    def test_replies_of_all_kinds_are_read(self):
        self.peer.sendall(b"+OK\r\n:7\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n:1\r\n*0\r\n-ERR no\r\n")
        replies = [self.connection.read() for _ in range(6)]
        self.assertEqual(replies[:5], ["OK", 7, b"a\r\n", None, [1, []]])
        self.assertEqual(replies[5].code, "ERR")

    def test_expected_replies_are_consumed(self):
        self.peer.sendall(b"+OK\r\n+OK\r\n+PONG\r\n")
        self.assertTrue(self.connection.expect(b"+OK\r\n" * 2))
        self.assertEqual(self.connection.read(), "PONG")

    def test_other_replies_than_the_expected_ones_stay_to_be_read(self):
        self.peer.sendall(b"+OK\r\n$-1\r\n")
        self.assertFalse(self.connection.expect(b"+OK\r\n$5\r\nhello\r\n"))
        self.assertEqual([self.connection.read(), self.connection.read()], ["OK", None])

    def test_a_closed_connection_is_an_error(self):
        self.peer.close()
        with self.assertRaises(ConnectionResetError):
            self.connection.read()


class ViewTest(unittest.TestCase):
    NODES = (b"aa 127.0.0.1:7001@17001,host myself,master - 0 0 1 connected 0-5460 9000 [5-<-bb]\n"
             b"bb 127.0.0.1:7002@17002 slave,fail? aa 0 0 1 connected\n")

    def test_a_line_of_cluster_nodes_becomes_a_member(self):
        connection = mock.Mock(text=lambda *_: self.NODES.decode())
        found = view.members(connection)
        self.assertEqual(found[7001].ranges, [(0, 5460), (9000, 9000)])
        self.assertEqual(found[7001].slot_count, 5462)
        self.assertTrue(found[7001].is_primary and found[7001].is_healthy)
        self.assertEqual((found[7002].primary_id, found[7002].is_healthy), ("aa", False))

    def node(self, number, **facts):
        defaults = {"state": "running", "role": "primary", "cluster_ok": True, "port": 7000 + number,
                    "pid": 1}
        return view.NodeReport(number, **(defaults | facts))

    def test_a_cluster_is_well_only_when_all_slots_are_served_and_all_nodes_run(self):
        whole = self.node(1, ranges=[(0, 16383)], slots=16384)
        replica = self.node(2, role="replica", primary=1, link="up")
        self.assertEqual(view.Report([whole, replica]).health, "ok")
        replica.link = "down"
        self.assertEqual(view.Report([whole, replica]).health, "degraded")
        self.assertEqual(view.Report([whole, view.NodeReport(2, 7002, 1, "dead")]).health, "degraded")
        whole.slots -= 1
        self.assertEqual(view.Report([whole, replica]).health, "down")

    def test_lag_is_what_the_replica_has_still_to_apply(self):
        primary = self.node(1, offset=100)
        replica = self.node(2, role="replica", primary=1, link="up", offset=70)
        self.assertEqual(view.Report([primary, replica]).lag(replica), 30)
        replica.link = "down"
        self.assertIsNone(view.Report([primary, replica]).lag(replica))

    def test_the_bar_shows_each_owner_and_each_hole(self):
        nodes = [self.node(1, ranges=[(0, 8191)]), self.node(2, ranges=[(8192, 16127)])]
        self.assertEqual(picture.bar(nodes), "0 " + "1" * 32 + "2" * 31 + ". 16383")


class ProcessesTest(unittest.TestCase):
    def test_a_process_id_that_was_used_again_is_not_ours(self):
        child = subprocess.Popen(["sleep", "60"])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        node = processes.Node(1, 7001, child.pid, processes._kernel_state(child.pid)[1])
        self.assertEqual(node.state(), "running")
        node.born -= 1
        self.assertEqual(node.state(), "dead")
        node.signal(9)
        self.assertIsNone(child.poll())

    def test_the_state_file_keeps_everything(self):
        with tempfile.TemporaryDirectory() as folder:
            cluster = processes.Cluster(Path(folder), "/bin/server", 1, ["--hz", "10"], True,
                                        [processes.Node(1, 7001, 5, 6)])
            cluster.save()
            self.assertEqual(processes.Cluster.load(folder), cluster)

    def test_a_node_is_named_by_number_or_port(self):
        cluster = processes.Cluster(Path("."), "", 1, nodes=[processes.Node(1, 7001)])
        self.assertEqual(cluster.node("1"), cluster.node("7001"))
        with self.assertRaises(UsageError):
            cluster.node("2")

    def test_a_taken_port_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            with self.assertRaisesRegex(ToolError, f"port {port} .*taken"):
                processes._refuse_taken_port(port)


class CommandLineTest(unittest.TestCase):
    def run_tool(self, *arguments):
        return subprocess.run([ROOT / "scripts" / "cluster", *arguments], capture_output=True,
                              text=True, env=os.environ | {"NO_COLOR": "1"})

    def test_mistakes_are_explained(self):
        for arguments, code, text in (
                (["start", "--nodes", "5"], 2, "--nodes 6 --replicas 1"),
                (["start", "--port", "60000"], 2, "at most 55530"),
                (["start", "--server", "/no/such"], 1, "no program '/no/such'"),
                (["status", "--dir", "/no/such"], 1, "scripts/cluster start makes one"),
                (["stop", "--", "--hz", "1"], 2, "no options for the server"),
                (["demolish"], 2, "invalid choice: 'demolish'")):
            result = self.run_tool(*arguments)
            self.assertEqual(result.returncode, code, result)
            self.assertIn(text, result.stderr)
            self.assertNotIn("Traceback", result.stderr)

    def test_help_shows_examples(self):
        result = self.run_tool("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("scripts/cluster demo", result.stdout)


class WordsTest(unittest.TestCase):
    def test_anagrams_share_their_value(self):
        self.assertEqual(words.value_of(b"listen"), words.value_of(b"silent"))

    def test_requests_and_replies_are_resp(self):
        self.assertEqual(words.set_request(b"ba"),
                         resp.encode(b"SET", b"word:ba", b"ab"))
        self.assertEqual(words.get_request(b"ba"), resp.encode(b"GET", b"word:ba"))
        self.assertEqual(words.get_reply(b"ba"), b"$2\r\nab\r\n")


if __name__ == "__main__":
    unittest.main()
