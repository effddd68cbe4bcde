"""The typed commands of the client library, run against clusters by a program that uses it."""

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.cluster import Cluster
from tests.support.programs import run

_FAMILIES = settings.REPOSITORY / "build/release/bin/client-families"


class TypedCommands(ProcessTest):
    def run_against(self, cluster, *arguments):
        address = cluster.nodes[0].address
        printed = run([_FAMILIES, address, *arguments])
        self.assertIn("0 failures", printed)

    def test_all_families_do_on_a_cluster_of_redis_what_they_promise(self):
        self.run_against(Cluster(self.lab, replicas=0, server=settings.REDIS_SERVER))

    def test_strings_do_so_on_ours(self):
        self.run_against(Cluster(self.lab, replicas=0), "strings")
