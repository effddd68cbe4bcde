"""What a network does to a cluster: each node on a host of its own. The tests demand what must hold;
the times they took are printed as a table when all are done."""

import math
import time
import unittest

from tests.bench.table import Row, show
from tests.support import settings
from tests.support.case import ProcessTest, grapevine_only
from tests.support.cluster import Cluster, accepts_writes, role
from tests.support.hosts import HostLab, needs_hosts
from tests.support.resp import ReplyError
from tests.support.waiting import eventually, stays_true
from tests.support.writers import FirstWrite, Steady

# Everything scales with it; the full run takes the default of 15 s.
NODE_TIMEOUT_MS = None if settings.ALL else 2000
TIMEOUT_SECONDS = 15 if settings.ALL else 2
STOP_SECONDS = TIMEOUT_SECONDS * 2 / 3  # Not to be noticed by anybody.
REPLACEMENT_SECONDS = 60
# "foo" lies on the third of three primaries, "bar" on the first.
TAG = "{foo}"
ELSEWHERE = "bar"


def rounds(full, gate):
    return full if settings.ALL else gate


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * percent / 100) - 1)]


class FaultTest(ProcessTest):
    rows = []

    @classmethod
    def tearDownClass(cls):
        if FaultTest.rows:
            print(f"\nnode timeout {TIMEOUT_SECONDS} s, restarted nodes; Redis as measured elsewhere")
            show(FaultTest.rows, ["Redis 7", "grapevine"])
        FaultTest.rows = []
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.lab.close()
        self.lab = HostLab()
        self.cluster = self.make_cluster()

    def make_cluster(self, **options):
        return Cluster(self.lab, primaries=3, replicas=1, cluster_node_timeout=NODE_TIMEOUT_MS,
                       **options)

    def row(self, measure, unit, reference, ours, limit):
        FaultTest.rows.append(Row(measure, unit, reference, ours, limit, False))

    def assert_none(self, measure, count, details=""):
        """A count that has to be zero, in the table as well."""
        self.row(measure, "", None, float(count), 0)
        self.assertEqual(count, 0, f"{measure} {details}")

    def shard(self):
        """(primary, replica) of the shard that things are done to."""
        primary = self.cluster.primary_of(12182)
        return primary, self.cluster.replica_of(primary)

    def first_write(self, node):
        return FirstWrite(node, f"{TAG}probe", REPLACEMENT_SECONDS)

    def write_until_refused(self, node, name):
        """(keys that the node accepted, when it answered the last of them)."""
        accepted, answered_at = [], time.monotonic()
        while True:
            key = f"{TAG}{name}:{len(accepted)}"
            try:
                node.call("SET", key, key)
            except ReplyError as error:
                self.assertIn(error.code, ("CLUSTERDOWN", "MOVED"))
                return accepted, answered_at
            except OSError:
                return accepted, answered_at
            accepted.append(key)
            answered_at = time.monotonic()
            time.sleep(0.001)

    def events(self, node, text):
        """How many lines of the node's log hold the text."""
        return node.log().count(text)

    def elections(self):
        return sum(self.events(node, "election won") for node in self.cluster.nodes)

    def accusations(self):
        return sum(self.events(node, "peer suspected") for node in self.cluster.nodes)


@needs_hosts
@grapevine_only("what Redis does here is what we want to be better at")
class Deaths(FaultTest):
    def test_a_killed_primary_is_replaced_while_the_others_go_on(self):
        milliseconds, errors = [], []
        for _ in range(rounds(200, 3)):
            victim, successor = self.shard()
            with Steady(self.cluster.primary_of(5061), ELSEWHERE) as elsewhere:
                with self.first_write(successor) as first_write:
                    killed_at = time.monotonic()
                    victim.kill()
                    milliseconds.append(1000 * (first_write.wait() - killed_at))
                victim.start()
                eventually(lambda: role(victim) == "slave", "it follows its successor", 60)
            errors += elsewhere.errors
            self.cluster.wait_until_healthy()
        self.row(f"kill -9 to the first write, p50 of {len(milliseconds)}", "ms", 20_500,
                 percentile(milliseconds, 50), 150)
        self.row(f"kill -9 to the first write, p99 of {len(milliseconds)}", "ms", 21_500,
                 percentile(milliseconds, 99), 500)
        self.assert_none("errors of other shards' clients meanwhile", len(errors), errors[:3])

    def test_a_process_that_stands_still_for_a_while_is_not_replaced_and_accuses_nobody(self):
        elections = self.elections()
        accused = 0
        for _ in range(rounds(5, 1)):
            victim, _ = self.shard()
            before = self.events(victim, "peer suspected")
            victim.pause()
            stays_true(lambda: self.elections() == elections, "nobody is elected", STOP_SECONDS)
            victim.resume()
            eventually(lambda: accepts_writes(victim, TAG), "it takes writes again")
            accused += self.events(victim, "peer suspected") - before
        self.assert_none(f"failovers by a stop of {STOP_SECONDS:.1f} s", self.elections() - elections)
        self.assert_none("accusations by who was stopped", accused)


@needs_hosts
@grapevine_only("Redis accepts writes on both sides of a cut, and drops those of one")
class Cuts(FaultTest):
    def test_no_two_primaries_write_and_what_the_cut_off_one_accepted_is_kept(self):
        seconds, overlaps = [], 0
        for number in range(rounds(100, 2)):
            victim, successor = self.shard()
            confirmed = self.write(victim, f"common{number}", 100)
            with victim.connect() as connection:
                self.assertEqual(connection.call("SET", f"{TAG}last{number}", "1"), "OK")
                self.assertEqual(connection.call("WAIT", 1, 10_000), 1)
            with self.first_write(successor) as first_write:
                cut_at = time.monotonic()
                self.lab.cut(victim)
                lost, stopped_at = self.write_until_refused(victim, f"lost{number}")
                overlaps += stopped_at >= first_write.wait()
                seconds.append(first_write.wait() - cut_at)
            self.write(successor, f"new{number}", 100)
            self.lab.heal(victim)
            eventually(lambda: role(victim) == "slave", "the old primary follows", REPLACEMENT_SECONDS)
            self.cluster.wait_until_healthy()
            self.assert_kept(victim, lost)
            self.assert_successor_decides(victim, successor, confirmed, lost)
            print(f"round {number + 1}: {len(lost)} writes of the cut-off primary kept", flush=True)
        self.row(f"host cut off to the first write, p99 of {len(seconds)}", "ms", 20_000,
                 1000 * percentile(seconds, 99), 1_500)
        self.assert_none(f"cuts of {len(seconds)} in which both sides wrote", overlaps)

    def test_of_a_host_that_only_hears_or_only_speaks_one_side_writes_at_a_time(self):
        overlaps = 0
        for number in range(rounds(10, 2)):
            victim, successor = self.shard()
            harm = self.lab.deafen if number % 2 == 0 else self.lab.silence
            with self.first_write(successor) as first_write:
                harm(victim)
                _, stopped_at = self.write_until_refused(victim, f"one-way{number}")
                overlaps += stopped_at >= first_write.wait()
            self.lab.heal(victim)
            eventually(lambda: role(victim) == "slave", "the old primary follows", REPLACEMENT_SECONDS)
            self.cluster.wait_until_healthy()
        self.assert_none(f"one-way cuts of {rounds(10, 2)} in which both sides wrote", overlaps)

    def test_what_was_kept_outlives_a_restart_from_a_dump_that_holds_it_too(self):
        victim, lost = self.deposed(lambda victim: victim.call("SAVE"))
        kept = self.lost_writes(victim)
        victim.restart()
        self.cluster.wait_until_healthy()
        self.assert_kept(victim, lost)
        self.assertEqual(self.lost_writes(victim), kept)

    def test_what_was_accepted_is_kept_beyond_the_time_after_which_backlogs_are_given_up(self):
        for node in self.cluster.nodes:
            node.call("CONFIG", "SET", "repl-ping-replica-period", 1, "repl-timeout", 2,
                      "repl-backlog-ttl", 1)
        victim, lost = self.deposed(lambda victim: eventually(
            lambda: "backlog is kept" in victim.log(), "nobody has asked for the backlog", 30))
        self.assert_kept(victim, lost)

    def test_what_only_the_dump_of_a_restarted_primary_holds_is_kept_with_it(self):
        def save_and_end(victim):
            victim.call("SAVE")
            self.assertEqual(victim.terminate(), 0)

        victim, lost = self.deposed(save_and_end)
        self.assertEqual(list(self.lost_writes(victim)), [])
        dumps = list(victim.directory.glob("lost-writes-*.rdb"))
        self.assertEqual(len(dumps), 1)
        self.assertIn(f"--dbfilename {dumps[0].name}", victim.log())
        victim.call("SAVE")  # Of what its successor has: in another file.
        reader = self.lab.start(dir=victim.directory, dbfilename=dumps[0].name)
        self.assertEqual(reader.call("EXISTS", *lost), len(lost))

    def deposed(self, meanwhile):
        """(a primary that was cut off and replaced and is back as a replica, which keys it had
        accepted alone). `meanwhile` is called with it before it is back."""
        victim, successor = self.shard()
        self.write(victim, "common", 100)
        with self.first_write(successor) as first_write:
            self.lab.cut(victim)
            lost, _ = self.write_until_refused(victim, "lost")
            first_write.wait()
        meanwhile(victim)
        self.lab.heal(victim)
        if not victim.is_running():
            victim.start()
        eventually(lambda: role(victim) == "slave", "the old primary follows", REPLACEMENT_SECONDS)
        self.cluster.wait_until_healthy()
        return victim, lost

    def lost_writes(self, victim):
        return {file.name: file.read_bytes() for file in victim.directory.glob("lost-writes-*.aof")}

    def write(self, node, name, count):
        keys = [f"{TAG}{name}:{i}" for i in range(count)]
        for key in keys:
            self.assertEqual(node.call("SET", key, key), "OK")
        return keys

    def assert_kept(self, victim, lost):
        self.assertGreater(len(lost), 0, "the cut was noticed before anything could be written")
        files = sorted(victim.directory.glob("lost-writes-*.aof"), key=lambda file: file.stat().st_mtime)
        kept = commands_in(files[-1].read_bytes())
        self.assertEqual([command[1] for command in kept if command[0] == "SET"], lost)

    def assert_successor_decides(self, victim, successor, confirmed, lost):
        eventually(lambda: victim.digest() == successor.digest(), "both hold the same data")
        self.assertEqual(successor.call("EXISTS", *confirmed), len(confirmed))
        self.assertEqual(successor.call("EXISTS", *lost), 0)


@needs_hosts
@grapevine_only("the limits are ours")
class BadNetworks(FaultTest):
    def test_lost_packets_cost_nobody_its_place(self):
        for percent in (5, 20):
            elections = self.elections()
            for node in self.cluster.nodes:
                self.lab.lose(node, percent)
            self.endure(rounds(60, 5))
            for node in self.cluster.nodes:
                self.lab.heal(node)
            self.assert_none(f"failovers while {percent} % of all packets are lost",
                             self.elections() - elections)
            self.cluster.wait_until_healthy()

    def test_a_slow_bus_costs_nobody_its_place(self):
        self.lab.close()
        self.lab = HostLab()
        self.lab.slow_bus(120, 80)
        self.cluster = self.make_cluster()
        elections = self.elections()
        self.endure(rounds(60, 5))
        self.assert_none("failovers on a slow bus without a reason", self.elections() - elections)
        victim, successor = self.shard()
        with self.first_write(successor) as first_write:
            victim.kill()
            killed_at = time.monotonic()
            self.row("kill -9 to the first write on a bus with 120 to 200 ms each way", "ms", None,
                     1000 * (first_write.wait() - killed_at), 2_000)

    def endure(self, seconds):
        """All shards take writes again and again for so long."""
        def all_take_writes():
            return all(eventually(lambda key=key: self.cluster.call("SET", key, "1") == "OK",
                                  f"{key} can be written", REPLACEMENT_SECONDS)
                       for key in (ELSEWHERE, "hello", TAG))
        stays_true(all_take_writes, "all shards take writes", seconds)


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
