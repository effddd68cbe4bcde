"""One server process with a directory of its own."""

import re
import signal
import subprocess
from pathlib import Path

from tests.support import settings
from tests.support.ports import BUS_OFFSET
from tests.support.resp import Connection, ReplyError
from tests.support.waiting import eventually

_LOG_TAIL_LINES = 25
_DIGEST_SECONDS = 120  # Millions of keys take their time.
# No test waits for a snapshot that it did not ask for, nor for more replicas to come.
# DEBUG DIGEST compares contents.
_TEST_DEFAULTS = {"save": "", "repl-diskless-sync-delay": "0", "enable-debug-command": "yes"}

_EMPTY = '""'  # As redis.conf writes it.
_SANITIZER_REPORT = re.compile(r"^.*(?:WARNING: ThreadSanitizer|ERROR: \w+Sanitizer|runtime error:)"
                               r".*(?:\n.+){0,40}", re.MULTILINE)


class Node:
    """Started, killed, paused and restarted by its process id, never by its name. An option that
    is None leaves the server's own default in place of the tests'."""

    def __init__(self, port, directory, options, server=None):
        self.port = port
        self.host = "127.0.0.1"
        self.directory = Path(directory)
        self.options = dict(options)
        self.server = server or settings.SERVER
        self.config_file = None
        self.extra_arguments = []
        self.process = None
        self._connection = None

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def move(self, host, port):
        """From its next start on it listens there and nowhere else. A Redis that has been somewhere
        else believes only an option that it has another IP now."""
        if host != self.host:
            self.options |= {"bind": host, "cluster-announce-ip": host}
        self.host, self.port = host, port

    @property
    def bus_port(self):
        """Where its peers reach it."""
        return self.options.get("cluster-announce-bus-port") or self.port + BUS_OFFSET

    @property
    def log_path(self):
        return self.directory / "node.log"

    def start(self):
        """Starts the process and waits until it answers."""
        self.launch()
        eventually(self._answers, f"the node on port {self.port} answers", within=20)
        return self

    def launch(self):
        """Starts the process without waiting for anything."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command_line(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def command_line(self):
        if self.config_file:
            return [self.server, str(self.config_file), *self.extra_arguments]
        words = [self.server, *self.extra_arguments]
        for name, value in self._all_options().items():
            words += [f"--{name}", str(value)]
        return words

    def use_config_file(self):
        """From now on the options come from a file, so that CONFIG REWRITE has one to rewrite."""
        lines = [f'{name} {value or _EMPTY}' for name, value in self._all_options().items()]
        self.config_file = self.directory / "node.conf"
        self.config_file.write_text("\n".join(lines) + "\n")
        return self

    def _all_options(self):
        options = {**_TEST_DEFAULTS, "port": self.port, "dir": self.directory, **self.options}
        if settings.IO_THREADS and self.server == settings.SERVER:
            options.setdefault("io-threads", settings.IO_THREADS)
        return {name: value for name, value in options.items() if value is not None}

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the node on port {self.port} ended: {self.log_tail()}")
        with self.connect() as connection:
            reply = connection.ask("PING")
        return not (isinstance(reply, ReplyError) and reply.code == "LOADING")

    def kill(self):
        """kill -9."""
        self._end(signal.SIGKILL)

    def terminate(self):
        """SIGTERM; returns the exit code."""
        return self._end(signal.SIGTERM)

    def stop(self):
        """Ends the process in whatever state it is; does nothing when it has ended."""
        if self.is_running():
            self.kill()

    def pause(self):
        """Returns when every thread stands still: until the first one has taken the signal, the
        others work on."""
        self.process.send_signal(signal.SIGSTOP)
        eventually(self._stands_still, f"the node on port {self.port} stands still")

    def _stands_still(self):
        states = [task.read_text().rsplit(")", 1)[1].split()[0]
                  for task in Path(f"/proc/{self.process.pid}/task").glob("*/stat")]
        return all(state == "T" for state in states)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def restart(self):
        """kill -9 when it still runs, then a new process on the same port and directory."""
        self.stop()
        return self.start()

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def wait_for_exit(self, within=20):
        """The exit code of a process that ends by itself."""
        self._drop_connection()
        return self.process.wait(within * settings.DEADLINE_FACTOR)

    def _end(self, signal_number):
        self._drop_connection()
        self.process.send_signal(signal_number)
        return self.wait_for_exit()

    def connect(self, **options):
        return Connection(self.port, **{"host": self.host, **options})

    def call(self, *arguments):
        """The reply on a connection that is kept between calls and replaced when it breaks."""
        if self._connection is None:
            self._connection = self.connect()
        try:
            return self._connection.call(*arguments)
        except OSError:
            self._drop_connection()
            raise

    def _drop_connection(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def info(self, section="everything"):
        """INFO's fields as a dictionary of strings."""
        return fields_of(self.call("INFO", section))

    def digest(self):
        """A hash of all the node's data; equal data has equal digests, on Redis too."""
        with self.connect(timeout=_DIGEST_SECONDS) as connection:
            return connection.call("DEBUG", "DIGEST")

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def sanitizer_report(self):
        """What a sanitizer has said first, over the life of the node; empty when it was silent."""
        found = _SANITIZER_REPORT.search(self.log())
        return f"the node on port {self.port}: {found[0]}" if found else ""

    def log_tail(self):
        lines = self.log().splitlines()[-_LOG_TAIL_LINES:]
        return "\n".join([f"--- log of the node on port {self.port}"] + lines)


def fields_of(text):
    """`name:value` lines as a dictionary; comments and empty lines are left out."""
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line and line[0] != "#")
    return dict(pairs)
