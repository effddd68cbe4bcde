"""Who may connect, how many, for how long, and what a node knows about its clients."""

import socket
import unittest

from tests.support.case import ProcessTest
from tests.support.resp import encode
from tests.support.waiting import eventually


def outside_address():
    """An IPv4 address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # Sends nothing.
        except OSError:
            return None
        return probe.getsockname()[0]


class Passwords(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.node = lab.node(requirepass="secret")
        cls.node.launch()
        eventually(lambda: cls.node.connect().close() is None, "the node listens")

    def setUp(self):
        super().setUp()
        self.connection = self.node.connect()
        self.addCleanup(self.connection.close)

    def test_nothing_runs_before_the_password(self):
        for request in [("GET", "k"), ("PING",), ("INFO",), ("CONFIG", "GET", "*")]:
            self.assert_error(self.connection.ask(*request), "NOAUTH Authentication required.")

    def test_the_password_opens(self):
        self.assertEqual(self.connection.call("AUTH", "secret"), "OK")
        self.assertEqual(self.connection.call("PING"), "PONG")

    def test_the_default_user_has_the_password(self):
        self.assertEqual(self.connection.call("AUTH", "default", "secret"), "OK")

    def test_a_wrong_password_is_refused(self):
        self.assert_error(self.connection.ask("AUTH", "guess"),
                          "WRONGPASS invalid username-password pair or user is disabled.")
        self.assert_error(self.connection.ask("PING"), "NOAUTH")

    def test_hello_can_carry_the_password(self):
        self.assert_error(self.connection.ask("HELLO", "3"), "NOAUTH")
        reply = self.connection.call("HELLO", "3", "AUTH", "default", "secret")
        self.assertEqual(reply["proto"], 3)

    def test_reset_asks_for_the_password_again(self):
        self.connection.call("AUTH", "secret")
        self.connection.call("RESET")
        self.assert_error(self.connection.ask("PING"), "NOAUTH")

    def test_a_password_can_be_changed_while_running(self):
        node = self.lab.start()
        node.call("CONFIG", "SET", "requirepass", "new")
        with node.connect() as connection:
            self.assert_error(connection.ask("PING"), "NOAUTH")
            self.assertEqual(connection.call("AUTH", "new"), "OK")


class Access(ProcessTest):
    def test_protected_mode_refuses_other_machines_while_there_is_no_password(self):
        address = outside_address()
        if not address:
            self.skipTest("this machine has only loopback addresses")
        node = self.lab.start(bind="0.0.0.0")
        with node.connect(host=address) as connection:
            self.assert_error(connection.read(), "DENIED ")
            self.assertTrue(connection.is_closed_by_server())
        node.call("CONFIG", "SET", "protected-mode", "no")
        with node.connect(host=address) as connection:
            self.assertEqual(connection.call("PING"), "PONG")

    def test_bind_limits_where_the_node_listens(self):
        address = outside_address()
        if not address:
            self.skipTest("this machine has only loopback addresses")
        node = self.lab.start(bind="127.0.0.1")
        with self.assertRaises(ConnectionRefusedError):
            node.connect(host=address)

    def test_a_node_listens_on_ipv6(self):
        if not has_ipv6():
            self.skipTest("this machine has no IPv6")
        node = self.lab.start(bind="127.0.0.1 ::1")
        with node.connect(host="::1") as connection:
            self.assertEqual(connection.call("PING"), "PONG")

    def test_a_node_listens_on_a_unix_socket(self):
        path = self.lab.directory / "socket"
        self.lab.start(unixsocket=path)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            self.assertEqual(client.recv(100), b"+PONG\r\n")

    def test_maxclients_is_the_number_of_clients(self):
        node = self.lab.start(maxclients="10")
        eventually(lambda: node.info("clients")["connected_clients"] == "1",
                   "only the connection that asks is left")
        connections = [node.connect() for _ in range(20)]
        replies = [first_reply(connection) for connection in connections]
        self.assertEqual(replies.count("PONG"), 9)
        self.assertEqual(replies.count("ERR max number of clients reached"), 11)
        for connection in connections:
            connection.close()
        eventually(lambda: first_reply(node.connect()) == "PONG", "there is room again")

    def test_an_idle_client_is_disconnected_after_the_timeout(self):
        node = self.lab.start(timeout="1")
        with node.connect() as idle:
            idle.call("PING")
            self.assertTrue(idle.is_closed_by_server())

    def test_without_timeout_an_idle_client_stays(self):
        node = self.lab.start()
        self.assertEqual(node.call("CONFIG", "GET", "timeout"), ["timeout", "0"])


def first_reply(connection):
    """The text of the reply to PING, or of the refusal that came instead."""
    try:
        return str(connection.ask("PING"))
    except ConnectionError:
        return "closed"


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            return True
    except OSError:
        return False


class ClientCommand(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.node = lab.start()

    def setUp(self):
        super().setUp()
        self.connection, self.other = self.node.connect(), self.node.connect()
        self.addCleanup(self.connection.close)
        self.addCleanup(self.other.close)
        for connection in (self.connection, self.other):
            connection.call("PING")  # The node knows it now: to be connected is not to be accepted.

    def fields(self, line):
        return dict(pair.split("=", 1) for pair in line.strip().split(" "))

    def listed(self):
        lines = self.node.call("CLIENT", "LIST").splitlines()
        return {fields["id"]: fields for fields in map(self.fields, lines)}

    def test_ids_grow(self):
        self.assertLess(self.connection.call("CLIENT", "ID"), self.other.call("CLIENT", "ID"))

    def test_client_list_describes_each_connection(self):
        self.other.call("CLIENT", "SETNAME", "worker")
        identity = str(self.other.call("CLIENT", "ID"))
        mine = self.listed()[identity]
        self.assertEqual(mine["addr"], f"127.0.0.1:{self.other.local_port}")
        self.assertEqual(mine["laddr"], f"127.0.0.1:{self.node.port}")
        self.assertEqual((mine["name"], mine["db"], mine["flags"]), ("worker", "0", "N"))
        self.assertEqual((mine["user"], mine["multi"], mine["resp"]), ("default", "-1", "2"))
        self.assertEqual(mine["cmd"], "client|id")

    def test_client_info_is_the_line_of_this_connection(self):
        fields = self.fields(self.connection.call("CLIENT", "INFO"))
        self.assertEqual(fields["id"], str(self.connection.call("CLIENT", "ID")))
        self.assertEqual(fields["cmd"], "client|info")

    def test_clients_are_killed_by_id(self):
        identity = self.other.call("CLIENT", "ID")
        self.assertEqual(self.connection.call("CLIENT", "KILL", "ID", identity), 1)
        self.assertTrue(self.other.is_closed_by_server())
        self.assertNotIn(str(identity), self.listed())

    def test_clients_are_killed_by_address(self):
        address = f"127.0.0.1:{self.other.local_port}"
        self.assertEqual(self.connection.call("CLIENT", "KILL", address), "OK")
        self.assertTrue(self.other.is_closed_by_server())

    def test_kill_spares_the_one_who_asks_unless_told_otherwise(self):
        self.assertGreaterEqual(self.connection.call("CLIENT", "KILL", "TYPE", "normal"), 1)
        self.assertEqual(self.connection.call("PING"), "PONG")

    def test_reply_off_and_skip_keep_silent(self):
        requests = [("CLIENT", "REPLY", "OFF"), ("SET", "quiet", "1"), ("CLIENT", "REPLY", "ON"),
                    ("CLIENT", "REPLY", "SKIP"), ("PING",), ("GET", "quiet")]
        self.connection.send(b"".join(encode(*request) for request in requests))
        self.assertEqual([self.connection.read(), self.connection.read()], ["OK", "1"])

    def test_info_counts_the_clients(self):
        before = int(self.node.info("clients")["connected_clients"])
        with self.node.connect() as third:
            third.call("PING")
            self.assertEqual(int(self.node.info("clients")["connected_clients"]), before + 1)


if __name__ == "__main__":
    unittest.main()
