"""A small, blocking RESP2/RESP3 connection that hides nothing, for tests of the protocol itself."""

import socket

from tests.support import settings


class ReplyError(Exception):
    """An error reply: `-CODE text`."""

    @property
    def code(self):
        return str(self).split(" ", 1)[0]


class Push(list):
    """A RESP3 push message."""


def encode(*arguments):
    """The request as an array of bulk strings."""
    parts = [_bytes(argument) for argument in arguments]
    lines = [b"*%d" % len(parts)]
    for part in parts:
        lines += [b"$%d" % len(part), part]
    return b"\r\n".join(lines) + b"\r\n"


def _bytes(argument):
    return argument if isinstance(argument, bytes) else str(argument).encode()


def _connected(port, host, timeout):
    if isinstance(port, str):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        connection.connect(port)
        return connection
    connection = socket.create_connection((host, port), timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Connection:
    """Replies come as int, str, None, list, dict (map), frozenset (set), float, bool and Push.
    Strings that are not UTF-8 keep their bytes as surrogates, as in os.fsdecode."""

    def __init__(self, port, host="127.0.0.1", timeout=20.0, tls=None):
        """`port` may be the path of a Unix socket; `tls` is an ssl.SSLContext."""
        self._socket = _connected(port, host, timeout * settings.DEADLINE_FACTOR)
        if tls:
            self._socket = tls.wrap_socket(self._socket, server_hostname=host)
        self._reader = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._reader.close()
        self._socket.close()

    @property
    def local_port(self):
        return self._socket.getsockname()[1]

    def call(self, *arguments):
        """The reply; an error reply is raised as ReplyError."""
        reply = self.ask(*arguments)
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def ask(self, *arguments):
        """The reply; an error reply is returned as ReplyError."""
        self.send(encode(*arguments))
        return self.read()

    def send(self, data):
        """Sends bytes as they are."""
        self._socket.sendall(data)

    def read(self):
        """The next reply, errors returned. Raises ConnectionError when the server has closed."""
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind not in _READERS:
            raise ConnectionError(f"not RESP: {line!r}")
        return _READERS[kind](self, rest)

    def read_bytes(self, count):
        """Exactly `count` raw bytes."""
        data = self._reader.read(count)
        if len(data) < count:
            raise ConnectionError("the server closed the connection")
        return data

    def is_closed_by_server(self):
        """Reads and drops what is left until the server closes; False when nothing more comes
        within the connection's timeout."""
        try:
            while self._reader.read(1):
                pass
            return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def _line(self):
        line = self._reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        return line[:-2]

    def _bulk(self, length):
        if length == b"-1":
            return None
        data = self.read_bytes(int(length) + 2)[:-2]
        return _text(data)

    def _items(self, count):
        return None if count == b"-1" else [self.read() for _ in range(int(count))]

    def _map(self, count):
        return {self.read(): self.read() for _ in range(int(count))}


def _text(data):
    return data.decode("utf-8", "surrogateescape")


_READERS = {
    b"+": lambda _, rest: _text(rest),
    b"-": lambda _, rest: ReplyError(_text(rest)),
    b":": lambda _, rest: int(rest),
    b"$": Connection._bulk,
    b"*": Connection._items,
    b"%": Connection._map,
    b"~": lambda connection, rest: frozenset(connection._items(rest)),
    b">": lambda connection, rest: Push(connection._items(rest)),
    b"_": lambda _, __: None,
    b",": lambda _, rest: float(rest),
    b"#": lambda _, rest: rest == b"t",
    b"(": lambda _, rest: int(rest),
    b"=": lambda connection, rest: connection._bulk(rest)[4:],
    b"!": lambda connection, rest: ReplyError(connection._bulk(rest)),
}
