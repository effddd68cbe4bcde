"""What a snapshot costs while clients write: memory on top, and the longest that a loop stood still.

A virtual machine that is stopped by its host for a while counts that time to whatever thread was
running, so a turn of our loop can look long without having done more. The snapshot is therefore
taken several times and watched in windows of a tenth of a second: the turns that the work itself
makes long are long in the same window every time, the host's stops are not. The longest turn is the
longest window's, each counted as the least of what it was in all snapshots.
"""

import time

from bench import generator
from bench.server import Server
from bench.table import Row
from cluster.errors import ToolError

# Thread CPU time of the longest loop turn, in microseconds; a field of ours in INFO stats.
LONGEST_TURN = "grapevine_longest_turn_usec"
WINDOW_SECONDS = 0.1
SNAPSHOTS = 7


def measure(programs, port, quick):
    keys = 1_000_000 if quick else 5_000_000
    figures = [_snapshots(name, program, port, keys) for name, program in programs]
    extra, turns = zip(*figures)
    return [Row("snapshot under writes, extra memory", "%", *extra, 5, False),
            Row("snapshot under writes, longest loop turn", "ms", *turns, 5, False)]


def _snapshots(name, program, port, keys):
    """(extra memory in per cent, longest turn in ms or None)"""
    with Server(f"snapshot-{name}", program, port, core=0) as server:
        server.load(0, keys)
        server.settle()
        with generator.Background(port, keys), server.connect() as connection:
            time.sleep(2)  # The load's own buffers belong to the memory before.
            extra, first = _snapshot(server, connection)
            if not first:
                return extra, None
            series = [first] + [_snapshot(server, connection)[1] for _ in range(SNAPSHOTS - 1)]
        return extra, _longest(series) / 1000


def _snapshot(server, connection):
    """(extra memory in per cent, the longest turn of each window; none where it is not counted)"""
    turns = []
    before = peak = server.share_of_memory()
    connection.call("CONFIG", "RESETSTAT")
    connection.call("BGSAVE")
    running = True
    while running:
        time.sleep(WINDOW_SECONDS)
        state = connection.fields("INFO", "persistence")
        running = state["rdb_bgsave_in_progress"] == "1"
        if turn := connection.fields("INFO", "stats").get(LONGEST_TURN):
            turns.append(int(turn))
            connection.call("CONFIG", "RESETSTAT")
        peak = max(peak, server.share_of_memory())
    if state["rdb_last_bgsave_status"] != "ok":
        raise ToolError(f"{server.name} did not save; see {server.directory}/node.log")
    return 100 * (peak - before) / before, turns


def _longest(series):
    """Windows are compared from the beginning on, and the last ones, where a snapshot ends, too."""
    shortest = min(map(len, series))
    from_the_start = [min(turns[i] for turns in series) for i in range(shortest)]
    from_the_end = [min(turns[-1 - i] for turns in series) for i in range(shortest)]
    return max(from_the_start + from_the_end)
