"""Slots that move from node to node the classic way, key by key, under a client with commands of
several keys: what its caller sees of that."""

import json
import subprocess
import time
from contextlib import ExitStack
from itertools import cycle

from bench.client_table import ClientRow
from bench.server import WORK
from cluster import assemble
from cluster.errors import ToolError
from cluster.resp import ReplyError, slot_of

PROGRAM = WORK.parents[1] / "build/release/bin/client_moving"
SLOTS = [slot_of(b"{%d}" % number) for number in range(20)]  # As in tests/bench/client/moving.cc.
LIMIT_SECONDS = 30


def row():
    return ClientRow("slots moved key by key, several keys: errors", "", 0, False, "768-811", "901")


def errors_while_slots_move(cluster, seconds):
    with subprocess.Popen([PROGRAM, f"127.0.0.1:{cluster.nodes[0].port}"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        if load.stdout.readline() != "running\n":
            raise ToolError("client_moving does not run")
        try:
            moves = _move(cluster, seconds)
        except BaseException:
            load.kill()
            raise
        load.stdin.close()
        report = json.loads(load.stdout.read())
    if report["redirects"] + report["retries"] < moves:
        raise ToolError(f"the client met too little of {moves} moves: {report}")
    if report["errors"]:
        print(f"\n  the first error: {report['error']}", flush=True)
    return report["errors"]


def _move(cluster, seconds):
    """How many slots were moved: all to one node, then all to the next. Two nodes that take slots
    before they have heard of each other may take the same config epoch, and each keep its slots."""
    deadline = time.monotonic() + seconds
    moves = 0
    with ExitStack() as stack:
        nodes = [stack.enter_context(node.connect()) for node in cluster.nodes]
        ports = [node.port for node in cluster.nodes]
        names = [node.text("CLUSTER", "MYID") for node in nodes]
        move_key = _by_migrate if nodes[0].call("COMMAND", "INFO", "MIGRATE")[0] else _by_copy
        for target in cycle(range(len(nodes))):
            for slot in SLOTS:
                if time.monotonic() > deadline:
                    return moves
                source = names.index(_owner(nodes[target], slot))
                if source == target:
                    continue
                nodes[target].call("CLUSTER", "SETSLOT", slot, "IMPORTING", names[source])
                nodes[source].call("CLUSTER", "SETSLOT", slot, "MIGRATING", names[target])
                while keys := nodes[source].call("CLUSTER", "GETKEYSINSLOT", slot, 100):
                    for key in keys:
                        move_key(key, nodes[source], nodes[target], ports[target])
                for index in (target, source, *set(range(len(nodes))) - {source, target}):
                    nodes[index].call("CLUSTER", "SETSLOT", slot, "NODE", names[target])
                moves += 1
            _wait_until_owned(names[target], nodes)


def _wait_until_owned(name, nodes):
    """Until `nodes` agree that all slots are `name`'s."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while any(_owner(node, slot) != name for node in nodes for slot in SLOTS):
        if time.monotonic() > deadline:
            raise ToolError("the nodes do not agree about slots that were moved")
        time.sleep(assemble.POLL_SECONDS)


def _owner(node, slot):
    return next(primary[2].decode() for first, last, primary, *_ in node.call("CLUSTER", "SLOTS")
                if first <= slot <= last)


def _by_migrate(key, source, _, port):
    source.call("MIGRATE", "127.0.0.1", port, key, 0, 5000)


def _by_copy(key, source, target, _):
    """For a server without MIGRATE. A key that is changed meanwhile stays where it was and is met again."""
    source.call("WATCH", key)
    try:
        content = source.call("DUMP", key)
    except ReplyError as error:  # It was removed: whoever asks is sent to the target.
        if not str(error).startswith("ASK "):
            raise
        content = None
    if content is None:
        source.call("UNWATCH")
        return
    target.call("ASKING")
    target.call("RESTORE", key, 0, content, "REPLACE")
    source.call("MULTI")
    source.call("DEL", key)
    source.call("EXEC")
