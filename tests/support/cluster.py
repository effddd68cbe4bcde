"""A cluster of nodes, put together by CLUSTER commands."""

import re

from tests.support import settings
from tests.support.resp import ReplyError
from tests.support.waiting import eventually

SLOTS = 16384
# With the default node timeout of 15 s Redis needs about 20 s, and we a second.
FAILOVER_SECONDS = 45 if settings.testing_redis() else 10
_HEALING_SECONDS = 60


class Cluster:
    def __init__(self, lab, primaries=3, replicas=1, server=None, **options):
        """A cluster that serves all slots, its replicas in sync. The first `primaries` of `nodes`
        are the primaries; replica i belongs to primary i % primaries."""
        count = primaries * (1 + replicas)
        self._found([lab.cluster_node(server, **options) for _ in range(count)], primaries)

    @classmethod
    def of(cls, nodes, primaries):
        """The same of nodes that are there and know nobody."""
        cluster = cls.__new__(cls)
        cluster._found(nodes, primaries)
        return cluster

    def _found(self, nodes, primaries):
        self.nodes = nodes
        first = self.nodes[:primaries]
        give_slots(first)
        meet(self.nodes)
        self.wait_until_agreed()
        for index, node in enumerate(self.nodes[primaries:]):
            node.call("CLUSTER", "REPLICATE", node_id(first[index % primaries]))
        self.wait_until_healthy()

    def running(self):
        return [node for node in self.nodes if node.is_running()]

    def ports(self):
        return [node.port for node in self.nodes]

    def node_on(self, port):
        return next(node for node in self.nodes if node.port == port)

    def primary_of(self, slot):
        """The node that serves `slot` in the view of a running node."""
        owners = slot_owners(self.running()[0])
        return self.node_on(owners[slot])

    def primaries(self):
        return [node for node in self.running() if role(node) == "master"]

    def replicas(self):
        return [node for node in self.running() if role(node) == "slave"]

    def replica_of(self, primary):
        """A running replica of `primary`."""
        return next(node for node in self.replicas() if primary_port(node) == primary.port)

    def wait_until_agreed(self, within=_HEALING_SECONDS):
        """All running nodes know one another and have the same map, without a slot missing."""
        eventually(self._agreed, "all nodes have the same, complete map", within)

    def wait_until_healthy(self, within=_HEALING_SECONDS):
        """Agreed, nobody misses anybody, every node says `ok`, every replica has its primary's data."""
        self.wait_until_agreed(within)
        eventually(self._nobody_missed, "no node misses one that runs", within)
        eventually(self._all_ok, "all nodes say cluster_state:ok", within)
        eventually(self._replicas_in_sync, "all replicas are in sync", within)

    def _agreed(self):
        views = [view(node) for node in self.running()]
        return views.count(views[0]) == len(views) and covers_all(views[0])

    def _nobody_missed(self):
        running = {node_id(node) for node in self.running()}
        return not any(running & missed_by(node) for node in self.running())

    def _all_ok(self):
        return all("cluster_state:ok" in node.call("CLUSTER", "INFO") for node in self.running())

    def _replicas_in_sync(self):
        return all(is_in_sync(node) for node in self.replicas())

    def call(self, *arguments):
        """The reply of the node that `arguments` belong to, after following MOVED."""
        node = self.running()[0]
        for _ in range(len(self.nodes)):
            try:
                return node.call(*arguments)
            except ReplyError as error:
                if error.code != "MOVED":
                    raise
                node = self.node_on(int(str(error).rpartition(":")[2]))
        raise AssertionError("the redirections do not end")


def give_slots(primaries):
    """Splits the slots evenly and gives each primary a config epoch of its own."""
    for index, node in enumerate(primaries):
        first = SLOTS * index // len(primaries)
        last = SLOTS * (index + 1) // len(primaries) - 1
        node.call("CLUSTER", "ADDSLOTSRANGE", first, last)
        node.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1)


def meet(nodes):
    for node in nodes[1:]:
        nodes[0].call("CLUSTER", "MEET", node.host, node.port, node.bus_port)


def node_id(node):
    return node.call("CLUSTER", "MYID")


def role(node):
    return node.call("ROLE")[0]


def primary_port(replica):
    """The port of the primary that `replica` follows."""
    return int(replica.info("replication")["master_port"])


def is_in_sync(replica):
    """The link is up and the replica has everything that its primary has written."""
    fields = replica.info("replication")
    if fields.get("master_link_status") != "up":
        return False
    return fields["master_sync_in_progress"] == "0"


def accepts_writes(node, key):
    """Whether `node` takes a write to `key`."""
    try:
        return node.call("SET", key, "1") == "OK"
    except (OSError, ReplyError):
        return False


def slot_owners(node):
    """For each slot the port of its primary in the view of `node`, or None."""
    owners = [None] * SLOTS
    for first, last, primary, *_ in node.call("CLUSTER", "SLOTS"):
        owners[first:last + 1] = [primary[1]] * (last - first + 1)
    return owners


def view(node):
    """Who `node` thinks each known node is: {id: (is a primary, its primary, slot ranges)}."""
    members = {}
    for line in node.call("CLUSTER", "NODES").splitlines():
        identity, _, flags, primary, _, _, _, _, *slots = line.split(" ")
        if "handshake" not in flags and "noaddr" not in flags:
            ranges = tuple(slot for slot in slots if not slot.startswith("["))
            members[identity] = ("master" in flags.split(","), primary, ranges)
    return members


def config_epochs(node):
    """The config epoch of each primary with slots, in the view of `node`: {id: epoch}."""
    lines = [line.split(" ") for line in node.call("CLUSTER", "NODES").splitlines()]
    return {line[0]: int(line[6]) for line in lines if "master" in line[2] and len(line) > 8}


def missed_by(node):
    """The names of those that `node` accuses or has no link to."""
    lines = [line.split(" ") for line in node.call("CLUSTER", "NODES").splitlines()]
    return {line[0] for line in lines
            if {"fail", "fail?"} & set(line[2].split(",")) or line[7] != "connected"}


def covers_all(members):
    return sum(_size(text) for _, _, ranges in members.values() for text in ranges) == SLOTS


def _size(range_text):
    first, last = re.fullmatch(r"(\d+)(?:-(\d+))?", range_text).groups()
    return int(last or first) - int(first) + 1
