"""Waiting for a condition, never for a length of time."""

import time

from tests.support import settings
from tests.support.resp import ReplyError

_POLL_SECONDS = 0.02


class TooLate(AssertionError):
    """A condition did not come true in time."""


def eventually(condition, what, within=10.0):
    """The first true value that `condition()` returns. Failed connections and error replies count
    as "not yet". Raises TooLate after `within` seconds (scaled by the deadline factor)."""
    deadline = time.monotonic() + within * settings.DEADLINE_FACTOR
    while True:
        try:
            last = condition()
            if last:
                return last
        except (OSError, ReplyError) as reason:
            last = reason
        if time.monotonic() > deadline:
            raise TooLate(f"not within {within} s: {what} (last seen: {last!r})")
        time.sleep(_POLL_SECONDS)


def stays_true(condition, what, during):
    """Raises AssertionError when `condition()` is false at any look during `during` seconds."""
    until = time.monotonic() + during
    while time.monotonic() < until:
        if not condition():
            raise AssertionError(f"did not stay true for {during} s: {what}")
        time.sleep(_POLL_SECONDS)
