"""Builds the fuzzers of tests/fuzz, runs each for a while, and says what it has found."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests" / "fuzz"
BUILD = ROOT / "build" / "fuzz"

EXAMPLES = """examples:
  scripts/fuzz                                  every target for ten minutes
  scripts/fuzz --seconds 3600 gossip_steps      one target for an hour
  scripts/fuzz --seed 1 --inputs 500            a short run that is the same each time (the gate)
  scripts/fuzz --replay tests/fuzz/corpus/bus_frame/FILE bus_frame

What is found on the way is kept in build/fuzz/corpus and used the next time; --seed starts without
it. Exit codes: 0 nothing found; 1 found something, or could not build; 2 wrong usage;
130 interrupted."""

# Of one input: more is a mistake in itself.
LONGEST_SECONDS = 10
MOST_MEGABYTES = 1024
LONGEST_INPUT = 4096


def targets():
    """The names of all fuzzers, in the order of CMakeLists.txt."""
    return re.findall(r"^grapevine_fuzzer\((\w+)", (SOURCES / "CMakeLists.txt").read_text(),
                      re.MULTILINE)


def build(names):
    return subprocess.run(["scripts/build", "fuzz", *(f"fuzz-{name}" for name in names)],
                          cwd=ROOT).returncode == 0


def shown(path):
    return os.path.relpath(path, ROOT)


class Run:
    """One fuzzer for a while."""

    def __init__(self, name, options):
        self.name, self.seed = name, options.seed
        self.limits = [f"-max_total_time={options.seconds}"]
        self.limits += [f"-runs={options.inputs}"] * (options.inputs is not None)
        self.found = BUILD / "found" / name
        self.log = BUILD / "logs" / f"{name}.log"
        self.text = ""
        self.code = None

    def command(self):
        kept = BUILD / ("corpus" if self.seed is None else "scratch") / self.name
        if self.seed is not None:
            shutil.rmtree(kept, ignore_errors=True)
        for folder in (kept, self.found, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        command = [BUILD / "bin" / f"fuzz-{self.name}", *self.limits,
                   f"-timeout={LONGEST_SECONDS}", f"-rss_limit_mb={MOST_MEGABYTES}",
                   f"-max_len={LONGEST_INPUT}", "-print_final_stats=1",
                   f"-artifact_prefix={self.found}/"]
        words = SOURCES / f"{self.name}.dict"
        if words.exists():
            command.append(f"-dict={words}")
        if self.seed is not None:
            command.append(f"-seed={self.seed}")
        return command + [kept, SOURCES / "corpus" / self.name]  # The first one grows.

    def __call__(self):
        command = [str(word) for word in self.command()]
        with open(self.log, "wb") as log:
            self.code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log).returncode
        self.text = self.log.read_text(errors="replace")
        return self

    def figure(self, pattern):
        matches = re.findall(pattern, self.text)
        return int(matches[-1]) if matches else 0

    def report(self):
        """One line, and what was found below it."""
        runs = self.figure(r"stat::number_of_executed_units: (\d+)")
        rate = self.figure(r"stat::average_exec_per_sec: +(\d+)")
        edges = self.figure(r" cov: (\d+)")
        verdict = "ok" if self.code == 0 else "FOUND SOMETHING"
        line = f"{self.name:16s} {runs:10d} inputs {rate:7d}/s {edges:6d} edges  {verdict}"
        return "\n".join([line] + ([] if self.code == 0 else self.details()))

    def details(self):
        reason = re.findall(r"^(?:check failed.*|==\d+==ERROR.*|.*runtime error:.*|SUMMARY:.*)$",
                            self.text, re.MULTILINE)
        lines = [f"    {text}" for text in reason[:4] or self.text.splitlines()[-10:]]
        files = re.findall(r"Test unit written to (\S+)", self.text)
        for path in files:
            lines += [f"    input:  {shown(path)}",
                      f"    replay: scripts/fuzz --replay {shown(path)} {self.name}"]
        return lines + [f"    log:    {shown(self.log)}"]


def replay(name, path):
    """Gives one input to a fuzzer, and shows all that it says."""
    return subprocess.run([BUILD / "bin" / f"fuzz-{name}", path], cwd=ROOT).returncode


def fuzz(names, options):
    minutes, seconds = divmod(options.seconds, 60)
    print(f"fuzz: {len(names)} targets, {minutes} min {seconds} s each, {options.jobs} at a time: "
          + " ".join(names), flush=True)
    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        runs = [Run(name, options) for name in names]
        for run in pool.map(lambda run: run(), runs):
            failed += run.code != 0
            print(run.report(), flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Feeds the readers of foreign bytes with what nobody thought of.")
    parser.add_argument("--seconds", type=int, default=600, help="for each target (%(default)s)")
    parser.add_argument("--inputs", type=int, help="end after so many, if that comes first")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time (%(default)s)")
    parser.add_argument("--seed", type=int, help="start alike each time, from the kept inputs only")
    parser.add_argument("--replay", metavar="FILE", help="give this input to the target, once")
    parser.add_argument("target", nargs="*", help="without one: " + ", ".join(targets()))
    options = parser.parse_args(arguments)
    unknown = [name for name in options.target if name not in targets()]
    if unknown:
        parser.error(f"no target {unknown[0]}; there are: {', '.join(targets())}")
    if options.replay and len(options.target) != 1:
        parser.error("--replay wants one target")
    return options


def main(arguments):
    options = parse(arguments)
    names = options.target or targets()
    if not build(names):
        return 1
    if options.replay:
        return replay(names[0], options.replay)
    return fuzz(names, options)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
