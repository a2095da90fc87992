"""What the tests of ./sweep share."""

import json
import os
import subprocess

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
        self.succeed("sweep", name, "--out", "whole", "--quiet")
        return files_below(self.directory / "whole")

    def updates(self, out):
        """Rows of all logs below a folder."""
        return sum(path.read_bytes().count(b"\n") for path in (self.directory / out).glob("*/training.csv"))


def small(**changes):
    """Runs of some tenths of a second."""
    return {"preset": "s3", "epochs": 1500, "checkpoint_every": 50, "seeds": "1..6", **changes}
