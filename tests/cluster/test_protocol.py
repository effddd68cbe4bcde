"""What may be said on a connection, and in which form: RESP2, RESP3, inline, pipelines, limits."""

import unittest

from tests.support.case import ProcessTest, grapevine_only
from tests.support.resp import encode
from tests.support.waiting import eventually, stays_true


class OneNode(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.node = lab.start()

    def setUp(self):
        super().setUp()
        self.connection = self.node.connect()
        self.addCleanup(self.connection.close)

    def reply_to(self, data):
        self.connection.send(data)
        return self.connection.read()


class Resp2(OneNode):
    def test_the_kinds_of_replies_of_resp2(self):
        for data, expected in [
                (b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n"),
                (encode("SET", "kinds", "abc"), b"+OK\r\n"),
                (encode("STRLEN", "kinds"), b":3\r\n"),
                (encode("GET", "kinds"), b"$3\r\nabc\r\n"),
                (encode("GET", "no such key"), b"$-1\r\n"),
                (encode("MGET", "kinds", "no such key"), b"*2\r\n$3\r\nabc\r\n$-1\r\n"),
                (encode("NONSENSE"), b"-ERR unknown command 'NONSENSE', "),
        ]:
            with self.subTest(data):
                self.connection.send(data)
                self.assertEqual(self.connection.read_bytes(len(expected)), expected)

    def test_values_are_binary_safe(self):
        value = bytes(range(256)) + b"\r\n$3\r\n"
        self.connection.call("SET", b"binary\r\n\0", value)
        self.connection.send(encode("GET", b"binary\r\n\0"))
        self.assertEqual(self.connection.read_bytes(6 + len(value)), b"$262\r\n" + value)

    def test_an_empty_value_is_not_a_missing_one(self):
        self.connection.call("SET", "empty", "")
        self.assertEqual(self.connection.call("GET", "empty"), "")

    def test_an_empty_array_is_no_request(self):
        self.assertEqual(self.reply_to(b"*0\r\n*-1\r\n\r\n" + encode("PING")), "PONG")

    def test_a_request_may_come_byte_by_byte(self):
        for byte in encode("ECHO", "piecemeal"):
            self.connection.send(bytes([byte]))
        self.assertEqual(self.connection.read(), "piecemeal")

    def test_too_few_arguments_are_refused_by_name(self):
        self.assert_error(self.connection.ask("GET"),
                          "ERR wrong number of arguments for 'get' command")


class Resp3(OneNode):
    def setUp(self):
        super().setUp()
        self.hello = self.connection.call("HELLO", "3")

    def test_hello_3_answers_with_a_map(self):
        self.assertEqual(self.hello["server"], "redis")
        self.assertEqual(self.hello["proto"], 3)
        self.assertEqual(self.hello["mode"], "standalone")
        self.assertEqual(self.hello["role"], "master")

    def test_a_missing_value_is_the_null_of_resp3(self):
        self.connection.send(encode("GET", "no such key"))
        self.assertEqual(self.connection.read_bytes(3), b"_\r\n")

    def test_config_get_is_a_map(self):
        reply = self.connection.call("CONFIG", "GET", "port")
        self.assertEqual(reply, {"port": str(self.node.port)})

    def test_hello_2_goes_back(self):
        self.connection.call("HELLO", "2")
        self.connection.send(encode("GET", "no such key"))
        self.assertEqual(self.connection.read_bytes(5), b"$-1\r\n")

    def test_other_versions_are_refused(self):
        self.assert_error(self.connection.ask("HELLO", "4"), "NOPROTO unsupported protocol version")

    def test_reset_goes_back_to_resp2(self):
        self.assertEqual(self.connection.call("RESET"), "RESET")
        self.connection.send(encode("GET", "no such key"))
        self.assertEqual(self.connection.read_bytes(5), b"$-1\r\n")


class Inline(OneNode):
    def test_a_line_of_words_is_a_request(self):
        self.assertEqual(self.reply_to(b"SET inline 'two words'\r\n"), "OK")
        self.assertEqual(self.reply_to(b"GET inline\n"), "two words")

    def test_double_quotes_know_escapes(self):
        self.assertEqual(self.reply_to(b'ECHO "a\\x41\\n"\r\n'), "aA\n")

    def test_unbalanced_quotes_are_a_protocol_error(self):
        reply = self.reply_to(b'GET "open\r\n')
        self.assert_error(reply, "ERR Protocol error: unbalanced quotes in request")
        self.assertTrue(self.connection.is_closed_by_server())

    def test_an_endless_line_is_a_protocol_error(self):
        reply = self.reply_to(b"x" * 70000)
        self.assert_error(reply, "ERR Protocol error: too big inline request")


class Pipelines(OneNode):
    def test_replies_come_in_the_order_of_the_requests(self):
        requests = [("SET", f"pipe:{i}", i) for i in range(2000)]
        requests += [("GET", f"pipe:{i}") for i in range(2000)]
        self.connection.send(b"".join(encode(*request) for request in requests))
        replies = [self.connection.read() for _ in requests]
        self.assertEqual(replies, ["OK"] * 2000 + [str(i) for i in range(2000)])

    def test_an_error_does_not_stop_the_pipeline(self):
        self.connection.send(encode("SET", "s", "x") + encode("INCR", "s") + encode("GET", "s"))
        replies = [self.connection.read() for _ in range(3)]
        self.assertEqual((replies[0], replies[2]), ("OK", "x"))
        self.assert_error(replies[1], "ERR value is not an integer or out of range")

    def test_quit_answers_what_came_before_it(self):
        self.connection.send(encode("PING") + encode("QUIT"))
        self.assertEqual([self.connection.read(), self.connection.read()], ["PONG", "OK"])
        self.assertTrue(self.connection.is_closed_by_server())


class Limits(OneNode):
    PROTOCOL_ERRORS = [
        (b"*a\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*2147483648\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*1\r\n$a\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n$-1\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n$536870913\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n:1\r\n", "ERR Protocol error: expected '$', got ':'"),
    ]

    def test_broken_requests_get_an_error_and_the_connection_is_closed(self):
        for data, expected in self.PROTOCOL_ERRORS:
            with self.subTest(data), self.node.connect() as connection:
                connection.send(data)
                self.assert_error(connection.read(), expected)
                self.assertTrue(connection.is_closed_by_server())

    def test_a_value_of_20_megabytes_passes(self):
        value = "v" * 20_000_000
        self.assertEqual(self.connection.call("SET", "large", value), "OK")
        self.assertEqual(self.connection.call("GETRANGE", "large", -3, -1), "vvv")
        self.assertEqual(self.connection.call("STRLEN", "large"), len(value))

    def test_bulks_are_limited_by_proto_max_bulk_len(self):
        node = self.lab.start(proto_max_bulk_len="1mb")
        with node.connect() as connection:
            self.assertEqual(connection.call("SET", "k", "v" * 2**20), "OK")
            connection.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048577\r\n")
            self.assert_error(connection.read(), "ERR Protocol error: invalid bulk length")

    def test_a_client_without_password_may_send_only_little(self):
        node = self.lab.start(requirepass="secret")
        for data, expected in [
                (b"*11\r\n", "ERR Protocol error: unauthenticated multibulk length"),
                (b"*1\r\n$16385\r\n", "ERR Protocol error: unauthenticated bulk length"),
        ]:
            with self.subTest(data), node.connect() as connection:
                connection.send(data)
                self.assert_error(connection.read(), expected)

    def test_a_query_buffer_over_its_limit_ends_the_connection(self):
        node = self.lab.start(client_query_buffer_limit="1mb")
        with node.connect() as connection:
            connection.send(b"*2\r\n$4\r\nECHO\r\n$8000000\r\n")
            self.assertTrue(_ends_while_sending(connection, b"x" * 8_000_000))
        self.assertEqual(node.call("PING"), "PONG")

    def test_a_client_whose_replies_pile_up_over_the_limit_is_disconnected(self):
        node = self.lab.start(client_output_buffer_limit="normal 16mb 8mb 5")
        node.call("SET", "big", "b" * 1_000_000)
        with node.connect() as connection:
            self.assertTrue(_ends_while_sending(connection, encode("GET", "big") * 2000))
        eventually(lambda: used_memory(node) < 64_000_000, "the replies' memory is free again")

    @grapevine_only("Redis queues replies without limit by default")
    def test_a_client_that_never_reads_does_not_grow_the_node_by_default(self):
        node = self.lab.start()
        node.call("SET", "big", "b" * 1_000_000)
        with node.connect() as connection:
            connection.send(encode("GET", "big") * 2000)
            stays_true(lambda: used_memory(node) < 512_000_000, "memory stays low", during=2)


def used_memory(node):
    return int(node.info("memory")["used_memory"])


def _ends_while_sending(connection, data):
    """Whether the server ends the connection while, or after, all of `data` has been sent."""
    try:
        connection.send(data)
        return connection.is_closed_by_server()
    except ConnectionError:
        return True


if __name__ == "__main__":
    unittest.main()
