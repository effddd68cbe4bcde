"""Unmodified redis-cli and redis-benchmark 7.0 manage and use a cluster of our nodes."""

import re
import unittest

from tests.support.case import ProcessTest
from tests.support.cluster import Cluster, node_id, primary_port, role
from tests.support.programs import redis_cli, redis_cli_cluster, run
from tests.support.waiting import eventually


class CreateWithRedisCli(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.nodes = [lab.cluster_node() for _ in range(6)]

    def test_create_makes_three_shards_that_check_and_info_find_in_order(self):
        addresses = [node.address for node in self.nodes]
        created = redis_cli_cluster("create", *addresses, "--cluster-replicas", "1",
                                    "--cluster-yes")
        self.assertIn("[OK] All 16384 slots covered.", created)
        self.wait_for_replicas()
        checked = redis_cli_cluster("check", addresses[0])
        self.assertIn("[OK] All nodes agree about slots configuration.", checked)
        self.assertIn("[OK] All 16384 slots covered.", checked)
        self.assertEqual(checked.count("1 additional replica(s)"), 3)
        info = redis_cli_cluster("info", addresses[0])
        self.assertIn("[OK] 0 keys in 3 masters.", info)

    def test_nodes_in_use_are_refused(self):
        used = self.lab.cluster_node()
        used.call("CLUSTER", "ADDSLOTS", 1)
        used.call("CLUSTER", "MEET", "127.0.0.1", self.lab.cluster_node().port)
        addresses = [used.address] + [self.lab.cluster_node().address for _ in range(2)]
        eventually(lambda: "cluster_known_nodes:2" in used.call("CLUSTER", "INFO"), "they met")
        printed = redis_cli_cluster("create", *addresses, "--cluster-yes", expect=1)
        self.assertIn("is not empty", printed)

    def wait_for_replicas(self):
        def replicas():
            return [node for node in self.nodes if role(node) == "slave"]
        eventually(lambda: len(replicas()) == 3, "three nodes are replicas")


class ManageWithRedisCli(ProcessTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=0)
        self.address = self.cluster.nodes[0].address

    def add_node(self, *options):
        node = self.lab.cluster_node()
        printed = redis_cli_cluster("add-node", node.address, self.address, *options)
        self.assertIn("[OK] New node added correctly.", printed)
        self.cluster.nodes.append(node)
        self.cluster.wait_until_agreed()
        return node

    def test_add_node_adds_a_primary_without_slots_and_del_node_takes_it_away(self):
        node = self.add_node()
        self.assertEqual(role(node), "master")
        removed = node_id(node)
        redis_cli_cluster("del-node", self.address, removed)
        self.cluster.nodes.remove(node)
        for other in self.cluster.nodes:
            self.assertNotIn(removed, other.call("CLUSTER", "NODES"))
        self.assertIn("cluster_known_nodes:1", node.call("CLUSTER", "INFO"))

    def test_add_node_adds_a_replica_of_the_chosen_primary_and_del_node_takes_it_away(self):
        primary = self.cluster.nodes[1]
        node = self.add_node("--cluster-slave", "--cluster-master-id", node_id(primary))
        eventually(lambda: role(node) == "slave", "the new node is a replica")
        self.assertEqual(primary_port(node), primary.port)
        self.cluster.wait_until_healthy()
        redis_cli_cluster("del-node", self.address, node_id(node))
        self.cluster.nodes.remove(node)
        self.cluster.wait_until_agreed()

    def test_call_runs_a_command_on_all_nodes(self):
        self.cluster.call("SET", "foo", "1")
        printed = redis_cli_cluster("call", self.address, "dbsize")
        self.assertEqual(sorted(re.findall(r"127\.0\.0\.1:\d+: (\d)", printed)), ["0", "0", "1"])

    def test_set_timeout_changes_every_node_and_its_file(self):
        nodes = [self.lab.node(cluster_enabled="yes").use_config_file().start() for _ in range(2)]
        nodes[0].call("CLUSTER", "MEET", "127.0.0.1", nodes[1].port)
        eventually(lambda: all("cluster_known_nodes:2" in node.call("CLUSTER", "INFO")
                               for node in nodes), "the nodes have met")
        printed = redis_cli_cluster("set-timeout", nodes[0].address, "7000")
        self.assertIn("2 OK, 0 ERR.", printed)
        for node in nodes:
            self.assertEqual(node.call("CONFIG", "GET", "cluster-node-timeout")[1], "7000")
            self.assertIn("cluster-node-timeout 7000", node.config_file.read_text())


class UseWithRedisCli(ProcessTest):
    KEYS = 3000

    @classmethod
    def prepare(cls, lab):
        cls.cluster = Cluster(lab, primaries=3, replicas=1)
        cls.port = cls.cluster.nodes[0].port
        for i in range(cls.KEYS):
            cls.cluster.call("SET", f"key:{i}", "v" * (i % 50 + 1))
        cls.cluster.call("SET", "largest", "v" * 5000)

    def test_c_follows_the_redirections(self):
        commands = "SET foo 1\nSET bar 2\nGET foo\nGET bar\n"
        printed = redis_cli(self.port, "-c", answers=commands)
        self.assertIn("-> Redirected to slot [12182] located at "
                      f"127.0.0.1:{self.cluster.nodes[2].port}", printed)
        replies = [line for line in printed.splitlines() if not line.startswith("->")]
        self.assertEqual(replies, ["OK", "OK", "1", "2"])

    def test_without_c_the_redirection_is_shown(self):
        printed = redis_cli(self.port, "GET", "foo")
        self.assertIn(f"MOVED 12182 127.0.0.1:{self.cluster.nodes[2].port}", printed)

    def test_bigkeys_finds_the_largest_key_of_the_cluster(self):
        third = self.cluster.primary_of(self.cluster.call("CLUSTER", "KEYSLOT", "largest"))
        printed = redis_cli(third.port, "--bigkeys")
        self.assertIn("Biggest string found '\"largest\"' has 5000 bytes", printed)

    def test_rdb_fetches_a_snapshot_that_redis_server_loads(self):
        node = self.cluster.nodes[0]
        directory = self.lab.new_directory("fetched")
        redis_cli(node.port, "--rdb", directory / "dump.rdb")
        loaded = self.lab.node("redis-server", directory).start()
        self.assertEqual(loaded.call("DBSIZE"), node.call("DBSIZE"))
        self.assertEqual(loaded.digest(), node.digest())

    def test_functions_rdb_fetches_a_snapshot_without_keys(self):
        directory = self.lab.new_directory("fetched")
        redis_cli(self.port, "--functions-rdb", directory / "dump.rdb")
        self.assertEqual(self.lab.node("redis-server", directory).start().call("DBSIZE"), 0)

    def test_scan_finds_every_key_of_the_node(self):
        printed = redis_cli(self.port, "--scan", "--pattern", "*")
        self.assertEqual(len(set(printed.split())), self.cluster.nodes[0].call("DBSIZE"))

    def test_redis_benchmark_knows_the_cluster(self):
        printed = run(["redis-benchmark", "--cluster", "-p", self.port, "-t", "set,get", "-n",
                       "20000", "-r", "10000", "-P", "16", "-q"], within=120)
        self.assertIn("Cluster has 3 master nodes", printed)
        self.assertRegex(printed, r"SET: [\d.]+ requests per second")
        self.assertRegex(printed, r"GET: [\d.]+ requests per second")


if __name__ == "__main__":
    unittest.main()
