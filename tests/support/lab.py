"""A lab holds the processes and directories of one test and always cleans up after it. A test whose
node a sanitizer complained about has failed, whatever became of the node."""

import shutil
import tempfile
from pathlib import Path

from tests.support.node import Node
from tests.support.ports import free_port


class Lab:
    def __init__(self):
        self.nodes = []
        self._processes = []
        self.directory = Path(tempfile.mkdtemp(prefix="grapevine-test-"))

    def node(self, server=None, directory=None, **options):
        """A node that has not been started. `replica_priority=1` becomes `--replica-priority 1`."""
        port = options.pop("port", None) or free_port()
        directives = {name.replace("_", "-"): value for name, value in options.items()}
        node = Node(port, directory or self.new_directory(f"node-{port}"), directives, server)
        self.nodes.append(node)
        return node

    def start(self, server=None, **options):
        """A node that answers."""
        return self.node(server, **options).start()

    def cluster_node(self, server=None, **options):
        """A node in cluster mode that answers and knows nobody."""
        return self.start(server, cluster_enabled="yes", **options)

    def adopt(self, process):
        """Ends another process of the test together with the nodes."""
        self._processes.append(process)
        return process

    def new_directory(self, name):
        path = self.directory / name
        path.mkdir(exist_ok=True)
        return path

    def log_tails(self):
        return "\n".join(node.log_tail() for node in self.nodes)

    def close(self):
        for node in self.nodes:
            node.stop()
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        reports = [report for node in self.nodes if (report := node.sanitizer_report())]
        shutil.rmtree(self.directory, ignore_errors=True)
        if reports:
            raise AssertionError("\n".join(reports))
