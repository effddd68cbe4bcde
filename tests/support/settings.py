"""What the environment says about a test run; tests/run sets it from its arguments."""

import os
import random
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# The server under test. Any program that takes redis.conf directives as arguments will do.
SERVER = os.environ.get("GRAPEVINE_SERVER", str(REPOSITORY / "build/release/bin/grapevine-server"))
# Worker threads of the server under test; empty leaves its own default.
IO_THREADS = os.environ.get("GRAPEVINE_IO_THREADS", "")
# Everything, or only what the gate has time for.
ALL = os.environ.get("GRAPEVINE_ALL", "") == "1"
# Deadlines are multiplied by this: sanitizers and busy machines are slow.
DEADLINE_FACTOR = float(os.environ.get("GRAPEVINE_DEADLINE_FACTOR", "1"))
# Ports are searched upwards from here; the bus uses port + 10000.
PORT_BASE = int(os.environ.get("GRAPEVINE_PORT_BASE", "15000"))
SEED = int(os.environ.get("GRAPEVINE_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)

# The referee: Debian's redis-server 7.0.15.
REDIS_SERVER = "redis-server"


def testing_redis():
    """Whether the server under test is Redis itself, which checks the tests, not Grapevine."""
    return Path(SERVER).name == REDIS_SERVER


def seeded_random(name):
    """A random generator that is repeated by running again with the printed seed."""
    print(f"{name}: GRAPEVINE_SEED={SEED}", file=sys.stderr)
    return random_of(f"{SEED}/{name}")


def random_of(name):
    """The generator of this name: always the same."""
    return random.Random(name)
