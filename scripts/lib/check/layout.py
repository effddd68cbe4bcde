"""Every file looks as .clang-format says."""

import re
import subprocess

from check.files import ROOT, sources

FORMATTER = "clang-format-19"


def unformatted(files, root):
    """Those of `files` (relative to `root`) that clang-format would change."""
    output = subprocess.run([FORMATTER, "--dry-run", "--ferror-limit=1", *files], cwd=root,
                            capture_output=True, text=True, check=True).stderr
    return sorted(set(re.findall(r"^(\S+?):\d+:\d+: ", output, re.MULTILINE)))


def check(options):
    files = sources()
    if options.fix:
        subprocess.run([FORMATTER, "-i", *files], cwd=ROOT, check=True)
    problems = [f"{name}: not formatted; scripts/check format --fix mends it"
                for name in unformatted(files, ROOT)]
    return problems, f"{len(files)} files"
