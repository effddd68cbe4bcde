"""Measures when a slot takes writes again."""

import time

from cluster.errors import ToolError
from cluster.resp import ReplyError, encode

PAUSE_SECONDS = 0.002


class Probe:
    """Its clock starts when it is entered; its connections are open by then."""

    def __init__(self, cluster, key):
        self._request = encode(b"SET", key, b"1")
        self._connections = {node.number: (node, node.connect(timeout=2)) for node in cluster.nodes}

    def __enter__(self):
        self._started = time.monotonic()
        return self

    def __exit__(self, *_):
        for _, connection in self._connections.values():
            connection.close()

    def first_write(self, seconds, besides):
        """(seconds since the start, node) of the first write that a node other than `besides` takes.
        """
        while (elapsed := time.monotonic() - self._started) < seconds:
            for node, connection in list(self._connections.values()):
                if node is not besides and self._accepts(node, connection):
                    return time.monotonic() - self._started, node
            time.sleep(PAUSE_SECONDS)
        raise ToolError(f"nobody took the slots over within {elapsed:.0f} s")

    def _accepts(self, node, connection):
        try:
            connection.send(self._request)
            return not isinstance(connection.read(), ReplyError)
        except OSError:  # Not one of the dead: it may be slow. A fresh connection for the next try.
            connection.close()
            try:
                self._connections[node.number] = (node, node.connect(timeout=2))
            except OSError:
                pass
            return False
