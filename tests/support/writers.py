"""Clients that write all the time to one node and note how it answered."""

import threading
import time

from tests.support.resp import ReplyError

_PAUSE_SECONDS = 0.002


class _Writer(threading.Thread):
    """Writes from its start to its end as a context, or until `has_enough(reply)`."""

    def __init__(self, node, key):
        super().__init__(daemon=True)
        self._node, self._key = node, key
        self._over = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()

    def run(self):
        with self._node.connect() as connection:
            while not self._over.wait(_PAUSE_SECONDS):
                if self.has_enough(connection.ask("SET", self._key, "1")):
                    return


class FirstWrite(_Writer):
    """Tries to write to a node all the time, and notes when it was first accepted."""

    def __init__(self, node, key, within):
        super().__init__(node, key)
        self._within = within
        self._accepted_at = None

    def has_enough(self, reply):
        if reply == "OK":
            self._accepted_at = time.monotonic()
        return reply == "OK"

    def wait(self):
        """When the first write was accepted."""
        self.join(self._within)
        if self._accepted_at is None:
            raise AssertionError(f"nobody took over within {self._within} s")
        return self._accepted_at


class Steady(_Writer):
    """Writes to a node that nothing happens to, and counts what it could not."""

    def __init__(self, node, key):
        super().__init__(node, key)
        self.errors = []

    def has_enough(self, reply):
        if isinstance(reply, ReplyError):
            self.errors.append(str(reply))
        return False
