"""The command line of scripts/bench."""

import argparse
import json
import shutil
import sys
import time
from dataclasses import asdict

from bench import client_library, client_table, cpu, failover, instructions, memory, snapshot, table
from bench.server import WORK
from cluster.commands import OWN_SERVER, find_server
from cluster.errors import ToolError

MEASUREMENTS = {"instructions": instructions, "cpu": cpu, "memory": memory, "snapshot": snapshot,
                "failover": failover, "client": client_library}


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures our targets beside Redis, both with one worker and default settings.",
        epilog="measurements: " + ", ".join(MEASUREMENTS) + "; without a name all of them.\n"
               "Exit codes: 0 every target is met; 1 one is missed or not measured; 2 wrong usage.")
    parser.add_argument("measurements", nargs="*", metavar="measurement")
    parser.add_argument("--quick", action="store_true",
                        help="less data and fewer rounds: minutes instead of most of an hour")
    parser.add_argument("--server", default=str(OWN_SERVER), help="our server (%(default)s)")
    parser.add_argument("--against", default="redis-server", help="the reference (%(default)s)")
    parser.add_argument("--port", type=int, default=19001, help="the first port (%(default)s)")
    parser.add_argument("--json", metavar="FILE", help="also write the figures there")
    arguments = parser.parse_args()
    for name in arguments.measurements:
        if name not in MEASUREMENTS:
            parser.error(f"no measurement '{name}'; there are: {', '.join(MEASUREMENTS)}")
    return arguments


def show(rows, print_table):
    if rows:
        print_table(rows)


def main():
    arguments = parse_arguments()
    programs = [("redis", find_server(arguments.against)),
                ("grapevine", find_server(arguments.server))]
    rows = []
    try:
        for name in arguments.measurements or MEASUREMENTS:
            print(f"measuring {name} ...", end="", file=sys.stderr, flush=True)
            started = time.monotonic()
            rows += MEASUREMENTS[name].measure(programs, arguments.port, arguments.quick)
            print(f" {time.monotonic() - started:.0f} s", file=sys.stderr)
    finally:  # What was measured before something failed is not lost.
        show([row for row in rows if isinstance(row, table.Row)],
             lambda some: table.show(some, [name for name, _ in programs]))
        show([row for row in rows if isinstance(row, client_table.ClientRow)], client_table.show)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump([asdict(row) | {"verdict": row.verdict} for row in rows], file, indent=1)
    shutil.rmtree(WORK, ignore_errors=True)
    return 1 if any(row.verdict != "met" for row in rows) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        print(f"\nscripts/bench: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
