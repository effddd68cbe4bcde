"""The gate counts what test programs report, and never calls a crash a success."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "lib"))
import gate


class CountingTest(unittest.TestCase):
    def test_a_passing_catch_program_counts_its_test_cases(self):
        self.assertEqual(gate.count(["All tests passed (83 assertions in 12 test cases)"]), (12, 0))

    def test_a_failing_catch_program_counts_both(self):
        lines = ["test cases: 12 | 10 passed | 2 failed", "assertions: 83 | 80 passed | 3 failed"]
        self.assertEqual(gate.count(lines), (10, 2))

    def test_python_errors_and_failures_are_failed_tests(self):
        self.assertEqual(gate.count(["Ran 9 tests in 0.1s", "FAILED (failures=1, errors=2)"]), (6, 3))
        self.assertEqual(gate.count(["Ran 9 tests in 0.1s", "FAILED (errors=2)"]), (7, 2))

    def test_a_program_may_report_in_the_words_of_the_gate(self):
        self.assertEqual(gate.count(["7 passed, 1 failed"]), (7, 1))
        self.assertEqual(gate.count(["Ran 9 tests in 1s", "7 passed, 1 failed, 1 skipped"]), (7, 1))


class CtestLogTest(unittest.TestCase):
    def test_the_counts_of_all_programs_are_added(self):
        log = ("1: All tests passed (8 assertions in 2 test cases)\n"
               "1/2 Test #1: slots ............   Passed    0.01 sec\n"
               "2: Ran 3 tests in 0.001s\n"
               "2/2 Test #2: scripts ..........   Passed    0.01 sec\n")
        self.assertEqual(gate.count_ctest(log), (5, 0, []))

    def test_a_program_that_passes_in_silence_counts_as_one(self):
        log = "1/1 Test #1: quiet ...   Passed    0.01 sec\n"
        self.assertEqual(gate.count_ctest(log), (1, 0, []))

    def test_a_crash_after_passing_tests_is_a_failure_and_shows_its_output(self):
        log = ("1: All tests passed (8 assertions in 2 test cases)\n"
               "1: ERROR: LeakSanitizer: detected memory leaks\n"
               "1/1 Test #1: slots ............***Failed    0.01 sec\n")
        passed, failed, output = gate.count_ctest(log)
        self.assertEqual((passed, failed), (2, 1))
        self.assertIn("ERROR: LeakSanitizer: detected memory leaks", output)

    def test_a_timeout_is_a_failure(self):
        log = "1/1 Test #1: slots ............***Timeout  60.00 sec\n"
        self.assertEqual(gate.count_ctest(log)[:2], (0, 1))

    def test_a_killed_program_is_a_failure(self):
        log = "1/1 Test #1: slots ............***Exception: SegFault  0.10 sec\n"
        self.assertEqual(gate.count_ctest(log)[:2], (0, 1))


if __name__ == "__main__":
    unittest.main()
