"""Snapshots on disk: when they are written, what they hold, who can read them."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest, grapevine_only
from tests.support.load import write_many
from tests.support.waiting import eventually


class Disk(ProcessTest):
    def filled(self, **options):
        node = self.lab.start(**options)
        with node.connect() as connection:
            write_many(connection, 5000)
        node.call("SET", "ttl", "v", "PXAT", 4_000_000_000_000)
        node.call("SET", "gone", "v", "PX", 50)
        eventually(lambda: node.call("EXISTS", "gone") == 0, "a key expires")
        return node

    def test_save_writes_what_a_restart_loads(self):
        node = self.filled()
        digest = node.digest()
        self.assertEqual(node.call("SAVE"), "OK")
        node.restart()
        self.assertEqual(node.digest(), digest)
        self.assertEqual(node.call("PEXPIRETIME", "ttl"), 4_000_000_000_000)

    def test_bgsave_saves_the_instant_of_its_start(self):
        node = self.filled()
        before = int(node.call("LASTSAVE"))
        digest = node.digest()
        eventually(lambda: int(node.call("TIME")[0]) > before, "the clock shows a later second")
        self.assertIn(node.call("BGSAVE"), ["Background saving started"])
        node.call("SET", "after", "the start")
        eventually(lambda: int(node.call("LASTSAVE")) > before, "it is saved", within=30)
        node.restart()
        self.assertEqual(node.digest(), digest)

    def test_shutdown_save_and_nosave_do_as_they_say(self):
        node = self.filled()
        self.shutdown(node, "SAVE")
        node.start()
        self.assertEqual(node.call("DBSIZE"), 5001)
        node.call("FLUSHALL")
        self.shutdown(node, "NOSAVE")
        node.start()
        self.assertEqual(node.call("DBSIZE"), 5001)

    def test_sigterm_saves_when_save_asks_for_it(self):
        node = self.filled(save="3600 1")
        self.assertEqual(node.terminate(), 0)
        node.start()
        self.assertEqual(node.call("DBSIZE"), 5001)

    def test_sigterm_does_not_save_when_save_is_off(self):
        node = self.filled()
        self.assertEqual(node.terminate(), 0)
        node.start()
        self.assertEqual(node.call("DBSIZE"), 0)

    def test_save_points_save_by_themselves(self):
        node = self.filled(save="1 100")
        eventually((node.directory / "dump.rdb").exists, "it saves", within=30)

    def test_debug_reload_keeps_everything(self):
        node = self.filled()
        digest = node.digest()
        self.assertEqual(node.call("DEBUG", "RELOAD"), "OK")
        self.assertEqual(node.digest(), digest)

    def test_a_snapshot_passes_between_us_and_redis(self):
        ours = self.filled()
        ours.call("SAVE")
        theirs = self.lab.start(settings.REDIS_SERVER, directory=ours.directory)
        self.assertEqual(theirs.digest(), ours.digest())
        theirs.call("SET", "by redis", "x" * 1000)
        theirs.call("SAVE")
        ours.restart()
        self.assertEqual(ours.digest(), theirs.digest())

    @grapevine_only("Redis has lists")
    def test_a_snapshot_with_a_type_that_we_lack_is_refused_by_name(self):
        theirs = self.lab.start(settings.REDIS_SERVER)
        theirs.call("LPUSH", "list", "element")
        theirs.call("SAVE")
        ours = self.lab.node(directory=theirs.directory)
        ours.launch()
        self.assertNotEqual(ours.wait_for_exit(), 0)
        self.assertIn("list", ours.log())

    def test_a_damaged_snapshot_stops_the_start(self):
        node = self.filled()
        node.call("SAVE")
        node.kill()
        path = node.directory / "dump.rdb"
        path.write_bytes(path.read_bytes()[:-1000])
        node.launch()
        self.assertNotEqual(node.wait_for_exit(), 0)

    def test_dump_payloads_pass_between_us_and_redis(self):
        ends = [self.lab.start(), self.lab.start(settings.REDIS_SERVER)]
        for source, target in [ends, reversed(ends)]:
            for value in ["short", "12345", "-7", "x" * 30_000, ""]:
                source.call("SET", "k", value)
                payload = source.call("DUMP", "k").encode("utf-8", "surrogateescape")
                self.assertEqual(target.call("RESTORE", "k", 0, payload, "REPLACE"), "OK")
                self.assertEqual(target.call("GET", "k"), value)

    def shutdown(self, node, how):
        with node.connect() as connection, self.assertRaises(ConnectionError):
            connection.ask("SHUTDOWN", how)
        self.assertEqual(node.wait_for_exit(), 0)


@grapevine_only("Redis ends when it cannot save its cluster state")
class ClusterState(ProcessTest):
    def test_an_order_that_cannot_be_saved_is_not_confirmed(self):
        node = self.lab.cluster_node()
        obstacle = node.directory / "nodes.conf.previous.tmp"
        obstacle.mkdir()
        for order in [("ADDSLOTS", 7), ("SETSLOT", 7, "STABLE"), ("BUMPEPOCH",), ("SAVECONFIG",)]:
            with node.connect() as connection:
                self.assert_error(connection.ask("CLUSTER", *order), "ERR error saving")
        obstacle.rmdir()
        eventually(lambda: node.call("CLUSTER", "SAVECONFIG") == "OK", "it is saved")
        node.restart()
        self.assertIn(" 7\n", node.call("CLUSTER", "NODES"))


if __name__ == "__main__":
    unittest.main()
