"""The client library as a program of its own: tests/client/probe, driven line by line."""

import os
import subprocess
import threading
from pathlib import Path
from queue import Empty, Queue

from tests.support import settings

PROGRAM = os.environ.get("GRAPEVINE_CLIENT_PROBE",
                         str(Path(settings.SERVER).parent / "client-probe")
                         if not settings.testing_redis() else
                         str(settings.REPOSITORY / "build/release/bin/client-probe"))


class Probe:
    def __init__(self, lab, *nodes, address=None, ready="ready", **options):
        """Connected to the cluster of `nodes`, or to `address`. `options` as in probe/options.cc.
        `first` is what it said then; an error when `ready` says so."""
        self._process = lab.adopt(subprocess.Popen(
            [PROGRAM, address or ",".join(node.address for node in nodes),
             *(f"{name}={value}" for name, value in options.items())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1))
        self._lines = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.first = self.answer()
        if not self.first.startswith(ready):
            raise AssertionError(f"the client said {self.first!r} and not {ready!r}")

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))

    def tell(self, *words):
        """Sends a line; its answer is to be fetched by answer()."""
        self._process.stdin.write(" ".join(map(str, words)) + "\n")

    def answer(self, within=20):
        """The next line of the program."""
        try:
            return self._lines.get(timeout=within * settings.DEADLINE_FACTOR)
        except Empty:
            code = self._process.poll()
            raise AssertionError(f"no answer from the client (exit code {code})") from None

    def answered(self):
        """Whether answer() has one already."""
        return not self._lines.empty()

    def ask(self, *words, within=20):
        self.tell(*words)
        return self.answer(within)

    def finish(self, within=20):
        """Ends its input; returns its exit code once it has left."""
        self._process.stdin.close()
        return self._process.wait(within * settings.DEADLINE_FACTOR)
