"""What the nodes say about the cluster, as values."""

from dataclasses import dataclass, field

from cluster.resp import SLOTS, ReplyError

UNREACHABLE = (OSError, ReplyError)


@dataclass
class Member:
    """One line of CLUSTER NODES."""
    id: str
    port: int
    flags: set
    primary_id: str
    ranges: list  # Of (first, last); slots that are moving are left out.

    @property
    def is_primary(self):
        return "master" in self.flags

    @property
    def is_healthy(self):
        return not self.flags & {"fail", "fail?", "handshake", "noaddr"}

    @property
    def slot_count(self):
        return sum(last - first + 1 for first, last in self.ranges)


def members(connection):
    """Every node that the node at the other end knows, by its port."""
    return {member.port: member
            for member in map(_member, connection.text("CLUSTER", "NODES").splitlines())}


def _member(line):
    words = line.split()
    address = words[1].split("@")[0]
    ranges = []
    for word in words[8:]:
        if not word.startswith("["):
            first, _, last = word.partition("-")
            ranges.append((int(first), int(last or first)))
    return Member(words[0], int(address.rsplit(":", 1)[1]), set(words[2].split(",")), words[3],
                  ranges)


def owners(cluster):
    """slot -> port of the primary that serves it (None: nobody), in the view of a living node."""
    ports = [None] * SLOTS
    for member in _anyones_members(cluster).values():
        if member.is_primary and "fail" not in member.flags:
            for first, last in member.ranges:
                ports[first:last + 1] = [member.port] * (last - first + 1)
    return ports


def _anyones_members(cluster):
    for node in cluster.nodes:
        if node.state() == "running":
            try:
                with node.connect(timeout=2) as connection:
                    return members(connection)
            except UNREACHABLE:
                pass
    return {}


@dataclass
class NodeReport:
    """What is known about one node, from its process and from itself."""
    number: int
    port: int
    pid: int
    state: str
    role: str = ""
    primary: int = 0       # The number of the node that it copies; 0 for a primary.
    ranges: list = field(default_factory=list)
    slots: int = 0
    keys: int = 0
    memory: int = 0        # Bytes, after the node's own accounting.
    link: str = ""         # A replica's link to its primary: "up" or "down".
    offset: int = 0        # How much of the replication stream it has written or applied.
    cluster_ok: bool = False


@dataclass
class Report:
    nodes: list

    @property
    def slots_served(self):
        return sum(node.slots for node in self.primaries())

    @property
    def health(self):
        """"ok": all is served and copied. "degraded": all is served. "down": it is not."""
        if self.slots_served < SLOTS or not all(node.cluster_ok for node in self.primaries()):
            return "down"
        healthy = all(node.state == "running" and node.link != "down" for node in self.nodes)
        return "ok" if healthy else "degraded"

    def primaries(self):
        return [node for node in self.nodes if node.role == "primary" and node.slots]

    def lag(self, node):
        """Bytes of the stream that the replica `node` has not applied yet; None when unknown."""
        primary = next((other for other in self.nodes if other.number == node.primary), None)
        if not primary or node.link != "up":
            return None
        return max(0, primary.offset - node.offset)


def report(cluster):
    """Asks every node of the cluster that runs."""
    numbers = {node.port: node.number for node in cluster.nodes}
    return Report([_report_on(node, numbers) for node in cluster.nodes])


def _report_on(node, numbers):
    result = NodeReport(node.number, node.port, node.pid, node.state())
    if result.state != "running":
        return result
    try:
        with node.connect(timeout=2) as connection:
            _ask(connection, result, numbers)
    except UNREACHABLE:
        result.state = "silent"
    return result


def _ask(connection, result, numbers):
    known = members(connection)
    me = next(member for member in known.values() if "myself" in member.flags)
    result.role = "primary" if me.is_primary else "replica"
    result.ranges, result.slots = me.ranges, me.slot_count
    primary = next((member for member in known.values() if member.id == me.primary_id), None)
    result.primary = numbers.get(primary.port, 0) if primary else 0
    result.cluster_ok = connection.fields("CLUSTER", "INFO").get("cluster_state") == "ok"
    result.keys = connection.call("DBSIZE")
    result.memory = int(connection.fields("INFO", "memory").get("used_memory", 0))
    replication = connection.fields("INFO", "replication")
    result.link = replication.get("master_link_status", "")
    offset = "slave_repl_offset" if result.role == "replica" else "master_repl_offset"
    result.offset = int(replication.get(offset, 0))
