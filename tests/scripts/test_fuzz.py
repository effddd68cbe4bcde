"""Every fuzzer has what it needs, and scripts/fuzz reads right what libFuzzer prints."""

import contextlib
import io
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "lib"))
import fuzz


class TargetsTest(unittest.TestCase):
    def test_every_target_has_a_source_and_inputs(self):
        for name in fuzz.targets():
            self.assertTrue((fuzz.SOURCES / f"{name}.cc").is_file(), name)
            self.assertTrue(any((fuzz.SOURCES / "corpus" / name).iterdir()), name)

    def test_every_folder_of_inputs_belongs_to_a_target(self):
        folders = {path.name for path in (fuzz.SOURCES / "corpus").iterdir()}
        self.assertEqual(folders, set(fuzz.targets()))

    def test_an_unknown_target_is_wrong_usage(self):
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as end:
            fuzz.parse(["no_such_target"])
        self.assertEqual(end.exception.code, 2)


class ReportTest(unittest.TestCase):
    def run_with(self, code, text):
        run = fuzz.Run("bus_frame", fuzz.parse([]))
        run.code, run.text = code, text
        return run.report()

    def test_a_quiet_run_is_one_line_of_figures(self):
        line = self.run_with(0, "#256 pulse cov: 820 ft: 1\nstat::number_of_executed_units: 4096\n"
                                "stat::average_exec_per_sec:     1024\n")
        self.assertEqual(line.split(), "bus_frame 4096 inputs 1024/s 820 edges ok".split())

    def test_a_find_says_why_and_how_to_replay_it(self):
        text = self.run_with(77, "check failed: votes are kept (rules.cc:1)\n"
                                 f"Test unit written to {fuzz.ROOT}/build/fuzz/found/crash-1\n")
        self.assertIn("check failed: votes are kept", text)
        self.assertIn("scripts/fuzz --replay build/fuzz/found/crash-1 bus_frame", text)


if __name__ == "__main__":
    unittest.main()
