"""The demo's data: every word of a large English dictionary. The value of a word is its letters in
alphabetical order, which words share if and only if they are anagrams."""

from pathlib import Path

from cluster import view
from cluster.errors import ToolError
from cluster.resp import ReplyError, slot_of

DICTIONARY = Path("/usr/share/dict/american-english-insane")  # Debian: wamerican-insane
PIPELINE = 500


def read_words():
    try:
        words = DICTIONARY.read_bytes().split()
    except FileNotFoundError:
        raise ToolError(f"{DICTIONARY} is not there; run scripts/setup demo") from None
    return sorted(set(words))


def key_of(word):
    return b"word:" + word


def value_of(word):
    return bytes(sorted(word))


def set_request(word):
    key, value = key_of(word), value_of(word)
    return b"*3\r\n$3\r\nSET\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(key), key, len(value), value)


def get_request(word):
    key = key_of(word)
    return b"*2\r\n$3\r\nGET\r\n$%d\r\n%b\r\n" % (len(key), key)


def get_reply(word):
    value = value_of(word)
    return b"$%d\r\n%b\r\n" % (len(value), value)


def by_owner(words, owners):
    """port -> the words whose slots that node serves."""
    parts = {port: [] for port in set(owners) if port is not None}
    for word in words:
        port = owners[slot_of(key_of(word))]
        if port is None:
            raise ToolError(f"nobody serves slot {slot_of(key_of(word))}")
        parts[port].append(word)
    return parts


def load(cluster, words, bar):
    """Writes every word to the node that owns it, all nodes at the same time."""
    def check(connection, batch):
        if not connection.expect(b"+OK\r\n" * len(batch)):
            raise ToolError(f"a write was answered with {connection.read()!r} instead of OK")

    _in_parallel(cluster, by_owner(words, view.owners(cluster)), set_request, check, bar)


def compare(cluster, words, bar):
    """Reads every word from the node that owns it now; returns those whose value is not theirs."""
    wrong = []

    def check(connection, batch):
        wrong.extend(_differing(connection, batch))

    _in_parallel(cluster, by_owner(words, view.owners(cluster)), get_request, check, bar)
    return wrong


def compare_copy(replica, words, bar):
    """Reads `words` from a replica itself; returns those whose value is not theirs."""
    wrong = []
    with replica.connect() as connection:
        connection.call("READONLY")
        for batch in _batches(words):
            connection.send(b"".join(map(get_request, batch)))
            wrong += _differing(connection, batch)
            bar.add(len(batch))
    return wrong


def _differing(connection, batch):
    if connection.expect(b"".join(map(get_reply, batch))):
        return []
    replies = [(word, connection.read()) for word in batch]
    for _, reply in replies:
        if isinstance(reply, ReplyError):
            raise ToolError(f"a read was answered with: {reply}")
    return [word for word, reply in replies if reply != value_of(word)]


def _in_parallel(cluster, parts, request, check, bar):
    """One batch on its way to each node at any time: while one answers, the next is written."""
    ports = {node.port: node for node in cluster.nodes}
    connections = {port: ports[port].connect(timeout=60) for port in parts}
    waiting = {port: _batches(part) for port, part in parts.items()}
    try:
        while waiting:
            sent = {}
            for port in list(waiting):
                if batch := next(waiting[port], None):
                    connections[port].send(b"".join(map(request, batch)))
                    sent[port] = batch
                else:
                    del waiting[port]
            for port, batch in sent.items():
                check(connections[port], batch)
                bar.add(len(batch))
    finally:
        for connection in connections.values():
            connection.close()


def _batches(words):
    return (words[start:start + PIPELINE] for start in range(0, len(words), PIPELINE))
