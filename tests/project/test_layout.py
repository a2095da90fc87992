"""The folders, and the rooms in them, depend on each other only along the arrows of the design."""

import os
import pathlib
import re
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["IRREPLENS_SOURCE_DIR"])
MAY_INCLUDE = {"engine": set(), "group": set(), "analysis": {"engine", "group"},
               "apps": {"engine", "group", "analysis"}, "python": {"engine", "group", "analysis", "apps"}}
# Of a library's rooms each may include those before it.
ROOMS = {"engine": ["device", "cpu", "cuda", "tensor", "files", "model", "training"],
         "group": ["elements", "young", "characters", "subgroups", "irreps", "fourier", "verification", "export"],
         "analysis": ["numerics", "input", "network", "cuda", "certificate_check", "certificates", "findings", "circuits",
                      "report", "census"],
         "apps": ["terminal", "mpi", "sweep"], "python": ["binding"]}
OF_APPS = {"apps/presets.hpp"}  # all that the Python package shares with the programs beside the libraries
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([a-z_]+)/', re.MULTILINE)
ROOM = re.compile(r'^\s*#\s*include\s*["<]([a-z_]+)/([a-z_]+)/', re.MULTILINE)


def forbidden(folder, text):
    """The project's folders that a source of `folder` with this text includes and may not."""
    return {to for to in INCLUDE.findall(text) if to in MAY_INCLUDE and to != folder and to not in MAY_INCLUDE[folder]}


def upward(folder, room, text):
    """The rooms of the same folder that a source of `room` with this text includes and may not."""
    below = ROOMS[folder][:ROOMS[folder].index(room) + 1]
    return {to for where, to in ROOM.findall(text) if where == folder and to not in below}


def sources(folder):
    return [path for path in (SOURCE / folder).rglob("*") if path.suffix in (".hpp", ".cpp", ".cu", ".cuh", ".in")]


class Arrows(unittest.TestCase):
    def test_every_include(self):
        for folder in MAY_INCLUDE:
            self.assertGreater(len(sources(folder)), 10)
            for path in sources(folder):
                self.assertEqual(forbidden(folder, path.read_text()), set(), path)

    def test_every_room(self):
        for folder, rooms in ROOMS.items():
            there = {path.relative_to(SOURCE / folder).parts[0] for path in sources(folder)
                     if path.parent != SOURCE / folder}
            self.assertEqual(there, set(rooms), "rooms of " + folder)
            for path in sources(folder):
                if path.parent != SOURCE / folder:
                    room = path.relative_to(SOURCE / folder).parts[0]
                    self.assertEqual(upward(folder, room, path.read_text()), set(), path)

    def test_the_checker_of_certificates_shares_no_code_with_the_prover(self):
        # It reads the run's files, which both have to; everything between file and verdict is its own.
        for path in (SOURCE / "analysis/certificate_check").iterdir():
            for folder, room in ROOM.findall(path.read_text()):
                self.assertIn((folder, room), {("analysis", "certificate_check"), ("engine", "files"),
                                               ("engine", "device"), ("engine", "cpu")}, path)
        for path in (SOURCE / "analysis/certificates").iterdir():
            self.assertNotIn("analysis/certificate_check/", path.read_text(), path)

    def test_python_takes_little_of_the_programs(self):
        for path in sources("python"):
            taken = re.findall(r'include "(apps/[^"]+)"', path.read_text())
            self.assertLessEqual(set(taken), OF_APPS, path)

    def test_a_forbidden_include_is_seen(self):
        self.assertEqual(forbidden("group", '#include "engine/tensor.hpp"\n'), {"engine"})
        self.assertEqual(forbidden("engine", "  #  include <analysis/x.hpp>\n"), {"analysis"})
        self.assertEqual(forbidden("analysis", '#include "engine/tensor.hpp"\n#include <vector>\n'), set())

    def test_an_upward_include_is_seen(self):
        self.assertEqual(upward("engine", "device", '#include "engine/cpu/thread_pool.hpp"\n'), {"cpu"})
        self.assertEqual(upward("engine", "tensor", '#include "engine/device/real.hpp"\n'), set())


class Files(unittest.TestCase):
    def test_no_generated_file_is_tracked(self):
        if not (SOURCE / ".git").exists():
            self.skipTest("not a git checkout")
        tracked = subprocess.run(["git", "ls-files"], cwd=SOURCE, capture_output=True, text=True, check=True).stdout
        figures = "docs/universality.csv"  # of the networks that docs/universality.md speaks of
        self.assertLess((SOURCE / figures).stat().st_size, 2 << 20)
        for name in set(tracked.splitlines()) - {figures}:
            self.assertFalse(name.endswith((".safetensors", ".pt", ".csv", ".o", ".a")) or name.startswith("runs/"), name)


if __name__ == "__main__":
    unittest.main()
