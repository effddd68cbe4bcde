"""Free port numbers: a node needs `port` for clients and `port + 10000` for the bus."""

import socket

from tests.support import settings

BUS_OFFSET = 10000
_HIGHEST = 21999
_BLOCK = 50  # Ports that a run takes for itself at a time.

_held = {}  # The first port of each block of this run, and what keeps it until the run ends.


def free_port():
    """A port that nobody listens on, nor on its bus port, and that no other run on this machine
    gives out. No port is given out twice before all have been tried."""
    return next(_free_ports)


def free_run(count):
    """The first of `count` such ports in a row."""
    first = last = free_port()
    while last - first < count - 1:
        port = free_port()
        first = first if port == last + 1 else port
        last = port
    return first


def _search():
    found = True
    while found:
        found = False
        for first in range(settings.PORT_BASE, _HIGHEST + 1, _BLOCK):
            if not _hold(first):
                continue
            for port in filter(_are_free, range(first, min(first + _BLOCK, _HIGHEST + 1))):
                found = True
                yield port
    raise RuntimeError(f"no free pair of ports from {settings.PORT_BASE} to {_HIGHEST}")


_free_ports = _search()


def _hold(first):
    """Whether the block that begins with that port is ours. To see that a port is free is not
    enough: until the node listens on it, another run sees the same."""
    if first not in _held:
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            holder.bind(f"\0grapevine-tests-ports-{first}")
        except OSError:
            holder.close()
            return False
        _held[first] = holder
    return True


def _are_free(port):
    return _is_free(port) and _is_free(port + BUS_OFFSET)


def _is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
            return True
        except OSError:
            return False
