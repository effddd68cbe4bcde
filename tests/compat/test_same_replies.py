"""Our node and redis-server 7.0 answer the same requests in the same way.

Each file in replies/ is a conversation, one request a line, quoted as in redis-cli. `~` in front
says that the order of the reply's elements does not matter. Of an error only its code is compared:
our texts may say more."""

import shlex
import unittest
from pathlib import Path

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.resp import ReplyError

CONVERSATIONS = Path(__file__).parent / "replies"


class SameReplies(ProcessTest):
    maxDiff = None

    def converse(self, name, protocol, **options):
        ours = self.lab.start(**options)
        theirs = self.lab.start(settings.REDIS_SERVER, **options)
        with ours.connect() as our_end, theirs.connect() as their_end:
            for end in [our_end, their_end]:
                end.call("HELLO", protocol)
            differences = [difference for line in requests(name)
                           for difference in compare(line, our_end, their_end)]
        self.assertEqual(differences, [], "\n" + "\n".join(differences))


def conversation(name, protocol, **options):
    """A test that holds the conversation with both servers."""
    return lambda self: self.converse(name, protocol, **options)


for _protocol in [2, 3]:
    for _name in ["strings", "keys", "connection", "server"]:
        setattr(SameReplies, f"test_{_name}_in_resp{_protocol}", conversation(_name, _protocol))
    setattr(SameReplies, f"test_cluster_in_resp{_protocol}",
            conversation("cluster", _protocol, cluster_enabled="yes"))


def requests(name):
    lines = (CONVERSATIONS / f"{name}.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def compare(line, our_end, their_end):
    """A list with one sentence when the replies differ, else an empty list."""
    in_any_order = line.startswith("~ ")
    words = shlex.split(line.removeprefix("~ "))
    ours, theirs = (comparable(end.ask(*words), in_any_order) for end in [our_end, their_end])
    return [] if ours == theirs else [f"{line}: we say {ours!r}, Redis says {theirs!r}"]


def comparable(reply, in_any_order):
    if isinstance(reply, ReplyError):
        return f"-{reply.code}"
    if isinstance(reply, list):
        parts = [comparable(part, False) for part in reply]
        return sorted(parts) if in_any_order else parts
    return reply


if __name__ == "__main__":
    unittest.main()
