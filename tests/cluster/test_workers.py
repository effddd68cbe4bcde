"""One node that owns all slots behaves as one, however many threads share the slots."""

import threading
import unittest

from tests.support.case import ProcessTest
from tests.support.cluster import Cluster
from tests.support.resp import encode


class OneNodeCluster(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.cluster = Cluster(lab, primaries=1, replicas=1)
        cls.node, cls.replica = cls.cluster.nodes

    def setUp(self):
        super().setUp()
        self.node.call("FLUSHALL")
        self.connection = self.connect()

    def connect(self, node=None):
        return super().connect(node or self.node)

    def pipeline(self, *requests):
        self.connection.send(b"".join(encode(*request) for request in requests))
        return [self.connection.read() for _ in requests]


class Order(OneNodeCluster):
    def test_replies_keep_the_order_of_requests_to_all_slots(self):
        count = 5000
        self.pipeline(*[("SET", f"k{i}", i) for i in range(count)])
        replies = self.pipeline(*[("GET", f"k{i}") for i in range(count)])
        self.assertEqual(replies, [str(i) for i in range(count)])

    def test_requests_for_all_keys_see_what_came_before_them_and_not_what_comes_after(self):
        for _ in range(50):
            replies = self.pipeline(("SET", "a", "1"), ("SET", "b", "1"), ("SET", "c", "1"),
                                    ("DBSIZE",), ("FLUSHALL",), ("GET", "a"), ("SET", "d", "1"),
                                    ("DBSIZE",), ("FLUSHALL",))
            self.assertEqual(replies[3:8], [3, "OK", None, "OK", 1])

    def test_errors_take_their_place_in_the_order(self):
        replies = self.pipeline(("SET", "text", "x"), ("INCR", "text"), ("MGET", "foo", "bar"),
                                ("NONSENSE",), ("GET", "text"))
        self.assertEqual((replies[0], replies[4]), ("OK", "x"))
        for reply, code in zip(replies[1:4], ["ERR", "CROSSSLOT", "ERR"]):
            self.assert_error(reply, code)


class Together(OneNodeCluster):
    def test_clients_count_together_without_losing_an_increment(self):
        threads = [threading.Thread(target=self.count, args=(self.connect(),)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        values = self.pipeline(*[("GET", f"counter{i}") for i in range(16)])
        self.assertEqual(values, ["400"] * 16)

    @staticmethod
    def count(connection):
        requests = [("INCR", f"counter{i}") for _ in range(50) for i in range(16)]
        connection.send(b"".join(encode(*request) for request in requests))
        for _ in requests:
            connection.read()

    def test_a_transaction_is_never_seen_half_done(self):
        stop = threading.Event()
        writer = threading.Thread(target=self.move_on, args=(self.connect(), stop))
        writer.start()
        try:
            for _ in range(500):
                left, right = self.connection.call("MGET", "{pair}left", "{pair}right")
                self.assertEqual(left, right)
        finally:
            stop.set()
            writer.join()

    @staticmethod
    def move_on(connection, stop):
        """Steps both halves of a pair forward until told to stop."""
        while not stop.is_set():
            for request in [("MULTI",), ("INCR", "{pair}left"), ("INCR", "{pair}right"), ("EXEC",)]:
                connection.call(*request)

    def test_a_watched_key_of_another_slot_is_never_overlooked(self):
        """One worker compares and runs in one step. A key on another worker is refused before."""
        self.connection.call("WATCH", "foo")
        self.connect().call("SET", "foo", "changed")
        self.connection.call("MULTI")
        if self.connection.ask("SET", "bar", "1") == "QUEUED":
            self.assertIsNone(self.connection.call("EXEC"))
        else:
            self.assert_error(self.connection.ask("EXEC"), "EXECABORT")
        self.assertIsNone(self.connection.call("GET", "bar"))

    def test_keyless_commands_gather_from_all_threads(self):
        names = {f"k{i}" for i in range(1000)}
        self.pipeline(*[("SET", name, "v") for name in names])
        self.assertEqual(self.connection.call("DBSIZE"), 1000)
        self.assertEqual(set(self.connection.call("KEYS", "*")), names)
        self.assertIn(self.connection.call("RANDOMKEY"), names)
        self.assertIn("keys=1000,", self.node.info("keyspace")["db0"])
        self.assertEqual(self.scan(), names)

    def scan(self):
        cursor, found = "0", set()
        while True:
            cursor, keys = self.connection.call("SCAN", cursor, "COUNT", 50)
            found.update(keys)
            if cursor == "0":
                return found

    def test_a_replica_gets_the_writes_of_all_threads(self):
        threads = [threading.Thread(target=self.count, args=(self.connect(),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.pipeline(*[("SET", f"k{i}", i) for i in range(2000)])
        self.assertEqual(self.connection.call("WAIT", 1, 10_000), 1)
        digest = self.node.digest()
        self.assertEqual(self.replica.digest(), digest)


if __name__ == "__main__":
    unittest.main()
