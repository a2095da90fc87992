"""What the tests of the programs share: running them, and reading the files that they write."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["IRREPLENS_BIN"])
SOURCE = pathlib.Path(os.environ["IRREPLENS_SOURCE_DIR"])
SHARED = pathlib.Path(os.environ.get("IRREPLENS_SHARED", SOURCE / "../shared"))  # published models, where they are
PATIENCE = 5 if os.environ.get("IRREPLENS_SANITIZE") else 1  # how much longer a program may take


class ProgramTest(unittest.TestCase):
    """A test with a directory of its own; `run` starts a program in it."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="irreplens_"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def command(self, program, *arguments):
        return [str(BIN / program), *map(str, arguments)]

    def run_program(self, program, *arguments, timeout=120, **options):
        return subprocess.run(self.command(program, *arguments), cwd=self.directory, timeout=timeout * PATIENCE,
                              capture_output=True, text=True, **options)

    def succeed(self, program, *arguments, **options):
        result = self.run_program(program, *arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def refuse(self, code, words, program, *arguments):
        """The program exits with `code` and one line on stderr that contains `words`."""
        result = self.run_program(program, *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertTrue(result.stderr.startswith(program + ": "), result.stderr)
        self.assertIn(words, result.stderr)
        return result

    def small_disk(self, size):
        """A file system of this size, as "1m", in the test's directory; skipped where none may be mounted."""
        disk = self.directory / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("SKIPPED: may not mount a small file system")
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=False)
        return disk


class MpiTest(ProgramTest):
    """A test that starts its `program` by mpirun; skipped where that cannot be."""

    program = None

    def setUp(self):
        super().setUp()
        if shutil.which("mpirun") is None:
            self.skipTest("mpirun is not installed")
        if "libmpi" not in subprocess.run(["ldd", BIN / self.program], capture_output=True, text=True).stdout:
            self.skipTest("built without MPI")
        self.mpi = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                    "OMPI_MCA_rmaps_base_oversubscribe": "1", "ASAN_OPTIONS": "detect_leaks=0"}  # Open MPI's own

    def mpirun(self, processes, *arguments):
        return subprocess.Popen(["mpirun", "-n", str(processes), *self.command(self.program, *arguments)],
                                cwd=self.directory, env=self.mpi, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, start_new_session=True)

    def ranks(self, process, count):
        """Process ids by rank, once all have been started."""
        while True:
            pids = {}
            children = subprocess.run(["pgrep", "-P", str(process.pid), "-x", self.program], capture_output=True,
                                      text=True)
            for pid in children.stdout.split():
                try:
                    environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                except OSError:
                    continue
                for entry in environment:
                    if entry.startswith(b"OMPI_COMM_WORLD_RANK="):
                        pids[int(entry.split(b"=")[1])] = int(pid)
            if len(pids) == count:
                return pids
            self.assertIsNone(process.poll(), "it ended before all ranks were there")
            time.sleep(0.02)

    def is_gone(self, pid):
        """Within some seconds; what nobody has waited for may stay as a zombie."""
        for _ in range(200 * PATIENCE):
            try:
                state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                return True
            if state == "Z":
                return True
            time.sleep(0.05)
        return False

    def end_after_a_kill(self, process, pids, most_seconds):
        """What was said on stderr, once all of our processes are gone, which they are to be in so many seconds. Open
        MPI 4.1's mpirun may deadlock in its own end then, in libpmix: it is killed, too."""
        start = time.monotonic()
        for pid in pids:
            self.assertTrue(self.is_gone(pid))
        self.assertLess(time.monotonic() - start, most_seconds)
        try:
            return process.communicate(timeout=20 * PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[1]


def read_log(run):
    """training.csv as a list of dicts of floats."""
    lines = (run / "training.csv").read_text().splitlines()
    names = lines[0].split(",")
    return [dict(zip(names, map(float, line.split(",")))) for line in lines[1:]]


def read_safetensors(path):
    """(header, data) of a safetensors file, straight from the published format."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8:8 + length]), content[8 + length:]


def files_below(directory):
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}
