"""Clients that read and write all the time and keep count of what they see."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from cluster import view
from cluster.demo import words as data
from cluster.resp import ReplyError, encode, slot_of

PIPELINE = 20
WRITES_IN_TEN = 3
RETRY_SECONDS = 0.005


@dataclass
class Tally:
    """What the clients of one shard saw."""
    answered: int = 0
    errors: Counter = field(default_factory=Counter)   # Kind of error -> how many requests.
    longest_pause: float = 0.0                         # Seconds between two answered batches.
    acknowledged: dict = field(default_factory=dict)   # Key -> the last value the node said OK to.


class Client(threading.Thread):
    """Works on the words of one shard: mixed reads and writes, a pipeline at a time. When a node is
    gone or sends it elsewhere it looks up the map again and goes on, as any cluster client would."""

    def __init__(self, cluster, words, seed):
        super().__init__(daemon=True)
        self.tally = Tally()
        self._cluster, self._words = cluster, words
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._connection = None
        self._writes = 0

    def finish(self):
        self._over.set()
        self.join()

    def run(self):
        answered_at = time.monotonic()
        while not self._over.is_set():
            answered = self._connect() and self._batch()
            now = time.monotonic()
            if answered:
                self.tally.longest_pause = max(self.tally.longest_pause, now - answered_at)
                self.tally.answered += answered
                answered_at = now
            else:
                self._over.wait(RETRY_SECONDS)
        self._disconnect()

    def _connect(self):
        """Whether there is a connection to the node that serves the words by the latest map."""
        if self._connection:
            return True
        port = view.owners(self._cluster)[slot_of(data.key_of(self._words[0]))]
        node = next((node for node in self._cluster.nodes if node.port == port), None)
        try:
            self._connection = node.connect(timeout=2) if node else None
        except OSError as error:
            self.tally.errors[_kind_of(error)] += 1
        return bool(self._connection)

    def _disconnect(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def _batch(self):
        """Sends one pipeline; returns how many of its requests were served."""
        plan = [self._request() for _ in range(PIPELINE)]
        served = 0
        try:
            self._connection.send(b"".join(request for request, _, _ in plan))
            for _, key, value in plan:
                served += self._count(self._connection.read(), key, value)
        except OSError as error:
            self.tally.errors[_kind_of(error)] += 1
        if served < PIPELINE:
            self._disconnect()
        return served

    def _count(self, reply, key, value):
        if isinstance(reply, ReplyError):
            self.tally.errors[reply.code] += 1
            return 0
        if value:
            self.tally.acknowledged[key] = value
        return 1

    def _request(self):
        """(request, key, value); value is None for a read."""
        word = self._random.choice(self._words)
        if self._random.randrange(10) >= WRITES_IN_TEN:
            return data.get_request(word), None, None
        self._writes += 1
        # The braces put it into the slot of the word's own key.
        key = b"seen:{%b}" % data.key_of(word)
        value = b"%d" % self._writes
        return encode(b"SET", key, value), key, value


class Traffic:
    """One client for each shard."""

    def __init__(self, cluster, words):
        parts = data.by_owner(words, view.owners(cluster))
        self.clients = {port: Client(cluster, part, seed=port) for port, part in parts.items()}

    def __enter__(self):
        for client in self.clients.values():
            client.start()
        return self

    def __exit__(self, *_):
        for client in self.clients.values():
            client.finish()

    def answered(self):
        return sum(client.tally.answered for client in self.clients.values())

    def lost_writes(self, cluster):
        """(acknowledged keys, those of them whose last acknowledged value is gone)."""
        total = lost = 0
        owners = view.owners(cluster)
        nodes = {node.port: node for node in cluster.nodes}
        for client in self.clients.values():
            written = list(client.tally.acknowledged.items())
            if not written:
                continue
            with nodes[owners[slot_of(written[0][0])]].connect() as connection:
                total += len(written)
                lost += sum(map(lambda batch: _missing(connection, batch), _batches(written)))
        return total, lost


def _missing(connection, batch):
    connection.send(b"".join(encode(b"GET", key) for key, _ in batch))
    replies = [connection.read() for _ in batch]
    return sum(isinstance(reply, ReplyError) or int(reply or 0) < int(value)
               for (_, value), reply in zip(batch, replies))


def _batches(items):
    return (items[start:start + data.PIPELINE] for start in range(0, len(items), data.PIPELINE))


def _kind_of(error):
    return {ConnectionRefusedError: "connection refused", ConnectionResetError: "connection reset",
            BrokenPipeError: "connection reset", TimeoutError: "timeout"}.get(type(error), str(error))
