"""redis-benchmark as the source of load."""

import subprocess

from cluster.errors import ToolError


def command(port, test, requests, pipeline, keys, size=64, clients=50):
    return ["redis-benchmark", "-p", str(port), "-t", test, "-n", str(requests), "-P",
            str(pipeline), "-c", str(clients), "-r", str(keys), "-d", str(size), "-q"]


def run(port, test, requests, pipeline, keys, core=None):
    """Sends so many requests and returns when the last one is answered."""
    words = command(port, test, requests, pipeline, keys)
    if core is not None:
        words = ["taskset", "-c", str(core), *words]
    result = subprocess.run(words, capture_output=True, text=True)
    if result.returncode or "requests per second" not in result.stdout:
        raise ToolError(f"redis-benchmark failed: {(result.stdout + result.stderr)[-300:]}")


class Background:
    """Writes without end, from its start to its finish."""

    def __init__(self, port, keys):
        self._command = command(port, "set", 10**9, 8, keys, size=16, clients=20)

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
