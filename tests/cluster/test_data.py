"""Keys on one node: scanning, expiry, limits of memory, and what INFO says."""

import unittest

from tests.support.case import ProcessTest
from tests.support.load import write_many
from tests.support.resp import encode
from tests.support.waiting import eventually


class OneNode(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.node = lab.start()

    def setUp(self):
        super().setUp()
        self.node.call("FLUSHALL")
        self.connection = self.node.connect()
        self.addCleanup(self.connection.close)

    def call(self, *arguments):
        return self.connection.call(*arguments)


def scan(connection, *options):
    """All that a full SCAN returns, in order, repetitions included."""
    cursor, found = "0", []
    while True:
        cursor, keys = connection.call("SCAN", cursor, *options)
        found += keys
        if cursor == "0":
            return found


class Scanning(OneNode):
    def test_a_full_scan_finds_every_key(self):
        write_many(self.connection, 10_000)
        self.assertEqual(set(scan(self.connection)), {f"key:{i}" for i in range(10_000)})

    def test_scan_finds_the_keys_that_stay_while_others_come_and_go(self):
        write_many(self.connection, 3000, "stays")
        write_many(self.connection, 3000, "goes")
        cursor, found, step = "0", set(), 0
        while True:
            cursor, keys = self.call("SCAN", cursor, "COUNT", 100)
            found.update(keys)
            for i in range(step * 60, step * 60 + 60):
                self.call("DEL", f"goes:{i}")
                self.call("SET", f"new:{i}", i)
            step += 1
            if cursor == "0":
                break
        self.assertLessEqual({f"stays:{i}" for i in range(3000)}, found)

    def test_match_and_count_and_type(self):
        write_many(self.connection, 500)
        write_many(self.connection, 5, "other")
        self.assertEqual(set(scan(self.connection, "MATCH", "other:*", "COUNT", 7)),
                         {f"other:{i}" for i in range(5)})
        self.assertEqual(len(set(scan(self.connection, "TYPE", "string"))), 505)
        self.assertEqual(scan(self.connection, "TYPE", "list"), [])

    def test_cursors_fit_in_53_bits(self):
        write_many(self.connection, 20_000)
        cursor = self.call("SCAN", "0")[0]
        self.assertLess(int(cursor), 2**53)


class Expiry(OneNode):
    def test_a_key_lives_as_long_as_it_was_told(self):
        self.call("SET", "k", "v", "PX", 1000)
        self.assertEqual(self.call("GET", "k"), "v")
        self.assertLessEqual(self.call("PTTL", "k"), 1000)
        eventually(lambda: self.call("GET", "k") is None, "it expires")

    def test_expired_keys_are_deleted_without_being_read(self):
        for i in range(2000):
            self.connection.send(encode("SET", f"k{i}", "v", "PX", 200))
        for _ in range(2000):
            self.connection.read()
        eventually(lambda: self.call("DBSIZE") == 0, "they are gone")
        self.assertEqual(self.node.info("keyspace"), {})

    def test_without_active_expiry_a_read_still_finds_nothing(self):
        self.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        self.addCleanup(lambda: self.node.call("DEBUG", "SET-ACTIVE-EXPIRE", 1))
        self.call("SET", "k", "v", "PX", 1)
        eventually(lambda: self.call("GET", "k") is None, "it expires")
        self.assertEqual(self.call("DBSIZE"), 0)

    def test_info_counts_what_expired(self):
        before = int(self.node.info("stats")["expired_keys"])
        self.call("SET", "k", "v", "PX", 1)
        eventually(lambda: int(self.node.info("stats")["expired_keys"]) == before + 1, "counted")


class MemoryAndInfo(OneNode):
    SECTIONS = {
        "server": ["redis_version", "redis_mode", "os", "arch_bits", "process_id", "run_id",
                   "tcp_port", "uptime_in_seconds", "hz", "executable", "config_file"],
        "clients": ["connected_clients", "maxclients", "blocked_clients", "cluster_connections"],
        "memory": ["used_memory", "used_memory_human", "used_memory_rss", "used_memory_peak",
                   "maxmemory", "maxmemory_policy", "mem_fragmentation_ratio", "mem_allocator"],
        "persistence": ["loading", "rdb_changes_since_last_save", "rdb_bgsave_in_progress",
                        "rdb_last_save_time", "rdb_last_bgsave_status", "aof_enabled"],
        "stats": ["total_connections_received", "total_commands_processed",
                  "instantaneous_ops_per_sec", "total_net_input_bytes", "total_net_output_bytes",
                  "rejected_connections", "sync_full", "sync_partial_ok", "sync_partial_err",
                  "expired_keys", "evicted_keys", "keyspace_hits", "keyspace_misses"],
        "replication": ["role", "connected_slaves", "master_failover_state", "master_replid",
                        "master_replid2", "master_repl_offset", "second_repl_offset",
                        "repl_backlog_active", "repl_backlog_size"],
        "cpu": ["used_cpu_sys", "used_cpu_user"],
        "cluster": ["cluster_enabled"],
    }

    def test_info_has_the_fields_that_clients_read(self):
        for section, names in self.SECTIONS.items():
            with self.subTest(section):
                self.assertEqual(set(names) - set(self.node.info(section)), set())

    def test_info_counts_commands_hits_and_misses(self):
        self.call("CONFIG", "RESETSTAT")
        self.call("SET", "k", "v")
        self.call("GET", "k")
        self.call("GET", "nothing")
        stats = self.node.info("stats")
        self.assertEqual((stats["keyspace_hits"], stats["keyspace_misses"]), ("1", "1"))
        commands = self.node.info("commandstats")
        self.assertEqual(commands["cmdstat_get"].split(",")[0], "calls=2")

    def test_info_counts_keys_and_those_that_expire(self):
        self.call("MSET", "a", "1", "b", "2", "c", "3")
        self.call("EXPIRE", "a", 1000)
        self.assertIn("keys=3,expires=1,", self.node.info("keyspace")["db0"])

    def test_over_maxmemory_writes_are_refused_and_reads_and_deletes_are_not(self):
        self.call("SET", "k", "v")
        self.call("CONFIG", "SET", "maxmemory", 1)
        self.addCleanup(lambda: self.node.call("CONFIG", "SET", "maxmemory", 0))
        self.assert_error(self.connection.ask("SET", "k2", "v"),
                          "OOM command not allowed when used memory > 'maxmemory'.")
        self.assertEqual(self.call("GET", "k"), "v")
        self.assertEqual(self.call("DEL", "k"), 1)

    def test_memory_is_free_again_after_a_flush(self):
        before = int(self.node.info("memory")["used_memory"])
        write_many(self.connection, 50_000)
        self.assertGreater(int(self.node.info("memory")["used_memory"]), before + 1_000_000)
        self.call("FLUSHALL")
        eventually(lambda: int(self.node.info("memory")["used_memory"]) < before + 1_000_000,
                   "the memory is free")

    def test_memory_usage_of_a_key_holds_its_bytes(self):
        self.call("SET", "k", "x" * 1000)
        self.assertGreaterEqual(self.call("MEMORY", "USAGE", "k"), 1000)

    def test_commands_describe_themselves(self):
        get, mset = self.call("COMMAND", "INFO", "get", "mset")
        self.assertEqual(get[:2], ["get", 2])
        self.assertEqual(get[3:6], [1, 1, 1])
        self.assertLessEqual({"readonly", "fast"}, set(get[2]))
        self.assertEqual(mset[:2] + mset[3:6], ["mset", -3, 1, -1, 2])
        names = [name for name in self.call("COMMAND", "LIST") if "|" not in name]
        self.assertEqual(self.call("COMMAND", "COUNT"), len(names))
        self.assertEqual(self.call("COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2"), ["a", "b"])
        self.assertEqual(self.call("COMMAND", "DOCS", "get")[0], "get")

    def test_debug_sleep_stops_one_client(self):
        self.assertEqual(self.call("DEBUG", "SLEEP", "0.05"), "OK")


if __name__ == "__main__":
    unittest.main()
