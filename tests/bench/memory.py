"""Bytes of memory for each key beyond the 16 bytes of the key and the 16 bytes of the value. The number
of keys at which a server does worst counts: tables that double are full only now and then."""

from bench.server import Server
from bench.table import Row

PAYLOAD = 32
MILLIONS = [1, 1.5, 2, 3, 5, 7]
QUICK_MILLIONS = [0.5, 0.75, 1]


def measure(programs, port, quick):
    millions = QUICK_MILLIONS if quick else MILLIONS
    rows = []
    for what, ttl, limit in (("", False, 32), (" with TTL", True, 48)):
        worst = [_worst(name, program, port, millions, ttl) for name, program in programs]
        for index, how in enumerate(("used_memory", "RSS")):
            rows.append(Row(f"bytes beyond key and value{what}, {how}", "B",
                            *[figures[index] for figures in worst], limit, False))
    return rows


def _worst(name, program, port, millions, ttl):
    """(by used_memory, by growth of RSS), each at its worst."""
    with Server(f"memory-{name}", program, port) as server:
        server.settle()
        empty = _memory(server)
        loaded, worst = 0, (0.0, 0.0)
        for count in (int(million * 1e6) for million in millions):
            server.load(loaded, count, ttl)
            loaded = count
            server.settle()
            beyond = [(now - before) / count - PAYLOAD
                      for now, before in zip(_memory(server), empty)]
            worst = tuple(map(max, worst, beyond))
        return worst


def _memory(server):
    return int(server.info("memory")["used_memory"]), server.resident()
