"""Instructions that the server executes for one request, counted by callgrind: repeatable to about one
per cent, unlike any time on a shared machine. What the kernel does for it is not in the count."""

import re
import subprocess
import time

from bench import generator
from bench.server import Server
from bench.table import Row
from cluster.errors import ToolError

KEYS = 100_000
IDLE_SECONDS = 4
CASES = [("get", 16, 0.35), ("set", 16, 0.35), ("get", 1, 0.5), ("set", 1, 0.5)]


def measure(programs, port, quick):
    requests = 8_000 if quick else 32_000
    counts = [_count_all(name, program, port, requests) for name, program in programs]
    return [Row(f"instructions per request, {test.upper()} p{pipeline}", "", *figures, limit, True)
            for (test, pipeline, limit), *figures in zip(CASES, *counts)]


def _count_all(name, program, port, requests):
    # A low hz keeps timers out of the count; what is left of them is measured and taken off.
    wrapper = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
    with Server(f"instructions-{name}", program, port, wrapper=wrapper,
                arguments=["--hz", "1"]) as server:
        server.load(0, KEYS)
        counter = _Counter(server)
        counter.control("-i", "on")
        idle = counter.count(lambda: time.sleep(IDLE_SECONDS))[0] / IDLE_SECONDS
        return [_per_request(counter, server.port, test, pipeline, requests, idle)
                for test, pipeline, _ in CASES]


def _per_request(counter, port, test, pipeline, requests, idle):
    generator.run(port, test, 2_000, pipeline, KEYS)  # Everything that happens once happens now.
    instructions, seconds = counter.count(
        lambda: generator.run(port, test, requests, pipeline, KEYS))
    return (instructions - idle * seconds) / requests


class _Counter:
    def __init__(self, server):
        self._server = server

    def control(self, *words):
        result = subprocess.run(["callgrind_control", *words, str(self._server.pid)],
                                capture_output=True, text=True)
        if result.returncode:
            raise ToolError(f"callgrind_control failed: {result.stdout}{result.stderr}")

    def count(self, work):
        """(instructions, seconds) while `work` ran."""
        self.control("--zero")
        started = time.monotonic()
        work()
        seconds = time.monotonic() - started
        before = set(self._server.directory.glob("callgrind.out.*"))
        self.control("--dump")
        dump = max(set(self._server.directory.glob("callgrind.out.*")) - before)
        total = re.search(r"^(?:totals|summary): (\d+)", dump.read_text(), re.MULTILINE)
        dump.unlink()
        return int(total[1]), seconds
