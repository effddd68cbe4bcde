"""What the client believes about the commands of Redis is what Redis says about them."""

import sys

from tests.support.case import ProcessTest
from tests.support.settings import REDIS_SERVER, REPOSITORY

sys.path.insert(0, str(REPOSITORY / "client" / "commands"))
from description import read_commands, read_facts  # noqa: E402  pylint: disable=wrong-import-position

# Redis says "somewhere" of them; tests/client/commands says where.
_MOVING = ("count@", "streams", "store", "keys")


def as_redis_says(facts):
    """(first, last, step) of the plain part of `facts`."""
    for part in facts.keys.split(","):
        if part[0].isdigit():
            place, _, step = part.partition("/")
            first, _, last = place.partition("..")
            return int(first), int(last or first), int(step or 1)
    return 0, 0, 0


class FactsTest(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        node = lab.start(REDIS_SERVER)
        cls.told = {}
        for command in node.call("COMMAND"):
            for each in [command, *command[9]]:
                cls.told[each[0].upper()] = each
        cls.facts = read_facts()

    def test_every_command_of_redis_is_known_and_no_other(self):
        self.assertGreater(len(self.told), 300)
        self.assertEqual(sorted(self.told), sorted(self.facts))

    def test_keys_stand_where_redis_says(self):
        for name, facts in self.facts.items():
            if self.is_moving(name):
                self.assertTrue(any(word in facts.keys for word in _MOVING) or name == "SORT_RO",
                                name)
            else:
                first, last, step = self.told[name][3:6]
                self.assertEqual(as_redis_says(facts), (first, last, step), name)

    def is_moving(self, name):
        return "movablekeys" in self.told[name][2]

    def test_reading_and_blocking_commands_are_those_of_redis(self):
        for name, facts in self.facts.items():
            flags = self.told[name][2]
            self.assertEqual("reads" in facts.traits, "readonly" in flags, name)
            blocks = any(trait.startswith("blocks") for trait in facts.traits)
            self.assertEqual(blocks, "blocking" in flags, name)

    def test_nothing_that_counts_up_or_takes_away_is_repeatable(self):
        for name in ("INCR", "APPEND", "LPUSH", "RPOP", "SPOP", "XADD", "SETNX", "GETDEL", "EVAL"):
            self.assertNotIn("repeatable", self.facts[name].traits)

    def test_every_typed_command_is_one_of_redis(self):
        commands = list(read_commands(self.facts))
        self.assertGreater(len(commands), 150)
        for command in commands:
            self.assertIn(command.name.replace(" ", "|"), self.facts, command.method)
        methods = [command.method for command in commands]
        self.assertEqual(sorted(set(methods)), sorted(methods))
