"""A real redis-server 7.0 replicates from our node, and our node from it."""

import socket
import threading
import unittest

from tests.support import settings
from tests.support.case import ProcessTest, grapevine_only
from tests.support.ports import free_port
from tests.support.resp import encode
from tests.support.waiting import eventually

KEYS = 1_000_000 if settings.ALL else 50_000
PIPELINE = 1000
SYNC_SECONDS = 120
FAR_FUTURE_MS = 4_000_000_000_000


class Proxy:
    """A TCP relay in front of a primary, whose connections can be cut. Of what the primary says it
    passes on `limit` bytes per connection, and then keeps silent."""

    def __init__(self, target_port, limit=None):
        self._limit = limit
        self.port = free_port()
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._pairs = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Ends all connections that pass through; new ones are welcome."""
        pairs, self._pairs = self._pairs, []
        for one in pairs:
            _close(one)

    def close(self):
        _close(self._listener)
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                return
            self._pairs += [client, server]
            for source, sink, limit in [(client, server, None), (server, client, self._limit)]:
                threading.Thread(target=_relay, args=(source, sink, limit), daemon=True).start()


def _relay(source, sink, limit):
    passed = 0
    try:
        while data := source.recv(65536):
            sink.sendall(data if limit is None else data[:max(limit - passed, 0)])
            passed += len(data)
    except OSError:
        pass
    _close(source)
    _close(sink)


def _close(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # It was not connected any more.
    one.close()


class ReplicationWithRedis:
    """The promises, for a primary and a replica of which one is Redis."""

    primary_server = None
    replica_server = None

    def start_pair(self, diskless="yes", **replica_options):
        self.primary = self.lab.start(self.primary_server, repl_diskless_sync=diskless)
        self.replica = self.lab.start(self.replica_server, **replica_options)

    def follow(self, port=None):
        self.replica.call("REPLICAOF", "127.0.0.1", port or self.primary.port)
        self.wait_for_link()

    def wait_for_link(self):
        eventually(lambda: self.replica.info("replication")["master_link_status"] == "up",
                   "the replica is linked", SYNC_SECONDS)

    def assert_same_data(self):
        self.wait_for_offset()
        self.assertEqual(self.replica.call("DBSIZE"), self.primary.call("DBSIZE"))
        self.assertEqual(self.replica.digest(), self.primary.digest())

    def wait_for_offset(self):
        with self.primary.connect() as connection:
            connection.call("SET", "last", "write")
            eventually(lambda: connection.call("WAIT", 1, 1000) == 1, "the replica has it all",
                       SYNC_SECONDS)

    def test_a_full_sync_carries_strings_with_and_without_ttl(self):
        self.start_pair()
        fill(self.primary, KEYS)
        self.follow()
        self.assert_same_data()
        expiry = self.replica.call("PEXPIRETIME", "ttl:1")
        self.assertEqual(expiry, FAR_FUTURE_MS + 1)

    def test_a_full_sync_by_way_of_a_file(self):
        self.start_pair(diskless="no")
        fill(self.primary, 5000)
        self.follow()
        self.assert_same_data()

    def test_a_replica_loads_the_snapshot_straight_from_the_socket(self):
        self.start_pair(repl_diskless_load="swapdb")
        fill(self.primary, 5000)
        self.follow()
        self.assert_same_data()

    def test_writes_during_and_after_the_full_sync_arrive(self):
        self.start_pair()
        fill(self.primary, 20_000)
        self.replica.call("REPLICAOF", "127.0.0.1", self.primary.port)
        change(self.primary)
        self.wait_for_link()
        change(self.primary)
        self.assert_same_data()

    def test_a_cut_link_goes_on_where_it_was(self):
        self.start_pair()
        fill(self.primary, 2000)
        proxy = Proxy(self.primary.port)
        self.addCleanup(proxy.close)
        self.follow(proxy.port)
        for _ in range(3):
            proxy.cut()
            change(self.primary)
            self.wait_for_offset()
        self.assert_same_data()
        fields = self.primary.info("stats")
        self.assertEqual(fields["sync_full"], "1")
        self.assertGreaterEqual(int(fields["sync_partial_ok"]), 3)

    def test_a_gap_larger_than_the_backlog_leads_to_a_full_sync(self):
        self.start_pair()
        self.primary.call("CONFIG", "SET", "repl-backlog-size", "16kb")
        self.follow()
        self.replica.pause()
        self.primary.call("CLIENT", "KILL", "TYPE", "replica")
        for i in range(30):
            self.primary.call("SET", f"gap:{i}", "x" * 10_000)
        self.replica.resume()
        self.assert_same_data()
        self.assertEqual(self.primary.info("stats")["sync_full"], "2")

    def test_an_expired_key_disappears_from_the_replica(self):
        self.start_pair()
        self.follow()
        self.primary.call("SET", "short", "lived", "PX", 200)
        self.wait_for_offset()
        eventually(lambda: self.replica.call("EXISTS", "short") == 0, "it is gone")
        eventually(lambda: self.replica.call("DBSIZE") == 1, "it is deleted, not hidden")
        self.assert_same_data()

    def test_a_replica_refuses_writes(self):
        self.start_pair()
        self.follow()
        with self.replica.connect() as connection:
            self.assert_error(connection.ask("SET", "k", "1"),
                              "READONLY You can't write against a read only replica.")

    def test_a_replica_that_starts_from_its_file_goes_on_in_the_database_of_the_stream(self):
        self.start_pair(save="3600 1")
        self.follow()
        with self.primary.connect() as connection:
            connection.call("SELECT", 5)
            self.change_until_confirmed(connection, "before")
            self.replica.terminate()
            full_syncs = self.primary.info("stats")["sync_full"]
            self.replica.options["replicaof"] = f"127.0.0.1 {self.primary.port}"
            self.replica.start()
            self.change_until_confirmed(connection, "after")
        self.assertEqual(self.primary.info("stats")["sync_full"], full_syncs)
        with self.replica.connect() as connection:
            connection.call("SELECT", 5)
            self.assertEqual(connection.call("EXISTS", "before", "after"), 2)

    def change_until_confirmed(self, connection, key):
        connection.call("SET", key, "x")
        eventually(lambda: connection.call("WAIT", 1, 1000) == 1, "the replica has it", SYNC_SECONDS)

    def test_a_password_is_sent_to_the_primary(self):
        self.start_pair(masterauth="secret")
        self.primary.call("CONFIG", "SET", "requirepass", "secret")
        self.replica.call("REPLICAOF", "127.0.0.1", self.primary.port)
        self.wait_for_link()

    def test_a_promoted_replica_is_followed_without_a_full_sync(self):
        self.start_pair()
        fill(self.primary, 1000)
        self.follow()
        self.assert_same_data()
        self.swap_roles()
        change(self.primary)
        self.assert_same_data()
        self.assertEqual(self.primary.info("stats")["sync_full"], "0")

    def swap_roles(self):
        self.replica.call("REPLICAOF", "NO", "ONE")
        self.primary.call("REPLICAOF", "127.0.0.1", self.replica.port)
        self.primary, self.replica = self.replica, self.primary
        self.wait_for_link()

    def test_replication_info_names_both_ends(self):
        self.start_pair()
        self.follow()
        self.wait_for_offset()
        primary = self.primary.info("replication")
        self.assertEqual((primary["role"], primary["connected_slaves"]), ("master", "1"))
        self.assertIn(f"ip=127.0.0.1,port={self.replica.port},state=online", primary["slave0"])
        replica = self.replica.info("replication")
        self.assertEqual(replica["role"], "slave")
        self.assertEqual(replica["master_port"], str(self.primary.port))
        self.assertEqual(replica["master_replid"], primary["master_replid"])


class WeFollow(ReplicationWithRedis):
    """What Redis does by way of a file: it has all before it gives anything up."""

    def test_a_replica_that_has_not_got_all_keeps_what_is_on_its_disk(self):
        self.start_pair(save="3600 1")
        fill(self.primary, 20_000)
        self.replica.call("SET", "own", "value")
        self.replica.call("SAVE")
        proxy = Proxy(self.primary.port, limit=100_000)
        self.addCleanup(proxy.close)
        self.replica.call("REPLICAOF", "127.0.0.1", proxy.port)
        eventually(lambda: self.replica.info("persistence")["loading"] == "1", "a part has come")
        self.assertEqual(self.replica.terminate(), 0)
        self.assertEqual(self.replica.start().call("GET", "own"), "value")


class RedisFollowsUs(ReplicationWithRedis, ProcessTest):
    replica_server = settings.REDIS_SERVER


class WeFollowRedis(WeFollow, ProcessTest):
    primary_server = settings.REDIS_SERVER

    def test_a_type_that_we_lack_is_refused_by_name(self):
        self.start_pair()
        self.primary.call("LPUSH", "list", "element")
        if settings.testing_redis():
            self.skipTest("Redis has lists")
        self.replica.call("REPLICAOF", "127.0.0.1", self.primary.port)
        eventually(lambda: "list" in self.replica.log(), "the log names the type")
        self.assertEqual(self.replica.info("replication")["master_link_status"], "down")


class WeFollowUs(WeFollow, ProcessTest):
    """The same promises between two nodes of ours, and more."""

    @grapevine_only("Redis remembers one former name of a history")
    def test_a_replica_that_has_missed_two_promotions_goes_on_where_it_was(self):
        self.start_pair()
        fill(self.primary, 1000)
        self.follow()
        away = self.lab.start()
        proxy = Proxy(self.primary.port)
        self.addCleanup(proxy.close)
        away.call("REPLICAOF", "127.0.0.1", proxy.port)
        eventually(lambda: away.call("DBSIZE") == 1000, "the third node has it all")
        proxy.close()
        for _ in range(2):
            self.swap_roles()
            change(self.primary)
            self.wait_for_offset()
        before = self.primary.info("stats")
        self.replica = away
        self.follow(self.primary.port)
        self.assertEqual(away.digest(), self.primary.digest())
        after = self.primary.info("stats")
        self.assertEqual(after["sync_full"], before["sync_full"])
        self.assertEqual(int(after["sync_partial_ok"]), int(before["sync_partial_ok"]) + 1)
        self.assertIn("id=", self.primary.info("replication")["grapevine_replid3"])

    def test_within_a_transaction_nobody_waits_for_replicas(self):
        self.start_pair()
        with self.primary.connect() as connection:
            connection.call("MULTI")
            connection.call("WAIT", 1, 0)
            self.assertEqual(connection.call("EXEC"), [0])

    def test_who_waits_for_replicas_of_a_primary_that_becomes_one_is_told_so(self):
        self.start_pair()
        with self.primary.connect() as connection:
            self.assertEqual(connection.call("SET", "key", "value"), "OK")
            connection.send(encode("WAIT", 1, 0))
            eventually(lambda: "cmd=wait" in self.primary.call("CLIENT", "LIST"), "the client waits")
            self.primary.call("REPLICAOF", "127.0.0.1", self.replica.port)
            self.assertEqual(str(connection.read()),
                             "UNBLOCKED force unblock from blocking operation, "
                             "instance state changed (master -> replica?)")


def fill(node, count):
    """`count` strings of all encodings, half of them with a time to live."""
    with node.connect() as connection:
        for start in range(0, count, PIPELINE):
            batch = [request for i in range(start, min(start + PIPELINE, count))
                     for request in [string(i)]]
            connection.send(b"".join(encode(*request) for request in batch))
            for _ in batch:
                connection.read()


def string(i):
    """The request that stores string number `i`."""
    value = i if i % 3 == 0 else f"value {i} " * (i % 7) if i % 3 == 1 else "x" * (i % 300)
    if i % 2:
        return "SET", f"ttl:{i}", value, "PXAT", FAR_FUTURE_MS + i
    return "SET", f"plain:{i}", value


def change(node):
    """A bit of everything that writes."""
    for request in [("SET", "plain:0", "new"), ("DEL", "plain:2"), ("INCR", "counter"),
                    ("APPEND", "plain:4", "tail"), ("EXPIRE", "plain:6", 100_000),
                    ("PERSIST", "ttl:1"), ("RENAME", "plain:8", "renamed"),
                    ("SETRANGE", "plain:10", 5, "patch"), ("SET", "plain:8", "again"),
                    ("MSET", "m1", "1", "m2", "2"), ("GETDEL", "plain:12"),
                    ("INCRBYFLOAT", "float", "0.1"), ("COPY", "plain:14", "copied")]:
        node.call(*request)


if __name__ == "__main__":
    unittest.main()
