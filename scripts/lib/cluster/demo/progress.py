"""Lines that move on a terminal and stay quiet in a file."""

import sys
import time

WIDTH = 30
REDRAW_SECONDS = 0.1


class Line:
    """One line that is drawn over and over. Only `finish` is seen when stdout is not a terminal."""

    def __init__(self):
        self._moving = sys.stdout.isatty()
        self._drawn_at = 0.0

    def draw(self, text):
        now = time.monotonic()
        if self._moving and now - self._drawn_at >= REDRAW_SECONDS:
            self._drawn_at = now
            print(f"\r  {text}\033[K", end="", flush=True)

    def finish(self, text):
        print(f"\r  {text}\033[K" if self._moving else f"  {text}", flush=True)


class Bar:
    """How far a job of `total` keys is, how fast it goes and how long it will still take."""

    def __init__(self, verb, total):
        self._verb, self._total, self._done = verb, total, 0
        self._started = time.monotonic()
        self._line = Line()

    def add(self, count):
        self._done += count
        seconds = max(time.monotonic() - self._started, 1e-6)
        rate = max(self._done / seconds, 1e-6)
        filled = WIDTH * self._done // self._total
        self._line.draw(f"[{'#' * filled}{'.' * (WIDTH - filled)}] "
                        f"{100 * self._done // self._total:3d} %  {self._done:,}/{self._total:,} "
                        f"keys  {rate:,.0f} keys/s  {(self._total - self._done) / rate:.0f} s left")

    def finish(self):
        seconds = max(time.monotonic() - self._started, 1e-6)
        self._line.finish(f"{self._verb} {self._done:,} keys in {seconds:.1f} s "
                          f"({self._done / seconds:,.0f} keys/s)")
