"""Thousands of random requests, heard by our node and by redis-server 7.0: the same replies, and
the same data in the end."""

import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.resp import ReplyError, encode

REQUESTS = 200_000 if settings.ALL else 20_000
BATCH = 500
FAR_FUTURE_S = 4_000_000_000

KEYS = [f"k{i}" for i in range(40)]
VALUES = ["", "0", "1", "-1", "10", "9223372036854775807", "3.5", "1e3", "text", "x" * 50,
          "y" * 5000, " 7", "\x00\xff", "nan"]
NUMBERS = [0, 1, -1, 2, 7, 100, 2**31, -2**31, 2**63 - 1, -2**63, 2**63, "x", "1.5"]
INDEXES = [0, 1, 5, -1, -3, 30, -100, 6000, "x"]
OFFSETS = [0, 1, 7, 8, 63, 1000, 40_000, -1, 2**32, "x"]
WHEN = [["EXAT", FAR_FUTURE_S], ["PXAT", FAR_FUTURE_S * 1000], ["KEEPTTL"], ["EX", 0], ["PX", "x"]]
FLAGS = [[], ["NX"], ["XX"], ["GT"], ["LT"], ["NX", "XX"]]

KEY, VALUE, NUMBER, INDEX, OFFSET = object(), object(), object(), object(), object()
POOLS = {KEY: KEYS, VALUE: VALUES, NUMBER: NUMBERS, INDEX: INDEXES, OFFSET: OFFSETS}

# What a request may look like; each placeholder becomes a random member of its pool. Nothing whose
# reply depends on the clock, on the order of a hash table or on how a value is held.
SHAPES = [
    ["GET", KEY], ["STRLEN", KEY], ["GETDEL", KEY], ["TYPE", KEY], ["EXISTS", KEY, KEY],
    ["SET", KEY, VALUE], ["SET", KEY, VALUE, "NX"], ["SET", KEY, VALUE, "XX", "GET"],
    ["SETNX", KEY, VALUE], ["GETSET", KEY, VALUE], ["APPEND", KEY, VALUE],
    ["MSET", KEY, VALUE, KEY, VALUE], ["MSETNX", KEY, VALUE, KEY, VALUE], ["MGET", KEY, KEY, KEY],
    ["INCR", KEY], ["DECR", KEY], ["INCRBY", KEY, NUMBER], ["DECRBY", KEY, NUMBER],
    ["INCRBYFLOAT", KEY, VALUE], ["GETRANGE", KEY, INDEX, INDEX], ["SETRANGE", KEY, INDEX, VALUE],
    ["SETBIT", KEY, OFFSET, 1], ["SETBIT", KEY, OFFSET, 0], ["GETBIT", KEY, OFFSET],
    ["BITCOUNT", KEY], ["BITCOUNT", KEY, INDEX, INDEX], ["BITCOUNT", KEY, INDEX, INDEX, "BIT"],
    ["BITPOS", KEY, 1], ["BITPOS", KEY, 0, INDEX], ["BITPOS", KEY, 1, INDEX, INDEX],
    ["BITOP", "AND", KEY, KEY, KEY], ["BITOP", "XOR", KEY, KEY, KEY], ["BITOP", "NOT", KEY, KEY],
    ["DEL", KEY], ["UNLINK", KEY, KEY], ["TOUCH", KEY, KEY], ["RENAME", KEY, KEY],
    ["RENAMENX", KEY, KEY], ["COPY", KEY, KEY], ["COPY", KEY, KEY, "REPLACE"], ["PERSIST", KEY],
    ["EXPIRETIME", KEY], ["PEXPIRETIME", KEY], ["GETEX", KEY, "PERSIST"],
    ["GETEX", KEY, "EXAT", FAR_FUTURE_S + 5], ["DBSIZE"],
    ["EXPIREAT", KEY, FAR_FUTURE_S], ["PEXPIREAT", KEY, FAR_FUTURE_S * 1000 + 7],
    ["EXPIRE", KEY, -1], ["EXPIREAT", KEY, 1],
]
SHAPES += [["SET", KEY, VALUE, *when] for when in WHEN]
SHAPES += [["EXPIREAT", KEY, FAR_FUTURE_S + 9, *flags] for flags in FLAGS]


class RandomReplies(ProcessTest):
    maxDiff = None

    def test_random_requests_get_the_same_replies(self):
        chance = settings.seeded_random("random replies")
        ours, theirs = self.lab.start(), self.lab.start(settings.REDIS_SERVER)
        with ours.connect() as our_end, theirs.connect() as their_end:
            for _ in range(REQUESTS // BATCH):
                requests = [random_request(chance) for _ in range(BATCH)]
                self.compare(requests, our_end, their_end)
        self.assertEqual(ours.digest(), theirs.digest())

    def compare(self, requests, our_end, their_end):
        data = b"".join(encode(*request) for request in requests)
        for end in [our_end, their_end]:
            end.send(data)
        for request in requests:
            ours, theirs = comparable(our_end.read()), comparable(their_end.read())
            self.assertEqual(ours, theirs, f"{request}: ours first, then Redis's")


def random_request(chance):
    shape = chance.choice(SHAPES)
    return [chance.choice(POOLS[part]) if part in POOLS else part for part in shape]


def comparable(reply):
    """Of an error only the code counts: our texts may say more."""
    return f"-{reply.code}" if isinstance(reply, ReplyError) else reply


if __name__ == "__main__":
    unittest.main()
