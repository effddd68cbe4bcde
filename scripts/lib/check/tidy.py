"""clang-tidy finds nothing. What passed once is not looked at again until it changes."""

import hashlib
import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from check.files import ROOT

BUILD = ROOT / "build" / "release"
PASSED = ROOT / "build" / "tidy"  # One empty file per text that passed, named by its hash.
BUDGET = 120.0                    # Seconds that a quick check spends; --all takes what it needs.


def check(options):
    if not (BUILD / "compile_commands.json").exists():
        return ["build/release is not configured; run scripts/build first"], ""
    PASSED.mkdir(parents=True, exist_ok=True)
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    files = sorted({entry["file"] for entry in commands if (ROOT / entry["file"]).exists()},
                   key=lambda name: (-os.path.getmtime(name), name))  # What changed last comes first.
    stamps = {name: PASSED / _fingerprint(name) for name in files}
    waiting = [name for name in files if options.all or not stamps[name].exists()]
    deadline = None if options.all else time.monotonic() + BUDGET
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda name: _run(name, stamps[name], deadline), waiting))
    skipped = sum(result is None for result in results)
    problems = sorted({problem for result in results for problem in result or []})
    summary = f"{len(files)} files, {len(waiting) - skipped} looked at"
    if skipped:
        summary += f", {skipped} left for the next run or --all ({BUDGET:.0f} s were used up)"
    return problems, summary


def _run(name, stamp, deadline):
    """The problems of one file; None when the time was over before its turn."""
    if deadline and time.monotonic() > deadline:
        return None
    result = subprocess.run(["clang-tidy-19", "--quiet", "-p", str(BUILD), name], cwd=ROOT,
                            capture_output=True, text=True)
    problems = [line.replace(f"{ROOT}/", "")
                for line in result.stdout.splitlines() if re.search(r": (?:warning|error): ", line)]
    if result.returncode != 0 and not problems:
        problems = [f"{name}: clang-tidy-19 failed: {result.stderr.strip()[-300:]}"]
    if not problems:
        stamp.touch()
    return problems


def _fingerprint(name):
    """A hash of the file, of every header of ours that it sees, and of the rules."""
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    seen, waiting = set(), [ROOT / name]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        text = path.read_text()
        digest.update(text.encode())
        waiting += [ROOT / header for header in re.findall(r'#include "([^"]+)"', text)]
    return digest.hexdigest()[:32]
