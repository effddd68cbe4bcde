"""The processes of a cluster: started here, remembered in a file, and no others ever touched."""

import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cluster.errors import ToolError, UsageError
from cluster.resp import Connection

BUS_OFFSET = 10000
STATE_FILE = "cluster.json"


@dataclass
class Node:
    number: int
    port: int
    pid: int = 0
    born: int = 0  # The process's start time as the kernel counts it: a pid alone can be reused.

    def state(self):
        """"running", "paused" or "dead"."""
        kernel = _kernel_state(self.pid)
        if kernel is None or kernel[1] != self.born or kernel[0] in "ZX":
            return "dead"
        return "paused" if kernel[0] in "Tt" else "running"

    def signal(self, number):
        """Nothing happens to a process that this node's start did not create."""
        if self.state() != "dead":
            os.kill(self.pid, number)

    def connect(self, timeout=10.0):
        return Connection(self.port, timeout=timeout)

    def wait_until_dead(self, seconds):
        deadline = time.monotonic() + seconds
        while self.state() != "dead" and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.state() == "dead"


@dataclass
class Cluster:
    """Everything that the state file holds."""
    directory: Path
    server: str
    replicas: int
    options: list = field(default_factory=list)
    from_demo: bool = False
    nodes: list = field(default_factory=list)

    @staticmethod
    def exists(directory):
        return (Path(directory) / STATE_FILE).exists()

    @staticmethod
    def load(directory):
        try:
            state = json.loads((Path(directory) / STATE_FILE).read_text())
        except FileNotFoundError:
            raise ToolError(f"there is no cluster in {directory}; "
                            "scripts/cluster start makes one") from None
        state["nodes"] = [Node(**node) for node in state["nodes"]]
        return Cluster(directory=Path(directory), **state)

    def save(self):
        state = asdict(self)
        del state["directory"]
        self.directory.mkdir(parents=True, exist_ok=True)
        draft = self.directory / (STATE_FILE + ".new")
        draft.write_text(json.dumps(state, indent=1) + "\n")
        draft.rename(self.directory / STATE_FILE)

    def node(self, name):
        """The node that `name` means: its number or its port."""
        for node in self.nodes:
            if name in (str(node.number), str(node.port)):
                return node
        last = self.nodes[-1]
        raise UsageError(f"no node '{name}'; say a number from 1 to {last.number} "
                         f"or a port from {self.nodes[0].port} to {last.port}")

    def alive(self):
        return [node for node in self.nodes if node.state() != "dead"]

    def log_of(self, node):
        return self.directory / str(node.port) / "node.log"

    def launch(self, nodes):
        """Starts the processes of `nodes` and waits until each of them answers."""
        for node in nodes:
            _refuse_taken_port(node.port)
        for node in nodes:
            self._spawn(node)
        self.save()
        for node in nodes:
            self._wait_for_answer(node)

    def _spawn(self, node):
        home = (self.directory / str(node.port)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        command = [self.server, "--port", str(node.port), "--bind", "127.0.0.1", "--dir", str(home),
                   "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", *self.options]
        with open(self.log_of(node), "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       cwd=home, start_new_session=True)
        node.pid, node.born = process.pid, _kernel_state(process.pid)[1]

    def _wait_for_answer(self, node, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if node.state() == "dead":
                raise ToolError(f"node {node.number} (port {node.port}) ended at once; its log "
                                f"{self.log_of(node)} ends with:\n{self.end_of_log(node)}")
            try:
                with node.connect() as connection:
                    connection.send(b"PING\r\n")
                    if connection.read() == "PONG":
                        return
            except OSError:
                pass
            time.sleep(0.002)
        raise ToolError(f"node {node.number} (port {node.port}) does not answer after {seconds} s; "
                        f"its log ends with:\n{self.end_of_log(node)}")

    def end_of_log(self, node, lines=8):
        text = self.log_of(node).read_text(errors="replace").splitlines()
        return "\n".join("  " + line for line in text[-lines:]) or "  (nothing)"

    def stop(self, nodes, patience=20):
        """Asks the processes to end; returns the nodes that had to be killed."""
        nodes = [node for node in nodes if node.state() != "dead"]
        for node in nodes:
            node.signal(signal.SIGTERM)
            node.signal(signal.SIGCONT)  # One that was paused must wake up to hear it.
        deadline = time.monotonic() + patience
        stubborn = [node for node in nodes
                    if not node.wait_until_dead(max(0.0, deadline - time.monotonic()))]
        for node in stubborn:
            node.signal(signal.SIGKILL)
            node.wait_until_dead(5)
        return stubborn


def _kernel_state(pid):
    """(state letter, start time) of a process, None when there is no such process. One whose first
    thread has ended before the others still holds its ports: it lives."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return None
    fields = text.rsplit(")", 1)[1].split()
    return "R" if fields[0] in "ZX" and len(threads) > 1 else fields[0], int(fields[19])


def _refuse_taken_port(port):
    for number in (port, port + BUS_OFFSET):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                what = "clients" if number == port else "the cluster bus of " + str(port)
                raise ToolError(f"port {number} ({what}) is taken by another process; "
                                "choose others with --port") from None
