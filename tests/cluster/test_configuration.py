"""redis.conf syntax, arguments, CONFIG, and how a node refuses to start."""

import unittest

from tests.support.case import ProcessTest, grapevine_only
from tests.support.waiting import eventually


class Starting(ProcessTest):
    def node_with(self, text, **options):
        """A node, not started, whose file has the usual options and then `text`."""
        node = self.lab.node(**options).use_config_file()
        with open(node.config_file, "a", encoding="utf-8") as file:
            file.write(text)
        return node

    def refusal(self, node):
        """What a node prints that refuses to start."""
        node.launch()
        self.assertNotEqual(node.wait_for_exit(), 0)
        return node.log()

    def setting(self, node, name):
        return node.call("CONFIG", "GET", name)[1]

    def test_a_file_has_units_quotes_comments_and_several_values(self):
        node = self.node_with('# a comment\n\n  maxmemory   2gb\nrequirepass "with space"\n'
                              "client-output-buffer-limit replica 1mb 2mb 3\nTIMEOUT 7\n")
        node.launch()
        connection = self.authenticated(node, "with space")
        for name, expected in [("maxmemory", str(2 * 2**30)), ("timeout", "7")]:
            self.assertEqual(connection.call("CONFIG", "GET", name)[1], expected)
        limits = connection.call("CONFIG", "GET", "client-output-buffer-limit")[1]
        self.assertIn("slave 1048576 2097152 3", limits)

    def authenticated(self, node, password):
        connection = eventually(node.connect, "the node listens")
        self.addCleanup(connection.close)
        connection.call("AUTH", password)
        return connection

    def test_a_file_includes_another(self):
        included = self.lab.directory / "included.conf"
        included.write_text("timeout 11\n")
        node = self.node_with(f"timeout 5\ninclude {included}\n").start()
        self.assertEqual(self.setting(node, "timeout"), "11")

    def test_arguments_come_after_the_file(self):
        node = self.node_with("timeout 5\n")
        node.extra_arguments = ["--timeout", "9"]
        node.start()
        self.assertEqual(self.setting(node, "timeout"), "9")

    def test_a_bad_value_stops_the_start_and_is_named_with_its_line(self):
        node = self.node_with("maxclients many\n")
        printed = self.refusal(node)
        lines = node.config_file.read_text().count("\n")
        self.assertIn(str(lines), printed)
        self.assertIn("maxclients", printed)

    def test_an_unknown_directive_stops_the_start(self):
        self.assertIn("maxclient", self.refusal(self.node_with("maxclient 10\n")))

    @grapevine_only("Redis names the line only")
    def test_an_unknown_directive_is_answered_with_file_line_and_the_nearest_name(self):
        node = self.node_with("maxclient 10\n")
        printed = self.refusal(node)
        lines = node.config_file.read_text().count("\n")
        self.assertIn(f"{node.config_file}:{lines}", printed)
        self.assertIn("maxclients", printed)

    @grapevine_only("Redis has all of these")
    def test_a_promise_that_is_not_kept_yet_stops_the_start_unless_accepted(self):
        for line, name in [("appendonly yes", "appendonly"), ("tls-port 1", "tls-port"),
                           ("maxmemory-policy allkeys-lru", "maxmemory-policy"),
                           ("rename-command FLUSHALL nothing", "rename-command")]:
            with self.subTest(line):
                self.assertIn(name, self.refusal(self.node_with(line + "\n")))
                accepting = self.node_with(line + "\n")
                accepting.extra_arguments = ["--accept-unsupported", name]
                accepting.start()

    def test_a_missing_file_is_named(self):
        node = self.lab.node()
        node.config_file = self.lab.directory / "missing.conf"
        self.assertIn("missing.conf", self.refusal(node))

    def test_a_missing_directory_is_named(self):
        node = self.lab.node(dir="/no/such/directory")
        self.assertIn("/no/such/directory", self.refusal(node))

    def test_a_second_process_on_the_same_port_gets_an_error_and_leaves_the_first_alone(self):
        first = self.lab.start()
        first.call("SET", "k", "1")
        elsewhere = self.lab.new_directory("second")
        printed = self.refusal(self.lab.node(port=first.port, directory=elsewhere))
        self.assertIn(str(first.port), printed)
        self.assertIn("already in use", printed.lower())
        self.assertEqual(first.call("GET", "k"), "1")

    def test_a_second_process_on_a_cluster_nodes_directory_gets_an_error(self):
        first = self.lab.cluster_node()
        second = self.lab.node(directory=first.directory, cluster_enabled="yes")
        second.launch()
        self.assertNotEqual(second.wait_for_exit(), 0)
        self.assertEqual(first.call("PING"), "PONG")

    def test_the_log_says_who_started_and_when_it_is_ready(self):
        node = self.lab.start()
        self.assertIn("Server initialized", node.log())
        self.assertIn("Ready to accept connections", node.log())

    def test_the_log_goes_to_the_logfile(self):
        path = self.lab.directory / "own.log"
        self.lab.start(logfile=path)
        self.assertIn("Ready to accept connections", path.read_text())

    def test_the_pidfile_holds_the_process_id_and_goes_away(self):
        path = self.lab.directory / "own.pid"
        node = self.lab.start(pidfile=path)
        self.assertEqual(path.read_text().strip(), str(node.process.pid))
        node.terminate()
        self.assertFalse(path.exists())


class ConfigCommand(ProcessTest):
    def setUp(self):
        super().setUp()
        self.node = self.lab.node().use_config_file().start()

    def test_patterns_find_settings(self):
        names = self.node.call("CONFIG", "GET", "cluster-*")[::2]
        self.assertIn("cluster-node-timeout", names)
        self.assertTrue(all(name.startswith("cluster-") for name in names))

    def test_every_setting_has_a_value(self):
        reply = self.node.call("CONFIG", "GET", "*")
        settings = dict(zip(reply[::2], reply[1::2]))
        for name, value in [("port", str(self.node.port)), ("maxmemory-policy", "noeviction"),
                            ("appendonly", "no"), ("save", ""), ("databases", "16")]:
            self.assertEqual(settings[name], value, name)

    def test_rewrite_keeps_what_was_set_over_a_restart(self):
        self.node.call("CONFIG", "SET", "maxclients", "77", "timeout", "3")
        self.assertEqual(self.node.call("CONFIG", "REWRITE"), "OK")
        self.node.restart()
        self.assertEqual(self.node.call("CONFIG", "GET", "maxclients")[1], "77")
        self.assertEqual(self.node.call("CONFIG", "GET", "timeout")[1], "3")

    def test_rewrite_keeps_comments_and_order(self):
        text = "# keep me\n" + self.node.config_file.read_text()
        self.node.config_file.write_text(text)
        self.node.call("CONFIG", "REWRITE")
        self.assertEqual(self.node.config_file.read_text().splitlines()[0], "# keep me")

    def test_a_wrong_value_changes_nothing(self):
        with self.node.connect() as connection:
            reply = connection.ask("CONFIG", "SET", "timeout", "5", "maxclients", "many")
            self.assert_error(reply, "ERR CONFIG SET failed")
        self.assertEqual(self.node.call("CONFIG", "GET", "timeout")[1], "0")

    def test_resetstat_starts_the_counters_again(self):
        for _ in range(50):
            self.node.call("PING")
        self.node.call("CONFIG", "RESETSTAT")
        self.assertLess(int(self.node.info("stats")["total_commands_processed"]), 10)


if __name__ == "__main__":
    unittest.main()
