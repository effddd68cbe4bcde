"""Free port numbers: a node needs `port` for clients and `port + 10000` for the bus."""

import socket

from tests.support import settings

BUS_OFFSET = 10000
_HIGHEST = 21999

_next = settings.PORT_BASE


def free_port():
    """A port that nobody listens on, nor on its bus port. No port is given out twice by one
    process before all have been tried."""
    global _next
    for _ in range(settings.PORT_BASE, _HIGHEST + 1):
        port = _next
        _next = port + 1 if port < _HIGHEST else settings.PORT_BASE
        if _is_free(port) and _is_free(port + BUS_OFFSET):
            return port
    raise RuntimeError(f"no free pair of ports from {settings.PORT_BASE} to {_HIGHEST}")


def _is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
            return True
        except OSError:
            return False
