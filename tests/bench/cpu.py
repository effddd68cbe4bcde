"""Seconds of processor time that the server needs for a million requests, pipelines of 16."""

from contextlib import ExitStack
from statistics import median

from bench import generator
from bench.server import Server
from bench.table import Row

LIMIT = 0.55


def measure(programs, port, quick):
    """The servers take turns, so that what the machine does besides hits all of them alike."""
    requests, rounds, keys = (300_000, 3, 200_000) if quick else (1_000_000, 7, 1_000_000)
    rows = []
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(f"cpu-{name}", program, port + index, core=0))
                   for index, (name, program) in enumerate(programs)]
        for server in servers:
            server.load(0, keys)
            server.settle()
        for test in ("get", "set"):
            spent = {server.name: [] for server in servers}
            for turn in range(rounds):
                for server in servers if turn % 2 == 0 else reversed(servers):
                    spent[server.name].append(_seconds(server, test, requests, keys))
            rows.append(Row(f"CPU time per million requests, {test.upper()} p16", "s",
                            *[median(spent[server.name]) for server in servers], LIMIT, True))
    return rows


def _seconds(server, test, requests, keys):
    before = server.cpu_seconds()
    generator.run(server.port, test, requests, 16, keys, core=1)
    return (server.cpu_seconds() - before) / requests * 1e6
