"""Makes one cluster out of nodes that know nobody, and waits until it is one."""

import time

from cluster.errors import ToolError
from cluster.resp import SLOTS, ReplyError
from cluster.view import UNREACHABLE, members

POLL_SECONDS = 0.01
LIMIT_SECONDS = 60


def assemble(cluster):
    """The first nodes become the primaries, each with an equal part of the slots; the others
    copy them in turn."""
    connections = {node.number: node.connect() for node in cluster.nodes}
    try:
        primaries = cluster.nodes[:len(cluster.nodes) // (1 + cluster.replicas)]
        _give_slots(connections, primaries)
        _introduce(connections, cluster.nodes)
        _wait(cluster, "the nodes to know one another", _all_acquainted)
        _attach_replicas(connections, cluster.nodes, primaries)
        wait_until_whole(cluster)
    except ReplyError as error:
        raise ToolError(f"a node refused to join: {error}") from None
    finally:
        for connection in connections.values():
            connection.close()


def wait_until_whole(cluster, seconds=LIMIT_SECONDS):
    """Until every living node says that all slots are served and every replica is in sync."""
    _wait(cluster, "the cluster to become whole", _is_whole, seconds)


def _give_slots(connections, primaries):
    for index, node in enumerate(primaries):
        first = index * SLOTS // len(primaries)
        last = (index + 1) * SLOTS // len(primaries) - 1
        connections[node.number].call("CLUSTER", "ADDSLOTSRANGE", first, last)
    for number, connection in connections.items():
        # Different from the start, so that no two nodes have to fight for an epoch.
        connection.call("CLUSTER", "SET-CONFIG-EPOCH", number)


def _introduce(connections, nodes):
    """Everybody meets everybody: gossip would get there too, but takes its time."""
    for node in nodes:
        for other in nodes[node.number:]:
            connections[node.number].call("CLUSTER", "MEET", "127.0.0.1", other.port)


def _attach_replicas(connections, nodes, primaries):
    ids = {node.port: connections[node.number].text("CLUSTER", "MYID") for node in primaries}
    for index, node in enumerate(nodes[len(primaries):]):
        primary = primaries[index % len(primaries)]
        connections[node.number].call("CLUSTER", "REPLICATE", ids[primary.port])


def _all_acquainted(cluster, connection):
    known = members(connection)
    return (len(known) == len(cluster.nodes) and all(m.is_healthy for m in known.values())
            and sum(m.slot_count for m in known.values()) == SLOTS)


def _is_whole(cluster, connection):
    state = connection.fields("CLUSTER", "INFO")
    if state["cluster_state"] != "ok" or state["cluster_slots_ok"] != str(SLOTS):
        return False
    # Only nodes that run can be in order; one that was killed may be missing or failed.
    alive = {node.port for node in cluster.alive()}
    known = [member for port, member in members(connection).items() if port in alive]
    replicas = sum(not member.is_primary for member in known)
    if len(known) != len(alive) or not all(member.is_healthy for member in known):
        return False
    if len(alive) == len(cluster.nodes) and replicas * (1 + cluster.replicas) != (
            len(alive) * cluster.replicas):
        return False
    return connection.fields("INFO", "replication").get("master_link_status", "up") == "up"


def _wait(cluster, what, condition, seconds=LIMIT_SECONDS):
    """Until `condition(cluster, connection)` is true on every living node."""
    deadline = time.monotonic() + seconds
    waiting = cluster.alive()
    while waiting:
        waiting = [node for node in waiting if not _holds(cluster, node, condition)]
        if waiting and time.monotonic() > deadline:
            ports = ", ".join(str(node.port) for node in waiting)
            raise ToolError(f"waited {seconds} s in vain for {what}; not there yet: {ports}. "
                            f"The logs are in {cluster.directory}/PORT/node.log")
        if waiting:
            time.sleep(POLL_SECONDS)


def _holds(cluster, node, condition):
    try:
        with node.connect(timeout=2) as connection:
            return condition(cluster, connection)
    except UNREACHABLE:
        return False
