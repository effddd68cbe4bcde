"""scripts/cluster with the server under test: what it starts it can break, mend and remove."""

import json
import subprocess

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.ports import free_run
from tests.support.waiting import eventually

TOOL = settings.REPOSITORY / "scripts/cluster"


class ClusterScriptTest(ProcessTest):
    def setUp(self):
        super().setUp()
        self.directory = self.lab.directory / "by-script"
        self.addCleanup(self.tool, "clean")

    def tool(self, word, *arguments):
        return subprocess.run([TOOL, word, "--dir", self.directory, *arguments],
                              capture_output=True, text=True)

    def status(self):
        return json.loads(self.tool("status", "--json").stdout)

    def test_a_killed_primary_is_replaced_and_comes_back_as_a_replica(self):
        started = self.tool("start", "--port", str(free_run(6)), "--server", settings.SERVER, "--",
                            "--cluster-node-timeout", "1000")
        self.assertEqual(started.returncode, 0, started.stderr)
        self.assertEqual(self.status()["health"], "ok")

        self.assertEqual(self.tool("kill", "1").returncode, 0)

        def taken_over():
            nodes = self.status()["nodes"]
            return nodes[0]["state"] == "dead" and nodes[3]["role"] == "primary"
        eventually(taken_over, "node 4 takes over from node 1", within=30)
        self.assertEqual(self.tool("restart", "1").returncode, 0)
        eventually(lambda: self.status()["health"] == "ok", "all is well again", within=30)
        self.assertEqual(self.status()["nodes"][0]["primary"], 4)

        self.assertEqual(self.tool("stop").returncode, 0)
        self.assertEqual({node["state"] for node in self.status()["nodes"]}, {"dead"})
        self.assertEqual(self.tool("clean").returncode, 0)
        self.assertFalse(self.directory.exists())
