"""Runs the checks that were asked for and says how many problems there are."""

import argparse
import sys
import time

from check import layers, sizes, tidy, layout

CHECKS = {"format": layout.check, "layers": layers.check, "sizes": sizes.check, "tidy": tidy.check}


def main():
    parser = argparse.ArgumentParser(prog="scripts/check")
    parser.add_argument("checks", nargs="*", metavar="check", help=" ".join(CHECKS))
    parser.add_argument("--all", action="store_true", help="tidy: also files that passed before")
    parser.add_argument("--fix", action="store_true", help="format: rewrite the files")
    options = parser.parse_args()
    if unknown := [name for name in options.checks if name not in CHECKS]:
        parser.error(f"no check '{unknown[0]}'; there are: {' '.join(CHECKS)}")

    total = 0
    for name in options.checks or CHECKS:
        started = time.monotonic()
        problems, summary = CHECKS[name](options)
        for problem in problems:
            print(f"  {problem}")
        verdict = "FAILED" if problems else "ok"
        print(f"{name:8s} {verdict:6s} {time.monotonic() - started:6.1f} s  {summary}", flush=True)
        total += len(problems)
    if total:
        print(f"{total} problem{'s' * (total != 1)}")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
