"""Clients that write all the time to one node and note how it answered."""

import threading
import time

from tests.support.resp import ReplyError


class FirstWrite(threading.Thread):
    """Tries to write to a node all the time, and notes when it was first accepted."""

    def __init__(self, node, key, within):
        super().__init__(daemon=True)
        self._node, self._key, self._within = node, key, within
        self._accepted_at = None
        self._over = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()

    def run(self):
        with self._node.connect() as connection:
            while not self._over.wait(0.002):
                if connection.ask("SET", self._key, "1") == "OK":
                    self._accepted_at = time.monotonic()
                    return

    def wait(self):
        """When the first write was accepted."""
        self.join(self._within)
        if self._accepted_at is None:
            raise AssertionError(f"nobody took over within {self._within} s")
        return self._accepted_at


class Steady(threading.Thread):
    """Writes to a node that nothing happens to, and counts what it could not."""

    def __init__(self, node, key):
        super().__init__(daemon=True)
        self._node, self._key = node, key
        self._over = threading.Event()
        self.accepted = 0
        self.errors = []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()

    def run(self):
        with self._node.connect() as connection:
            while not self._over.wait(0.002):
                reply = connection.ask("SET", self._key, "1")
                if isinstance(reply, ReplyError):
                    self.errors.append(str(reply))
                else:
                    self.accepted += 1
