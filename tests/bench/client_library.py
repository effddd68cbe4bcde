"""The client library beside hiredis, against three primaries of either server on this machine: requests
per second of the client's CPU time, allocations, and what a caller sees of a primary's death."""

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from statistics import median
from types import SimpleNamespace

from bench import moving
from bench.client_table import ClientRow
from bench.failover import LIMIT_SECONDS, first_key
from bench.server import WORK
from cluster import assemble, commands
from cluster.demo.probe import Probe
from cluster.errors import ToolError

ROOT = WORK.parents[1]
PROGRAMS = ROOT / "build/release/bin"
KEYS = 100_000         # As in tests/bench/client/meter.h.
IN_FLIGHT = 8          # As in tests/bench/client/failover.cc.
MOVING_SECONDS = {False: 15, True: 5}  # By `quick`.
NODE_TIMEOUT = "3000"  # Redis's own default would make each of its failovers last 20 s.

# (row without its figures, command, shape, width, part of the usual number of requests)
SPEEDS = [
    (("GET, 256 in flight", 1.1e6, "310 k", "1.02 M"), "get", "callback", 256, 1),
    (("SET, 256 in flight", 0.9e6, "277 k", "863 k"), "set", "callback", 256, 1),
    (("GET, 1000 in flight", 1.4e6, "367 k", "1.40 M"), "get", "callback", 1000, 1),
    (("GET, 256 coroutines", None, "-", "-"), "get", "coroutine", 256, 1),
    (("GET, batches of 100 (hiredis: one node)", 1.7e6, "-", "1.88 M"), "get", "batch", 100, 1),
    (("SET, batches of 100 (hiredis: one node)", 1.5e6, "-", "1.66 M"), "set", "batch", 100, 1),
    (("GET, 16 threads (hiredis: a connection each)", 150e3, "50 k", "64-74 k"), "get", "threads", 16, 0.05),
]
OF_CALLBACKS = 0.85  # What coroutines reach at least.


def measure(programs, port, quick):
    subprocess.run([ROOT / "scripts/build", "release", "client-bench"], check=True, stdout=subprocess.DEVNULL)
    requests, rounds = (100_000, 3) if quick else (1_000_000, 5)
    rows = [ClientRow(name, "1/s", limit, True, plus, valkey)
            for (name, limit, plus, valkey), *_ in SPEEDS]
    allocations = [ClientRow("allocations per GET, callback", "", 0.01, False),
                   ClientRow("allocations per GET, coroutine", "", 1.01, False)]
    deaths, moves = _rows_of_a_death(), moving.row()
    for index, (name, program) in enumerate(programs):
        with _cluster(name, program, port + 10 * index, nodes=3, replicas=0) as cluster:
            _measure_speeds(name, cluster, rows, allocations, requests, rounds)
            moves.ours[name] = moving.errors_while_slots_move(cluster, MOVING_SECONDS[quick])
        for command in ("set", "incr"):
            _measure_death(name, program, port + 10 * index, command, deaths)
    # What coroutines promise depends on what callbacks reach: the slower of both clusters is the limit.
    rows[3].limit = OF_CALLBACKS * min(rows[0].ours.values())
    return rows + allocations + list(deaths.values()) + [moves, _compile_time(rounds, rows[0].ours)]


@contextmanager
def _cluster(name, program, port, nodes, replicas):
    directory = WORK / f"client-{name}"
    shutil.rmtree(directory, ignore_errors=True)
    cluster = commands.new_cluster(SimpleNamespace(
        dir=directory, nodes=nodes, replicas=replicas, port=port, server=program,
        server_options=["--cluster-node-timeout", NODE_TIMEOUT]))
    try:
        cluster.launch(cluster.nodes)
        assemble.assemble(cluster)
        yield cluster
    finally:
        cluster.stop(cluster.nodes, patience=0)


def _measure_speeds(name, cluster, rows, allocations, requests, rounds):
    """All loads and both clients take turns in every round, so that what the machine does besides hits all alike."""
    port = cluster.nodes[0].port
    _ours(port, "set", "callback", 256, KEYS)  # Every key is there.
    ours, theirs = [[] for _ in SPEEDS], [[] for _ in SPEEDS]
    for _ in range(rounds):
        for index, (_, *load, part) in enumerate(SPEEDS):
            load = [*load, int(requests * part)]
            ours[index].append(_ours(port, *load))
            if "coroutine" not in load:
                theirs[index].append(_hiredis(port, *load))
    for index, row in enumerate(rows):
        row.ours[name] = _median(ours[index], "per_processor_second")
        row.hiredis[name] = _median(theirs[index], "per_processor_second")
    for row, index in zip(allocations, (0, 3)):  # GET by callback, and by coroutine.
        row.ours[name], row.hiredis[name] = _median(ours[index], "allocations"), _median(theirs[index], "allocations")


def _median(reports, field):
    return median(report[field] for report in reports) if reports else None


def _ours(port, *load):
    return _report([PROGRAMS / "client_load", f"127.0.0.1:{port}", *load])


def _hiredis(port, *load):
    return _report([PROGRAMS / "hiredis_load", "127.0.0.1", port, *load])


def _report(words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolError(f"{words[0].name} ended with {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    if report["errors"]:
        raise ToolError(f"{words[0].name} met {report['errors']} errors")
    return report


def _rows_of_a_death():
    return {
        "errors": ClientRow("kill -9, SET: errors", "", 0, False, "5299-6034", "5834"),
        "twice": ClientRow("kill -9, INCR: done twice", "", 0, False, "silent"),
        "others": ClientRow("kill -9, INCR: errors but `unknown`", "", 0, False, "-", "errors"),
        "unknown": ClientRow("kill -9, INCR: `unknown`", "", IN_FLIGHT, False),
        "fetches": ClientRow("kill -9: fetches of the map", "", 5, False, "one per error"),
    }


def _measure_death(name, program, port, command, rows):
    with _cluster(name, program, port, nodes=6, replicas=1) as cluster:
        report = _through_a_death(cluster, command)
    rows["fetches"].ours[name] = max(report["fetches"], rows["fetches"].ours.get(name, 0))
    if command == "set":
        rows["errors"].ours[name] = report["errors"]
    else:
        rows["twice"].ours[name] = report["twice"]
        rows["others"].ours[name] = report["errors"]
        rows["unknown"].ours[name] = report["unknown"]


def _through_a_death(cluster, command):
    """What a load tells that lived from before a primary's death until after its succession."""
    victim, other = cluster.nodes[:2]
    _wait_until_all_know_the_replicas(cluster)
    with subprocess.Popen([PROGRAMS / "client_failover", f"127.0.0.1:{other.port}", command],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        if load.stdout.readline() != "running\n":
            raise ToolError("client_failover does not run")
        with Probe(cluster, first_key(0)) as probe:
            victim.signal(signal.SIGKILL)
            probe.first_write(LIMIT_SECONDS, besides=victim)
        load.stdin.close()
        report = json.loads(load.stdout.read())
    if report["errors"]:
        print(f"\n  the first error: {report['error']}", flush=True)
    return report


def _wait_until_all_know_the_replicas(cluster):
    """A cluster that was just made tells for a second that it has none: what changes with the death
    is to be seen by itself."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not all(_knows_the_replicas(node) for node in cluster.nodes):
        if time.monotonic() > deadline:
            raise ToolError("not every node got to know every replica")
        time.sleep(assemble.POLL_SECONDS)


def _knows_the_replicas(node):
    """Whether each range of slots has a primary and a replica in the eyes of `node`."""
    connection = node.connect()
    try:
        return all(len(one) == 4 for one in connection.call("CLUSTER", "SLOTS"))
    finally:
        connection.close()


def _compile_time(rounds, clusters):
    """Seconds of CPU time for a file of 25 lines."""
    row = ClientRow("a file of 25 lines, g++ -O2 (redis++: sync)", "s", 1.5, False, "2.0 s")
    words = ["g++", "-std=c++20", "-O2", "-c", ROOT / "tests/bench/client/user.cc", "-o", os.devnull]
    words += [f"-I{folder}" for folder in _header_folders()]
    seconds = []
    for _ in range(rounds):
        before = _seconds_of_children()
        subprocess.run(words, check=True)
        seconds.append(_seconds_of_children() - before)
    row.ours = dict.fromkeys(clusters, median(seconds))
    return row


def _header_folders():
    generated = [header.parents[1] for header in (ROOT / "build/release").rglob("grapevine/commands.h")]
    return [ROOT / "client/include", *generated]


def _seconds_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
