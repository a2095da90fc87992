"""What the tests of ./analyze share."""

import json
import re

from program import ProgramTest

WRITTEN = ["circuits.json", "irreps.txt", "key_reps.txt", "key_reps_in_order.txt", "metrics.csv", "report.html", "summary_metrics.json"]


def report_data(page):
    """The document that report.html carries."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL).group(1))


class AnalyzeTest(ProgramTest):
    def train(self, epochs=400):
        self.succeed("train", "s3", "--epochs", epochs, "--checkpoint-every", 100, "--out", "run")
        return self.directory / "run"
