"""The gate: runs the sections one after the other, counts tests, prints "N passed, N failed"."""

import argparse
import functools
import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "gate"

# What test programs print about themselves, as (passed, failed) of one matching line.
OWN_WORDS = r"^(\d+) passed, (\d+) failed"
SUMMARIES = [
    (r"All tests passed \(.* in (\d+) test cases?\)", lambda n: (int(n), 0)),
    (r"test cases: (\d+) .*?(\d+) failed", lambda n, bad: (int(n) - int(bad), int(bad))),
    (r"^Ran (\d+) tests?", lambda n: (int(n), 0)),
    (r"^FAILED \((?:failures=(\d+))?(?:, )?(?:errors=(\d+))?",
     lambda bad, broken: (-int(bad or 0) - int(broken or 0), int(bad or 0) + int(broken or 0))),
]


def count(lines):
    """(passed, failed) that the lines of one test program report; (0, 0) when they report none.
    A program that ends in the gate's own words needs no guessing."""
    if own := [match for line in lines if (match := re.match(OWN_WORDS, line))]:
        return int(own[-1][1]), int(own[-1][2])
    passed = failed = 0
    for line in lines:
        for pattern, read in SUMMARIES:
            if match := re.search(pattern, line):
                good, bad = read(*match.groups())
                passed, failed = passed + good, failed + bad
    return passed, failed


def count_ctest(log):
    """(passed, failed, output of the failed tests) of a log that `ctest -V` wrote."""
    output, passed, failed, broken = {}, 0, 0, []
    for line in log.splitlines():
        if match := re.match(r"(\d+): (.*)", line):
            output.setdefault(match[1], []).append(match[2])
        elif match := re.match(r"\s*\d+/\d+ Test +#(\d+): (\S+) \.*\s*(\**\w+(?: Run)?)", line):
            number, name, verdict = match.groups()
            good, bad = count(output.get(number, []))
            if verdict == "Passed":
                passed += max(good, 1)
            else:
                passed, failed = passed + good, failed + max(bad, 1)
                broken += [f"--- {name}: {verdict.strip('*')}"] + output.get(number, [])[-80:]
    return passed, failed, broken


class Gate:
    """Runs sections, remembers what passed. A section that fails does not stop the next one."""

    def __init__(self):
        self.passed = self.failed = 0
        self.failed_sections = []
        self._lock = threading.Lock()  # Of what a report adds, and of the terminal.
        self._at_once = False
        LOGS.mkdir(parents=True, exist_ok=True)

    def step(self, name, command):
        """A section that passes or fails as a whole. Returns whether it passed."""
        code, log, seconds = self._run(name, command)
        self._report(name, seconds, int(code == 0), int(code != 0), log.splitlines()[-60:])
        return code == 0

    def unit_tests(self, preset, label):
        """A section that runs the unit tests of one build that have the label."""
        command = ["ctest", "--test-dir", f"build/{preset}", "-V", "--no-tests=error", "-j",
                   str(os.cpu_count()), "-L", label]
        name = f"unit tests, {preset}"
        code, log, seconds = self._run(name, command)
        self._report(name, seconds, *_never_silent(code, log, *count_ctest(log)))

    def end_to_end_tests(self, preset, workers, everything, names=(), what="end to end"):
        """A section that tests the server of one build from outside, with so many workers."""
        name = f"{what}, {preset}, {workers} worker" + "s" * (workers > 1)
        code, log, seconds = self._run(name, [
            "tests/run", "--server", f"build/{preset}/bin/grapevine-server",
            "--io-threads", str(workers), "--deadline-factor", "1" if preset == "release" else "4",
            *["--all"] * everything, *names])
        passed, failed = count(log.splitlines())
        self._report(name, seconds, *_never_silent(code, log, passed, failed, log.splitlines()[-200:]))

    def fresh_seeds(self, preset):
        """A section that simulates clusters that nobody has seen before: others for each commit, so
        that whoever runs the gate on the same commit sees the same."""
        first = _number_of_commit()
        command = [f"build/{preset}/bin/grapevine-sim", "--seed", str(first), *FRESH]
        code, log, seconds = self._run("fresh seeds", command)
        again = [f"again: {' '.join(command)}"]
        self._report("fresh seeds", seconds, int(code == 0), int(code != 0),
                     again + log.splitlines()[-60:])
        if code == 0:
            print(f"{'':32s} from seed {first}: {log.splitlines()[-1]}", flush=True)

    def fuzzers(self, arguments):
        """A section that runs fuzzers; each counts as one test."""
        code, log, seconds = self._run("fuzzers", ["scripts/fuzz", *arguments])
        passed, failed = count(log.splitlines())
        self._report("fuzzers", seconds, *_never_silent(code, log, passed, failed, log.splitlines()))

    def at_once(self, sections):
        """Runs sections, given as functions, beside each other. For those that mostly wait."""
        self._at_once = True
        threads = [threading.Thread(target=section) for section in sections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._at_once = False

    def _run(self, name, command):
        path = LOGS / (name.replace(" ", "-") + ".log")
        started = time.monotonic()
        if not self._at_once:
            print(f"{name:32s} ", end="", flush=True)
        with open(path, "wb") as log:
            code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log).returncode
        return code, path.read_text(errors="replace"), time.monotonic() - started

    def _report(self, *results):
        with self._lock:
            self._report_alone(*results)

    def _report_alone(self, name, seconds, passed, failed, details):
        self.passed += passed
        self.failed += failed
        verdict = "ok    " if failed == 0 else "FAILED"
        if self._at_once:
            print(f"{name:32s} ", end="")
        print(f"{verdict} {seconds:7.1f} s  {passed:5d} passed"
              + (f", {failed} failed" if failed else ""), flush=True)
        if failed:
            self.failed_sections.append(name)
            print("".join(f"    {line}\n" for line in details), flush=True)


def _number_of_commit():
    """A number below 2^32; any where there is no commit."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return int(head.stdout[:8], 16) if head.returncode == 0 else random.SystemRandom().randrange(1 << 32)


def _never_silent(code, log, passed, failed, details):
    """A program that ended badly has failed, whatever it counted."""
    if code != 0 and failed == 0:
        return passed, 1, log.splitlines()[-60:]
    return passed, failed, details


# preset -> (what is built of it, the label of the unit tests that are run). A test is compiled where
# it sees the most: under the address sanitizer; with optimisation only what needs the speed; under
# the thread sanitizer only what has threads. --all builds and runs the rest as well.
BUILDS = {
    "release": (["grapevine-server", "grapevine", "grapevine-sim", "test-sim", "grapevine-client",
                 "client-probe", "client-families", "client-batches", "client-cache"], "sim"),
    "dev": (["unit-tests"], "unit"),
    "tsan": (["grapevine-server", "thread-tests"], "threads"),
}
MORE_BUILDS = {
    "release": (["client-chaos"], "unit"),
    "dev": (["unit-tests", "grapevine-server", "client-chaos", "client-endurance"], "unit"),
}

# What strangers on the bus can say. Always the same inputs: a gate that finds something new by
# chance fails whoever comes along. --all gives each fuzzer a minute.
FUZZERS = ["bus_frame", "gossip_steps"]
SHORT_RUN = ["--inputs", "500", "--seed", "1"]

# How many clusters nobody has seen before, and for how long at most. They fail whoever comes along, too,
# but what they find is a broken promise: it is to be kept as a seed (tests/sim) and mended.
FRESH = ["--seeds", "300", "--danger-ms", "30000", "--minutes", "1.25"]

# (preset, workers).
ROUNDS = [("release", 1), ("tsan", 2)]
MORE_ROUNDS = [("release", 4), ("dev", 2)]
# The client library against clusters of ours and of Redis. It has no second build: once is enough.
CLIENT = ["client.test_package", "compat.test_client_commands", "compat.test_client_transactions",
          "compat.test_client_blocking", "compat.test_client_subscriptions", "compat.test_client_scripts",
          "compat.test_client_reads", "compat.test_client_cache", "compat.test_client_scan",
          "compat.test_client_tls", "compat.test_command_facts"]


def run_gate(everything):
    gate = Gate()
    built = []
    for preset, (targets, label) in (BUILDS | (MORE_BUILDS if everything else {})).items():
        if gate.step(f"build {preset}", ["scripts/build", preset, *targets]):
            built.append(preset)
            gate.unit_tests(preset, label)
            if preset == "release":
                gate.fresh_seeds(preset)
    gate.step("check", ["scripts/check"] + ["--all"] * everything)
    targets = [] if everything else [f"fuzz-{name}" for name in FUZZERS]
    if gate.step("build fuzz", ["scripts/build", "fuzz", *targets]):
        gate.fuzzers(["--seconds", "60"] if everything else SHORT_RUN + FUZZERS)
    rounds = [(preset, workers, everything) for preset, workers in ROUNDS + MORE_ROUNDS * everything]
    rounds.append(("release", 1, False, CLIENT, "client library"))
    sections = [functools.partial(gate.end_to_end_tests, *a_round)
                for a_round in rounds if a_round[0] in built]
    if everything:
        for section in sections:
            section()
    else:  # Three quarters of its time each of them waits, for timeouts and elections.
        gate.at_once(sections)
    return gate


def main():
    parser = argparse.ArgumentParser(prog="scripts/test")
    parser.add_argument("--all", action="store_true", help="also what takes long")
    arguments = parser.parse_args()
    started = time.monotonic()
    gate = run_gate(arguments.all)
    minutes, seconds = divmod(int(time.monotonic() - started), 60)
    print(f"\n{minutes} min {seconds} s, logs in {LOGS.relative_to(ROOT)}")
    if gate.failed_sections:
        print("failed: " + ", ".join(gate.failed_sections))
    print(f"{gate.passed} passed, {gate.failed} failed")
    return 1 if gate.failed else 0


if __name__ == "__main__":
    sys.exit(main())
