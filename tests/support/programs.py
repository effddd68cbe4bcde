"""Running other people's command-line programs."""

import os
import subprocess

from tests.support import settings


def run(words, within=60, answers="", expect=0):
    """The standard output of a program. Raises AssertionError with all it printed when it does not
    end in time with the exit code `expect`."""
    try:
        done = subprocess.run([str(word) for word in words], input=answers, capture_output=True,
                              text=True, timeout=within * settings.DEADLINE_FACTOR,
                              env={**os.environ, "TERM": "dumb"})
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"{words} not done within {within} s: {late.stdout}") from late
    if done.returncode != expect:
        raise AssertionError(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def redis_cli(port, *words, **options):
    """redis-cli towards one node."""
    return run(["redis-cli", "-p", port, *words], **options)


def redis_cli_cluster(*words, **options):
    """redis-cli --cluster."""
    return run(["redis-cli", "--cluster", *words], **options)
