"""Data to test with, and writers that remember what the cluster has confirmed."""

import random
import threading

from tests.support.resp import Connection, ReplyError, encode
from tests.support.waiting import eventually

_KEYS_PER_WRITER = 200
_REPLICA_TIMEOUT_MS = 2000
_RETRY_PAUSE_SECONDS = 0.05


def write_many(connection, count, prefix="key"):
    """Sets `prefix:0` to `prefix:<count - 1>`, each to its number, in one pipeline."""
    connection.send(b"".join(encode("SET", f"{prefix}:{i}", i) for i in range(count)))
    for _ in range(count):
        connection.read()


class ConfirmedWrites:
    """Threads that write growing numbers to keys of their own, each write followed by WAIT 1.
    Used as a context: the writing ends with it."""

    def __init__(self, ports, writers):
        self._stop = threading.Event()
        self._writers = [_Writer(f"writer{index}", ports, self._stop) for index in range(writers)]

    def __enter__(self):
        for writer in self._writers:
            writer.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for writer in self._writers:
            writer.join()

    def count(self):
        return sum(writer.count for writer in self._writers)

    def confirmed(self):
        """{key: the newest number that WAIT 1 confirmed}."""
        return {key: value for writer in self._writers for key, value in writer.confirmed.items()}

    def wait_for_progress(self, within):
        """Every writer gets a further round of its keys confirmed."""
        goals = {writer: writer.count + _KEYS_PER_WRITER for writer in self._writers}
        eventually(lambda: all(writer.count >= goal for writer, goal in goals.items()),
                   "every writer makes progress", within)


class _Writer(threading.Thread):
    def __init__(self, name, ports, stop):
        super().__init__(name=name, daemon=True)
        self.confirmed = {}
        self.count = 0
        self._ports = ports
        self._stop_asked = stop
        self._connections = {}
        self._believed_owner = {}

    def run(self):
        number = 0
        while not self._stop_asked.is_set():
            number += 1
            key = f"{self.name}:{number % _KEYS_PER_WRITER}"
            if self._write(key, number):
                self.confirmed[key] = number
                self.count += 1
        self._drop_connections()

    def _write(self, key, number):
        """Whether a primary took the write and a replica has it."""
        port = self._believed_owner.get(key) or random.choice(self._ports)
        try:
            connection = self._connection(port)
            connection.call("SET", key, number)
            return connection.call("WAIT", 1, _REPLICA_TIMEOUT_MS) >= 1
        except ReplyError as error:
            self._follow(key, error)
        except OSError:
            self._forget(port)
        return False

    def _follow(self, key, error):
        """Remembers who owns the key after MOVED; waits a little after any other error."""
        if error.code == "MOVED":
            self._believed_owner[key] = int(str(error).rpartition(":")[2])
        else:
            self._believed_owner.pop(key, None)
            self._stop_asked.wait(_RETRY_PAUSE_SECONDS)

    def _forget(self, port):
        broken = self._connections.pop(port, None)
        if broken:
            broken.close()
        self._believed_owner = {key: owner for key, owner in self._believed_owner.items()
                                if owner != port}
        self._stop_asked.wait(_RETRY_PAUSE_SECONDS)

    def _connection(self, port):
        if port not in self._connections:
            self._connections[port] = Connection(port, timeout=5)
        return self._connections[port]

    def _drop_connections(self):
        for connection in self._connections.values():
            connection.close()
