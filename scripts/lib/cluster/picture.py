"""Reports as people read them: a table, and a bar of who owns what."""

import os
import sys
from itertools import groupby

from cluster.resp import SLOTS

BAR_WIDTH = 64
COLOURS = [34, 32, 33, 35, 36, 31]


def show(report, title):
    health = {"ok": "OK", "degraded": "DEGRADED", "down": "DOWN"}[report.health]
    primaries = report.primaries()
    print(f"{title}: {health}  {len(primaries)} shards  {len(report.nodes)} nodes  "
          f"{report.slots_served}/{SLOTS} slots  {sum(n.keys for n in primaries):,} keys  "
          f"{size(sum(n.memory for n in primaries))}")
    print("node  address          pid      state    role     of  slots           keys     memory"
          "   lag")
    for node in report.nodes:
        print(_row(report, node))
    print(bar(primaries))


def _row(report, node):
    of = node.primary or ""
    share = f"{node.slots:5d} {100 * node.slots / SLOTS:5.1f} %" if node.slots else " " * 13
    facts = ""
    if node.role:
        facts = f"{node.keys:10,}  {size(node.memory):>9s}"
    lag = report.lag(node)
    behind = "" if not node.primary else "no link" if lag is None else size(lag)
    row = (f"{coloured(node.number, f'{node.number:4d}')}  127.0.0.1:{node.port:<5d}  "
           f"{node.pid:<7d}  {node.state:7s}  {node.role:7s}  {of:2}  {share}{facts}  {behind:>7s}")
    return row.rstrip()


def bar(primaries):
    """One character for each 256 slots: the number of the node that has most of them."""
    counts = [{} for _ in range(BAR_WIDTH)]
    step = SLOTS // BAR_WIDTH
    for node in primaries:
        for first, last in node.ranges:
            for cell in range(first // step, last // step + 1):
                part = min(last, (cell + 1) * step - 1) - max(first, cell * step) + 1
                counts[cell][node.number] = counts[cell].get(node.number, 0) + part
    owners = [max(count, key=count.get) if count else None for count in counts]
    runs = ((owner, len(list(cells))) for owner, cells in groupby(owners))
    return f"0 {''.join(_run(owner, length) for owner, length in runs)} {SLOTS - 1}"


def _run(number, length):
    if number is None:
        return "." * length
    symbol = str(number) if number < 10 else chr(ord("a") + (number - 10) % 26)
    return coloured(number, symbol * length)


def size(count):
    """Bytes for people: "0 B", "18.3 MB"."""
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count} B"
        count /= 1024
    return f"{count:.1f} GB"


def coloured(number, text):
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{COLOURS[(number - 1) % len(COLOURS)]}m{text}\033[0m"
