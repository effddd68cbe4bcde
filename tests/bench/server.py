"""One server under measurement, in cluster mode, alone in owning all slots."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from cluster.errors import ToolError
from cluster.resp import SLOTS, Connection

TICKS = os.sysconf("SC_CLK_TCK")
WORK = Path(__file__).resolve().parents[2] / "build" / "bench"
LOAD_BATCH = 2000


class Server:
    """Started when entered, killed when left. Its files are in build/bench/<name>."""

    def __init__(self, name, program, port, core=None, wrapper=(), arguments=()):
        self.name, self.port = name, port
        self.directory = WORK / name
        self._command = [
            *(["taskset", "-c", str(core)] if core is not None else []), *wrapper, program,
            "--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.directory), "--save", "",
            "--cluster-enabled", "yes", *arguments]

    def __enter__(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        with open(self.directory / "node.log", "wb") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, cwd=self.directory)
        self.pid = self._process.pid
        try:
            self._wait(self._answers, "to answer")
            with self.connect() as connection:
                connection.call("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1)
            self._wait(self._serves, "to serve all slots")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def connect(self):
        return Connection(self.port, timeout=600)

    def info(self, section):
        with self.connect() as connection:
            return connection.fields("INFO", section)

    def _answers(self):
        with self.connect() as connection:
            connection.send(b"PING\r\n")
            return connection.read() == "PONG"

    def _serves(self):
        with self.connect() as connection:
            return connection.fields("CLUSTER", "INFO")["cluster_state"] == "ok"

    def _wait(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ToolError(f"{self.name} ended at once; see {self.directory}/node.log")
            try:
                if condition():
                    return
            except OSError:
                pass
            time.sleep(0.01)
        raise ToolError(f"{self.name} took more than {seconds} s {what}")

    def load(self, first, last, ttl=False):
        """Sets the keys number `first` to `last` - 1: 16 bytes, with values of 16 bytes."""
        request = (b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$16\r\nxxxxxxxxxxxxxxxx\r\n" if not ttl else
                   b"*5\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$16\r\nxxxxxxxxxxxxxxxx\r\n"
                   b"$2\r\nEX\r\n$6\r\n100000\r\n")
        with self.connect() as connection:
            for start in range(first, last, LOAD_BATCH):
                batch = range(start, min(start + LOAD_BATCH, last))
                connection.send(b"".join([request % number for number in batch]))
                if not connection.expect(b"+OK\r\n" * len(batch)):
                    raise ToolError(f"{self.name} answered {connection.read()!r} to a SET")

    def cpu_seconds(self):
        """User and system time of all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident(self):
        """Bytes of memory that belong to the process."""
        return _memory_field(f"/proc/{self.pid}/status", "VmRSS")

    def share_of_memory(self):
        """Bytes of the process and its children, each shared page counted in parts (PSS)."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(_memory_field(f"/proc/{pid}/smaps_rollup", "Pss")
                   for pid in [self.pid, *children])

    def settle(self):
        """Waits until background work has ended: no more than 2 % of a core for a second."""
        while True:
            before = self.cpu_seconds()
            time.sleep(1)
            if self.cpu_seconds() - before <= 0.02:
                return


def _memory_field(path, name):
    try:
        lines = Path(path).read_text().splitlines()
    except (OSError, ProcessLookupError):
        return 0  # A child that has just ended.
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(name + ":")), 0)
