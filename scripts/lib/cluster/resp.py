"""A RESP2 connection for tools: plain calls, and pipelines as fast as Python can do them."""

import binascii
import socket

SLOTS = 16384


class ReplyError(Exception):
    """An error reply; its text begins with the code: "MOVED 3999 10.0.0.7:6379"."""

    @property
    def code(self):
        return str(self).split(" ", 1)[0]


def encode(*arguments):
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        data = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)


def slot_of(key):
    """The slot of `key` (bytes), after the cluster specification: CRC16 of the hash tag."""
    start = key.find(b"{")
    if start >= 0:
        end = key.find(b"}", start + 1)
        if end > start + 1:
            key = key[start + 1:end]
    return binascii.crc_hqx(key, 0) % SLOTS


class Connection:
    """Not for two threads at once. Every method raises OSError when the peer is gone or silent
    for `timeout` seconds."""

    def __init__(self, port, host="127.0.0.1", timeout=10.0):
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    def call(self, *arguments):
        """The reply: str for a status, bytes, int, None or list. Raises ReplyError."""
        self.send(encode(*arguments))
        reply = self.read()
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def text(self, *arguments):
        """The reply as one string."""
        reply = self.call(*arguments)
        return reply if isinstance(reply, str) else reply.decode()

    def fields(self, *arguments):
        """The reply of INFO or CLUSTER INFO as a dictionary of strings."""
        lines = self.text(*arguments).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line and line[0] != "#")

    def send(self, requests):
        self._socket.sendall(requests)

    def read(self):
        """The next reply; an error reply is returned, not raised."""
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return ReplyError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._take(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.read() for _ in range(int(rest))]
        raise OSError(f"not a RESP2 reply: {line[:40]!r}")

    def expect(self, replies):
        """Whether the next bytes are exactly `replies`. Consumes them only if they are, so that
        `read` can tell what came instead. The fast way to check a pipeline."""
        matched = 0
        while True:
            end = min(len(self._buffer), len(replies))
            if self._buffer[matched:end] != replies[matched:end]:
                return False
            if end == len(replies):
                self._buffer = self._buffer[end:]
                return True
            matched = end
            self._receive()

    def _line(self):
        while (end := self._buffer.find(b"\r\n")) < 0:
            self._receive()
        line, self._buffer = self._buffer[:end], self._buffer[end + 2:]
        return line

    def _take(self, size):
        while len(self._buffer) < size:
            self._receive()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self):
        data = self._socket.recv(1 << 18)
        if not data:
            raise ConnectionResetError("the node closed the connection")
        self._buffer += data
