"""Which files there are, and what is code in them."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def sources(root=ROOT):
    """Every C++ file that git knows or would add, as paths relative to `root`."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.h", "*.cc"],
        cwd=root, capture_output=True, text=True, check=True).stdout
    return [Path(line) for line in sorted(set(listing.splitlines())) if (root / line).is_file()]


_NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/'                                      # comments
    r'|R"(?P<fence>[^(\s]*)\(.*?\)(?P=fence)"'                 # raw strings
    r'|"(?:\\.|[^"\\\n])*"'                                    # strings
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",                   # characters, not 1'000
    re.DOTALL)


def without_noise(text):
    """`text` with the insides of comments and literals taken out; every line keeps its number.
    The names in #include lines stay."""
    def blank(match):
        line_start = text.rfind("\n", 0, match.start()) + 1
        if text[line_start:match.start()].lstrip().startswith("#include"):
            return match[0] if match[0].startswith('"') else ""
        quotes = '""' if match[0].endswith('"') else "' '" if match[0].endswith("'") else " "
        return quotes + "\n" * match[0].count("\n")
    return _NOISE.sub(blank, text)
