"""`cmake --install` gives a package with which another project links the group library alone, or trains."""

import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["IRREPLENS_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["IRREPLENS_BINARY_DIR"])


def run(*command, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


class Consumer(unittest.TestCase):
    def test_finds_links_and_runs(self):
        with tempfile.TemporaryDirectory(prefix="irreplens_") as name:
            directory = pathlib.Path(name)
            run("cmake", "--install", BINARY, "--prefix", directory / "installed")
            run("cmake", "-S", SOURCE / "tests/project/consumer", "-B", directory / "build",
                f"-DCMAKE_PREFIX_PATH={directory / 'installed'}", f"-DSANITIZE={os.environ.get('IRREPLENS_SANITIZE', '')}")
            run("cmake", "--build", directory / "build")
            self.assertEqual(run(directory / "build/consumer"), "s4 has 24 elements\n")
            self.assertIn("irreplens", run(directory / "installed/bin/train", "--version"))
            needed = run("ldd", directory / "build/consumer")
            self.assertNotIn("openblas", needed)
            self.assertRegex(run(directory / "build/train_s3"),
                             r"^grokked by epoch \d+, test accuracy 1, W_U has 384 numbers\n$")


if __name__ == "__main__":
    unittest.main()
