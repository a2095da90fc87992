"""The folders depend on each other only along the arrows of the design."""

import os
import pathlib
import re
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["IRREPLENS_SOURCE_DIR"])
MAY_INCLUDE = {"engine": set(), "group": set(), "analysis": {"engine", "group"},
               "apps": {"engine", "group", "analysis"}}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([a-z_]+)/', re.MULTILINE)


def forbidden(folder, text):
    """The project's folders that a source of `folder` with this text includes and may not."""
    return {to for to in INCLUDE.findall(text) if to in MAY_INCLUDE and to != folder and to not in MAY_INCLUDE[folder]}


class Arrows(unittest.TestCase):
    def test_every_include(self):
        sources = 0
        for folder in MAY_INCLUDE:
            for path in (SOURCE / folder).rglob("*"):
                if path.suffix in (".hpp", ".cpp", ".cu", ".cuh", ".in"):
                    sources += 1
                    self.assertEqual(forbidden(folder, path.read_text()), set(), path)
        self.assertGreater(sources, 20)

    def test_a_forbidden_include_is_seen(self):
        self.assertEqual(forbidden("group", '#include "engine/tensor.hpp"\n'), {"engine"})
        self.assertEqual(forbidden("engine", "  #  include <analysis/x.hpp>\n"), {"analysis"})
        self.assertEqual(forbidden("analysis", '#include "engine/tensor.hpp"\n#include <vector>\n'), set())


class Files(unittest.TestCase):
    def test_no_generated_file_is_tracked(self):
        if not (SOURCE / ".git").exists():
            self.skipTest("not a git checkout")
        tracked = subprocess.run(["git", "ls-files"], cwd=SOURCE, capture_output=True, text=True, check=True).stdout
        for name in tracked.splitlines():
            self.assertFalse(name.endswith((".safetensors", ".pt", ".csv", ".o", ".a")) or name.startswith("runs/"), name)


if __name__ == "__main__":
    unittest.main()
