"""What a snapshot costs while clients write: memory on top, and the longest that a loop stood still."""

import time

from bench import generator
from bench.server import Server
from bench.table import Row
from cluster.errors import ToolError

# Thread CPU time of the longest loop turn, in microseconds; a field of ours in INFO stats.
LONGEST_TURN = "grapevine_longest_turn_usec"


def measure(programs, port, quick):
    keys = 1_000_000 if quick else 5_000_000
    figures = [_snapshot(name, program, port, keys) for name, program in programs]
    extra, turns = zip(*figures)
    return [Row("snapshot under writes, extra memory", "%", *extra, 5, False),
            Row("snapshot under writes, longest loop turn", "ms", *turns, 5, False)]


def _snapshot(name, program, port, keys):
    """(extra memory in per cent, longest turn in ms or None)"""
    with Server(f"snapshot-{name}", program, port, core=0) as server:
        server.load(0, keys)
        server.settle()
        with generator.Background(port, keys), server.connect() as connection:
            time.sleep(2)  # The load's own buffers belong to the memory before.
            before = peak = server.share_of_memory()
            connection.call("CONFIG", "RESETSTAT")
            connection.call("BGSAVE")
            while (state := connection.fields("INFO", "persistence"))["rdb_bgsave_in_progress"] == "1":
                peak = max(peak, server.share_of_memory())
                time.sleep(0.3)
            if state["rdb_last_bgsave_status"] != "ok":
                raise ToolError(f"{name} did not save; see {server.directory}/node.log")
            turn = connection.fields("INFO", "stats").get(LONGEST_TURN)
        return 100 * (peak - before) / before, int(turn) / 1000 if turn else None
