"""What the tests of ./sweep share."""

import json
import os
import subprocess
import time

from program import ProgramTest, files_below

KILLS = int(os.environ.get("IRREPLENS_KILLS", "4"))  # a careful run takes 20


class SweepTest(ProgramTest):
    def write(self, *blocks, name="sweep.json"):
        (self.directory / name).write_text(json.dumps({"runs": list(blocks)}))
        return name

    def names(self, out="runs/sweep"):
        return sorted(path.name for path in (self.directory / out).iterdir())

    def start(self, *arguments, **options):
        return subprocess.Popen(self.command("sweep", *arguments), cwd=self.directory, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def undisturbed(self, name="sweep.json"):
        start = time.monotonic()
        self.succeed("sweep", name, "--out", "whole", "--quiet")
        self.whole_seconds = time.monotonic() - start
        return files_below(self.directory / "whole")

    def wait_for_a_moment(self, process, rng, kills):
        """Until a random moment, of the start or of the work; so early that `kills` of them leave some work to do.
        Returns whether the sweep was still at work on it."""
        before = self.updates("o")
        if rng.random() < 0.7:
            while process.poll() is None and self.updates("o") <= before:
                time.sleep(0.005)
        time.sleep(rng.uniform(0.02, 0.5 * self.whole_seconds / kills))
        return process.poll() is None

    def updates(self, out):
        """Rows of all logs below a folder."""
        return sum(path.read_bytes().count(b"\n") for path in (self.directory / out).glob("*/training.csv"))


def small(**changes):
    """Runs of some tenths of a second."""
    return {"preset": "s3", "epochs": 1500, "checkpoint_every": 50, "seeds": "1..6", **changes}
