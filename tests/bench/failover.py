"""Milliseconds from the death of a primary to the first write that its slots take again, with all
settings at their defaults (a node timeout of 15 s)."""

import shutil
import signal
from itertools import count
from statistics import median
from types import SimpleNamespace

from bench.server import WORK
from bench.table import Row
from cluster import assemble, commands, view
from cluster.demo.probe import Probe
from cluster.resp import slot_of

NODES = 6
LIMIT_SECONDS = 90


def measure(programs, port, quick):
    figures = [_kill_primaries(name, program, port, _rounds(index, quick))
               for index, (name, program) in enumerate(programs)]
    return [Row(f"kill -9 of a primary to the first write, median of {len(figures[-1])}", "ms",
                *[median(gaps) for gaps in figures], 1000, False)]


def _rounds(index, quick):
    """The reference takes twenty seconds and more each time; a few of its rounds tell enough."""
    return (1, 3)[index] if quick else (5, 20)[index]


def _kill_primaries(name, program, port, rounds):
    directory = WORK / f"failover-{name}"
    shutil.rmtree(directory, ignore_errors=True)
    options = SimpleNamespace(dir=directory, nodes=NODES, replicas=1, port=port, server=program,
                              server_options=[])
    cluster = commands.new_cluster(options)
    try:
        cluster.launch(cluster.nodes)
        assemble.assemble(cluster)
        return [1000 * _kill_one(cluster, turn) for turn in range(rounds)]
    finally:
        cluster.stop(cluster.nodes, patience=0)


def _kill_one(cluster, turn):
    """Seconds without writes; the cluster is whole again afterwards."""
    primaries = view.report(cluster).primaries()
    report = primaries[turn % len(primaries)]
    victim = cluster.node(str(report.number))
    with Probe(cluster, first_key(report.ranges[0][0])) as probe:
        victim.signal(signal.SIGKILL)
        seconds, _ = probe.first_write(LIMIT_SECONDS, besides=victim)
    victim.wait_until_dead(5)
    cluster.launch([victim])
    assemble.wait_until_whole(cluster, LIMIT_SECONDS)
    return seconds


def first_key(slot):
    """The first of the probe's keys that lives in `slot`."""
    return next(key for key in (b"probe:%d" % number for number in count()) if slot_of(key) == slot)
