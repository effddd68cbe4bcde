"""Hosts in network namespaces on one bridge, so that a test can pull their cables. Clients talk to the
nodes through Unix sockets, which a cut does not touch."""

import os
import subprocess
import sys
import unittest

from tests.support.lab import Lab
from tests.support.node import Node
from tests.support.ports import BUS_OFFSET
from tests.support.resp import Connection

_NETWORK = "10.203.7"
_FIRST_PORT = 7001
_PROXY_OFFSET = 11_000


def _ip(*words, check=True):
    return subprocess.run(["ip", *map(str, words)], check=check, capture_output=True, text=True)


def what_is_missing():
    """Why there can be no hosts here; empty when there can."""
    if os.geteuid() != 0:
        return "not root"
    name = f"gv{os.getpid()}-probe"
    tries = [["ip", "netns", "add", name],
             ["ip", "-n", name, "link", "add", "bridge", "type", "bridge"],
             ["ip", "netns", "exec", name, "nft", "add table inet probe"]]
    try:
        for words in tries:
            tried = subprocess.run(words, capture_output=True, text=True)
            if tried.returncode:
                return f"'{' '.join(words)}' failed: {tried.stderr.strip()}"
        return ""
    except FileNotFoundError as error:
        return f"there is no program {error.filename}"
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


def needs_hosts(test):
    missing = what_is_missing()
    return unittest.skipIf(missing, f"NOT SHOWN, hosts cannot be made here: {missing}")(test)


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
        self._slowness = None
        _ip("netns", "add", self._hub)
        _ip("-n", self._hub, "link", "add", "bridge", "type", "bridge")
        _ip("-n", self._hub, "link", "set", "bridge", "up")

    def node(self, server=None, **options):
        number = len(self._hosts)
        directives = {name.replace("_", "-"): value for name, value in options.items()}
        node = HostNode(number, self._prefix, self.new_directory(f"host-{number}"), directives, server)
        self._make_host(node)
        if self._slowness:
            self._make_slow(node)
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
        self._rules(node, "flush ruleset")

    def deafen(self, node):
        """Nothing gets to the host any more; what it sends arrives."""
        self._drop(node, "input", "")

    def silence(self, node):
        """Nothing that the host sends arrives any more; it hears everything."""
        self._drop(node, "output", "")

    def lose(self, node, percent):
        """So many of a hundred packets to the host are lost on the way."""
        self._drop(node, "input", f"numgen random mod 100 < {percent}")

    def _drop(self, node, direction, which):
        interface = "iifname" if direction == "input" else "oifname"
        self._rules(node, f"""
            flush ruleset
            table inet faults {{
                chain drops {{
                    type filter hook {direction} priority 0
                    {interface} != "lo" {which} drop
                }}
            }}""")

    @staticmethod
    def _rules(node, rules):
        subprocess.run(["ip", "netns", "exec", node.namespace, "nft", "-f", "-"], input=rules,
                       text=True, check=True, capture_output=True)

    def slow_bus(self, milliseconds, jitter):
        """From now on what comes to the bus port of a new host takes so long, and up to `jitter`
        longer. Its answers as well."""
        self._slowness = [str(milliseconds), str(jitter)]

    def _make_slow(self, node):
        node.options["cluster-announce-ip"] = node.host  # Its peers see the proxy.
        node.options["cluster-announce-bus-port"] = node.port + _PROXY_OFFSET
        self.adopt(subprocess.Popen(
            ["ip", "netns", "exec", node.namespace, sys.executable, "-m", "tests.support.slow_proxy",
             str(node.port + _PROXY_OFFSET), str(node.port + BUS_OFFSET), *self._slowness]))

    def close(self):
        super().close()
        for name in [*self._hosts, self._hub]:
            _ip("netns", "del", name, check=False)
