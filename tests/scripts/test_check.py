"""A planted violation is caught; what the house allows is left alone."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "lib"))
from check import files, layers, layout, sizes


class LayersTest(unittest.TestCase):
    def assert_refused(self, path, line, reason):
        problems = layers.problems_in(path, f"#pragma once\n{line}\n")
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(f"{path}:2: ", problems[0])
        self.assertIn(reason, problems[0])

    def assert_allowed(self, path, line):
        self.assertEqual(layers.problems_in(path, line + "\n"), [])

    def test_nothing_includes_upward(self):
        self.assert_refused("slots/slot.cc", '#include "gossip/gossip.h"', "may not include gossip")
        self.assert_refused("gossip/gossip.cc", '#include "node/io/timer.h"', "may not include node/io")
        self.assert_refused("node/store/table.h", '#include "node/commands/call.h"',
                            "may not include node/commands")
        self.assert_refused("node/session/client.cc", '#include "node/admin/info.h"',
                            "may not include node/admin")
        self.assert_refused("client/resp/reader.h", '#include "client/router.h"',
                            "may not include client")
        self.assert_refused("node/admin/info.cc", '#include "node/worker.h"', "may not include node")

    def test_what_the_table_allows_is_allowed(self):
        self.assert_allowed("slots/slot.cc", '#include "slots/slot.h"')
        self.assert_allowed("gossip/gossip.cc", '#include "slots/topology.h"')
        self.assert_allowed("node/session/client.cc", '#include "node/store/table.h"')
        self.assert_allowed("node/node.cc", '#include "node/admin/info.h"')
        self.assert_allowed("tests/gossip/gossip_test.cc", '#include "node/io/timer.h"')

    def test_a_library_stays_in_its_folder(self):
        self.assert_refused("node/bus/link.cc", "#include <uv.h>", "<uv.h> belongs to node/io")
        self.assert_refused("node/session/client.cc", "#include <nlohmann/json.hpp>",
                            "<nlohmann/json.hpp> belongs to")
        self.assert_allowed("node/io/tcp.cc", "#include <uv.h>")
        self.assert_allowed("client/io/tcp.cc", "#include <uv.h>")

    def test_pure_folders_include_the_standard_library_only(self):
        self.assert_refused("gossip/gossip.cc", "#include <sys/socket.h>", "is pure")
        self.assert_allowed("gossip/gossip.cc", "#include <string_view>")
        self.assert_allowed("node/store/table.cc", "#include <xxhash.h>")

    def test_pure_folders_name_no_clock_chance_thread_or_sleep(self):
        for line in ("auto now = std::chrono::steady_clock::now();",
                     "auto now = time(nullptr);",
                     "std::random_device device;",
                     "auto dice = rand();",
                     "std::thread worker;",
                     "std::mutex mutex_;",
                     "std::this_thread::sleep_for(1s);",
                     "usleep(10);",
                     "uv_timer_t timer;"):
            self.assert_refused("gossip/gossip.cc", line, "is pure")
            self.assert_allowed("node/io/timer.cc", line)

    def test_words_in_comments_strings_and_longer_names_are_not_meant(self):
        for line in ("// std::thread is not for us",
                     "/* uv_loop */",
                     'error = "std::mutex";',
                     "call.store.time(0);",
                     "std::int64_t strand(int);",
                     "Duration lifetime(Instant now);"):
            self.assert_allowed("node/store/table.cc", line)


class SizesTest(unittest.TestCase):
    def lengths(self, text):
        return {name: length for name, _, length in sizes.cpp_functions(text)}

    def test_functions_are_found_in_all_their_forms(self):
        text = """
namespace a {
class Thing {
public:
    Thing(int size) : size_{size}, more_(size) {
        grow();
    }
    int size() const { return size_; }
    bool operator==(const Thing&) const = default;
private:
    std::vector<int> list_{1, 2};
};
constexpr std::array rows{
    Row{.name = "x", .run = f(1)},
};
const auto later = [](int x) {
    return x;
};
template <typename T>
auto Thing::grow(T by) noexcept -> Result<T> {
    if (by) {
        return by;
    }
    return {};
}
TEST_CASE("a sentence", "[x]") {
    CHECK(true);
}
}  // namespace a
"""
        self.assertEqual(self.lengths(text),
                         {"Thing": 3, "size": 1, "Thing::grow": 7, "TEST_CASE": 3})

    def test_a_function_of_71_lines_is_a_problem_and_one_of_70_is_not(self):
        for lines, count in ((70, 0), (71, 1)):
            text = "void f() {\n" + "    g();\n" * (lines - 2) + "}\n"
            problems = list(sizes.problems_in("a.cc", text, sizes.cpp_functions(text)))
            self.assertEqual(len(problems), count, problems)

    def test_braces_in_comments_and_strings_do_not_count(self):
        text = 'void f() {  // {\n    g("{", \'{\', R"({)");\n}\n\nvoid h() {\n}\n'
        self.assertEqual(self.lengths(text), {"f": 3, "h": 2})

    def test_a_file_of_501_lines_is_a_problem(self):
        self.assertEqual(len(list(sizes.problems_in("a.cc", "\n" * 501, []))), 1)
        self.assertEqual(list(sizes.problems_in("a.cc", "\n" * 500, [])), [])

    def test_python_functions_count_too(self):
        text = "def f():\n" + "    g()\n" * 70
        self.assertEqual(len(list(sizes.problems_in("a.py", text, sizes.python_functions(text)))), 1)


class NoiseTest(unittest.TestCase):
    def test_lines_keep_their_numbers(self):
        text = 'a /* 1\n2 */ b "x\\"y" // z\nR"(\n)" c\n'
        self.assertEqual(files.without_noise(text).count("\n"), text.count("\n"))
        self.assertIn(" c", files.without_noise(text))

    def test_digit_separators_are_not_characters(self):
        self.assertIn("after", files.without_noise("x = 1'000'000; after = 'a';"))


class LayoutTest(unittest.TestCase):
    def test_a_file_that_is_not_formatted_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / ".clang-format").write_text("BasedOnStyle: Google\n")
            (root / "good.cc").write_text("int a = 1;\n")
            (root / "bad.cc").write_text("int   a=1 ;\n")
            subprocess.run(["git", "init", "-q"], cwd=root, check=True)
            self.assertEqual(layout.unformatted(files.sources(root), root), ["bad.cc"])


if __name__ == "__main__":
    unittest.main()
