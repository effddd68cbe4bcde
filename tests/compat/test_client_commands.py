"""The typed commands of the client library, run against clusters by a program that uses it."""

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.cluster import Cluster
from tests.support.programs import run

_PROGRAMS = settings.REPOSITORY / "build/release/bin"


class TypedCommands(ProcessTest):
    def run_against(self, cluster, *arguments, program="client-families"):
        address = cluster.nodes[0].address
        printed = run([_PROGRAMS / program, address, *arguments])
        self.assertIn("0 failures", printed)

    def test_all_families_do_on_a_cluster_of_redis_what_they_promise(self):
        self.run_against(Cluster(self.lab, replicas=0, server=settings.REDIS_SERVER))

    def test_strings_do_so_on_ours(self):
        self.run_against(Cluster(self.lab, replicas=0), "strings")

    def test_commands_over_slots_and_pipelines_do_so_on_both(self):
        for server in (settings.REDIS_SERVER, None):
            with self.subTest(server=server):
                self.run_against(Cluster(self.lab, replicas=0, server=server),
                                 program="client-batches")
