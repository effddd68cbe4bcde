"""scripts/bench never calls a target met that was missed or could not be measured."""

import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts" / "lib"), str(ROOT / "tests")]
from bench.client_table import ClientRow
from bench.table import Row


def row(reference, ours, limit, of_reference):
    return Row("measure", "B", reference, ours, limit, of_reference)


class VerdictTest(unittest.TestCase):
    def test_a_part_of_the_reference_is_a_limit_for_the_ratio(self):
        self.assertEqual(row(100, 35, 0.35, True).verdict, "met")
        self.assertEqual(row(100, 36, 0.35, True).verdict, "MISSED")
        self.assertEqual(row(100, 35, 0.35, True).target, "<= 0.35 x")

    def test_a_figure_is_a_limit_for_our_own_figure(self):
        self.assertEqual(row(116, 32, 32, False).verdict, "met")
        self.assertEqual(row(116, 32.1, 32, False).verdict, "MISSED")
        self.assertEqual(row(116, 29, 32, False).ratio, 0.25)

    def test_what_nobody_measured_is_not_met(self):
        self.assertEqual(row(5, None, 5, False).verdict, "not measured")
        self.assertEqual(row(None, 5, 0.5, True).verdict, "not measured")

    def test_the_client_must_meet_its_target_against_every_cluster(self):
        fast = {"redis": 2e6, "grapevine": 1.1e6}
        self.assertEqual(ClientRow("GET", "1/s", 1.1e6, ours=fast).verdict, "met")
        self.assertEqual(ClientRow("GET", "1/s", 1.2e6, ours=fast).verdict, "MISSED")
        self.assertEqual(ClientRow("errors", "", 0, False, ours={"redis": 0, "grapevine": 1}).verdict, "MISSED")
        self.assertEqual(ClientRow("errors", "", 0, False, ours={"redis": None}).verdict, "not measured")
        self.assertEqual(ClientRow("errors", "", 0, False).verdict, "not measured")


if __name__ == "__main__":
    unittest.main()
