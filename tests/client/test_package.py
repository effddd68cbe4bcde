"""The client library as a stranger gets it: installed into a directory, found by find_package or
pkg-config, without the source tree. Builds and runs all examples against a cluster."""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.cluster import Cluster
from tests.support.programs import run

BUILD = settings.REPOSITORY / "build/release"
EXAMPLES = settings.REPOSITORY / "client/examples"
# What a user need not have learned anywhere else: example -> a line that it prints.
PROMISED = {
    "get_set": "greeting is hello",
    "pipeline": "9 + 16 = 25",
    "service": "1000 users were served; number 7 came 2 times",
    "pub_sub": "orders:{7}: one tea",
    "cache": "the price is 13",
    "transaction": "2 of 3 buyers got one",
}
# What our node does not serve yet, and Redis does.
ON_REDIS = {"pub_sub", "cache"}
_COMPILING_SECONDS = 300


def install(directory):
    """Builds the package and installs it; returns its prefix."""
    run(["cmake", "--build", BUILD, "--target", "grapevine-client"], within=_COMPILING_SECONDS)
    prefix = directory / "prefix"
    run(["cmake", "--install", BUILD, "--component", "client", "--prefix", prefix])
    return prefix


def build(project, prefix):
    """Builds a copy of a project outside of the tree; returns the folder with its programs."""
    folder = project / "build"
    run(["cmake", "-G", "Ninja", "-S", project, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}",
         "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror"])
    run(["cmake", "--build", folder], within=_COMPILING_SECONDS)
    return folder


class Package(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.prefix = install(lab.directory)
        cls.cluster = Cluster(lab, replicas=0)
        cls.redis = Cluster(lab, replicas=0, server=settings.REDIS_SERVER)

    def address(self, example=None):
        return (self.redis if example in ON_REDIS else self.cluster).nodes[0].address

    def copy(self, project):
        return Path(shutil.copytree(project, self.lab.directory / project.name))

    def test_a_project_with_find_package_builds_with_every_header(self):
        project = self.copy(settings.REPOSITORY / "tests/client/package")
        headers = sorted((self.prefix / "include/grapevine").glob("*.h"))
        self.assertIn("cluster.h", [header.name for header in headers])
        (project / "every_header.h").write_text(
            "".join(f"#include <grapevine/{header.name}>\n" for header in headers))
        program = build(project, self.prefix) / "stranger"
        self.assertEqual(run([program, self.address()]), "PONG\n")

    def test_all_examples_build_and_do_what_they_promise(self):
        folder = build(self.copy(EXAMPLES), self.prefix)
        names = {file.stem for file in EXAMPLES.glob("*.cc")}
        self.assertEqual(names, set(PROMISED))
        for name in sorted(names):
            with self.subTest(name):
                self.assertIn(PROMISED[name], run([folder / name, self.address(name)]).splitlines())

    def test_pkg_config_says_what_the_compiler_needs(self):
        paths = {**os.environ, "PKG_CONFIG_PATH": str(self.prefix / "lib/pkgconfig")}
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "grapevine-client"], env=paths,
                               check=True, capture_output=True, text=True).stdout.split()
        program = self.lab.directory / "get_set"
        run(["g++", "-std=c++20", EXAMPLES / "get_set.cc", "-o", program, *flags],
            within=_COMPILING_SECONDS)
        self.assertIn(PROMISED["get_set"], run([program, self.address()]).splitlines())

    def test_nothing_but_the_client_is_installed(self):
        files = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if path.is_file()}
        strangers = [name for name in files
                     if not name.startswith(("include/grapevine/", "lib/cmake/grapevine/", "share/doc/"))]
        self.assertEqual(sorted(strangers), ["lib/libgrapevine-client.a", "lib/pkgconfig/grapevine-client.pc"])
        symbols = run(["nm", "-C", "--defined-only", self.prefix / "lib/libgrapevine-client.a"])
        self.assertEqual(set(re.findall(r"\bgrapevine::(\w+)::", symbols)), {"client", "slots"})

    def test_the_debian_package_depends_on_what_it_needs_and_has_the_same_files(self):
        run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", self.lab.directory])
        package, = self.lab.directory.glob("libgrapevine-client-dev_*.deb")
        self.assertEqual(run(["dpkg-deb", "--field", package, "Depends"]),
                         "libuv1-dev, libssl-dev (>= 3.0)\n")
        unpacked = self.lab.new_directory("unpacked")
        run(["dpkg-deb", "--extract", package, unpacked])
        self.assertEqual({path.name for path in (unpacked / "usr").rglob("*")},
                         {path.name for path in self.prefix.rglob("*")})


if __name__ == "__main__":
    unittest.main()
