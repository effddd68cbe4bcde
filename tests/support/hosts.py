"""Hosts in network namespaces on one bridge, so that a test can pull their cables. Clients talk to the
nodes through Unix sockets, which a cut does not touch."""

import os
import subprocess
import unittest

from tests.support.lab import Lab
from tests.support.node import Node
from tests.support.resp import Connection

_NETWORK = "10.203.7"
_FIRST_PORT = 7001


def _ip(*words, check=True):
    return subprocess.run(["ip", *map(str, words)], check=check, capture_output=True, text=True)


def available():
    """Whether this process may make network namespaces."""
    if os.geteuid() != 0:
        return False
    name = f"gv{os.getpid()}-probe"
    try:
        made = _ip("netns", "add", name, check=False).returncode == 0
    except FileNotFoundError:
        return False
    _ip("netns", "del", name, check=False)
    return made


def needs_hosts(test):
    return unittest.skipUnless(available(), "NOT SHOWN: no right to make network namespaces")(test)


class HostNode(Node):
    """A node on a host of its own."""

    def __init__(self, number, prefix, directory, options, server=None):
        super().__init__(_FIRST_PORT + number, directory, options, server)
        self.number = number
        self.host = f"{_NETWORK}.{number + 1}"
        self.namespace = f"{prefix}-{number}"
        self.socket_path = str(self.directory / "socket")

    def command_line(self):
        return ["ip", "netns", "exec", self.namespace, *super().command_line(), "--unixsocket",
                self.socket_path, "--protected-mode", "no"]

    def connect(self, **options):
        return Connection(self.socket_path, **options)


class HostLab(Lab):
    """A lab whose nodes live on hosts of their own; `cut` and `heal` pull and push their cables."""

    def __init__(self):
        super().__init__()
        self._prefix = f"gv{os.getpid()}"
        self._hub = f"{self._prefix}-hub"
        self._hosts = []
        _ip("netns", "add", self._hub)
        _ip("-n", self._hub, "link", "add", "bridge", "type", "bridge")
        _ip("-n", self._hub, "link", "set", "bridge", "up")

    def node(self, server=None, **options):
        number = len(self._hosts)
        directives = {name.replace("_", "-"): value for name, value in options.items()}
        node = HostNode(number, self._prefix, self.new_directory(f"host-{number}"), directives, server)
        self._make_host(node)
        self.nodes.append(node)
        return node

    def _make_host(self, node):
        name, inside, outside = node.namespace, "eth0", f"port{node.number}"
        _ip("netns", "add", name)
        self._hosts.append(name)
        _ip("link", "add", outside, "netns", self._hub, "type", "veth", "peer", "name", inside, "netns",
            name)
        _ip("-n", self._hub, "link", "set", outside, "master", "bridge", "up")
        _ip("-n", name, "addr", "add", f"{node.host}/24", "dev", inside)
        _ip("-n", name, "link", "set", inside, "up")
        _ip("-n", name, "link", "set", "lo", "up")

    def cut(self, node):
        """Nothing gets to or from the host any more, and nobody is told."""
        _ip("-n", self._hub, "link", "set", f"port{node.number}", "down")

    def heal(self, node):
        _ip("-n", self._hub, "link", "set", f"port{node.number}", "up")

    def close(self):
        super().close()
        for name in [*self._hosts, self._hub]:
            _ip("netns", "del", name, check=False)
