"""A folder includes and names only what "Who may include whom" in ARCHITECTURE.md allows it."""

import re
from pathlib import Path

from check.files import ROOT, sources, without_noise

# What every keyed command needs, and everything under it.
COMMANDS_AND_BELOW = ["node/commands", "node/store", "node/journal", "node/observe", "client/resp",
                      "slots"]
DESTINATION = COMMANDS_AND_BELOW + ["node/io"]

# folder -> the folders it may include besides itself. A file belongs to the longest name that fits.
MAY_INCLUDE = {
    "slots": [],
    "gossip": ["slots"],
    "client/include/grapevine": [],
    "client/resp": ["client/include/grapevine", "slots"],
    "client/route": ["client/include/grapevine", "client/resp", "slots"],
    "client/commands": ["client/include/grapevine", "slots"],
    "client/cache": ["client/include/grapevine", "client/commands", "client/resp", "slots"],
    "client/link": ["client/include/grapevine", "client/resp", "slots"],
    "client/io": ["client/include/grapevine", "client/link", "slots"],
    "client/engine": ["client/include/grapevine", "client/cache", "client/route", "client/link", "client/io",
                      "client/resp", "slots"],
    "client": ["client/include/grapevine", "client/commands", "client/engine", "client/route", "client/resp", "slots"],
    "client/cli": ["client", "client/resp", "slots"],
    "node/io": ["slots"],
    "node/observe": ["slots"],
    "node/config": ["client/resp", "slots"],
    "node/store": ["slots"],
    "node/journal": ["node/io", "node/observe", "client/resp", "slots"],
    "node/commands": COMMANDS_AND_BELOW,
    "node/session": DESTINATION + ["node/config"],
    "node/persistence": DESTINATION,
    "node/replication": DESTINATION + ["node/persistence"],
    "node/migration": DESTINATION + ["node/persistence"],
    "node/bus": ["gossip", "node/config", "node/io", "node/observe", "slots"],
    "node/admin": DESTINATION + ["node/session", "node/persistence", "node/replication",
                                 "node/migration", "node/bus", "node/config", "gossip"],
    "node": None,  # Everything: it puts the node together.
    "tests": None,
}

# A library's headers -> where they may be included: folders, or files by their path's beginning.
LIBRARIES = {
    r"uv\.h|uv/": ["node/io", "client/io"],
    r"openssl/": ["node/io", "node/bus", "client/io/openssl", "client/io/tls_"],
    r"sodium(?:\.h|/)": ["node/bus"],
    r"xxhash\.h": ["node/store", "gossip"],
    r"lz4\.h": ["gossip"],
    r"(?:je|mi)?malloc(?:\.h|/)": ["node/store", "node/main"],
    r"fmt/": ["node/observe", "node/config", "node/commands", "node/admin", "node/", "client/"],
    r"nlohmann/": ["node/bus", "node/admin", "client/cli", "node/"],
    r"CLI/": ["client/cli"],
}

# What users of the client library include, in angle brackets, as they do.
PUBLIC = r"grapevine/"
PUBLIC_FOLDER = "client/include/grapevine"

# Folders that take time, chance and faults from outside, so that a whole cluster fits in a test.
PURE = ["slots", "gossip", "client/resp", "client/route", "client/link", "client/commands", "client/cache",
        "node/config", "node/store", "node/commands"]
PURE_HEADERS = r"<(?:[a-z_0-9]+|xxhash\.h|lz4\.h|fmt/.*|(?:je|mi)?malloc(?:\.h|/.*))>"
IMPURE = {
    "a clock": r"\b(?:steady_clock|system_clock|high_resolution_clock)::now\b|\bgettimeofday\b"
               r"|\bclock_gettime\b|(?<![\w.>])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)",
    "a random device": r"\brandom_device\b|(?<![\w.>:])(?:std::)?s?rand\s*\(|\bgetrandom\b",
    "a thread": r"\bstd::j?thread\b|\bstd::(?:\w+_)?mutex\b|\bstd::condition_variable\b"
                r"|\bstd::async\b|\bpthread_\w+",
    "sleep": r"\bsleep_(?:for|until)\b|(?<![\w.>])(?:u|nano)?sleep\s*\(",
    "libuv": r"\buv_\w+",
}


def folder_of(path):
    """The name in MAY_INCLUDE that the file or include path `path` belongs to, or None."""
    parents = [str(parent) for parent in Path(path).parents]
    return next((parent for parent in parents if parent in MAY_INCLUDE), None)


def problems_in(path, text):
    """What the file `path` (relative to the project) with contents `text` does against the rules."""
    folder = folder_of(path)
    if folder in (None, "tests"):
        return []
    problems = []
    for number, line in enumerate(without_noise(text).splitlines(), 1):
        where = f"{path}:{number}"
        if include := re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line):
            problems += [f"{where}: {reason}" for reason in _judge_include(path, folder, *include.groups())]
        elif folder in PURE:
            problems += [f"{where}: {folder} is pure and must not name {what}: {line.strip()}"
                         for what, pattern in IMPURE.items() if re.search(pattern, line)]
    return problems


def _judge_include(path, folder, bracket, target):
    if bracket == '"':
        allowed, other = MAY_INCLUDE[folder], folder_of(target)
        if other is None:
            yield f'"{target}" is not a path from the project\'s root'
        elif allowed is not None and other != folder and other not in allowed:
            yield (f'{folder} may not include {other} ("{target}"); it may include '
                   + (", ".join(allowed) or "nothing of ours"))
        return
    if re.match(PUBLIC, target):
        if PUBLIC_FOLDER not in (MAY_INCLUDE[folder] or [PUBLIC_FOLDER]) and folder != PUBLIC_FOLDER:
            yield f"{folder} may not include <{target}>"
        return
    for library, homes in LIBRARIES.items():
        if re.match(library, target) and not any(_lives_in(path, home) for home in homes):
            yield f"<{target}> belongs to {', '.join(homes)}"
    if folder in PURE and not re.fullmatch(PURE_HEADERS, f"<{target}>"):
        yield f"{folder} is pure and must not include <{target}>, only the standard library"


def _lives_in(path, home):
    """"node/" means the files in that folder itself, "node/io" also what begins with it."""
    path = str(path)
    if home == "node/":
        return path.startswith(home) and path.count("/") == 1
    return path.startswith(home)


def check(_options):
    files = sources()
    problems = [problem for path in files
                for problem in problems_in(path, (ROOT / path).read_text())]
    return problems, f"{len(files)} files, {len(MAY_INCLUDE)} folders"
