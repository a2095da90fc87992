"""./analyze as its users meet it: the files that it writes, bad input, and its report in a browser."""

import csv
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(os.environ["IRREPLENS_SOURCE_DIR"]) / "tests" / "apps"))
from program import ProgramTest, files_below, read_log  # noqa: E402

SHARED = pathlib.Path(os.environ.get("IRREPLENS_SHARED", os.environ["IRREPLENS_SOURCE_DIR"] + "/../shared"))
WRITTEN = ["irreps.txt", "key_reps.txt", "key_reps_in_order.txt", "metrics.csv", "report.html", "summary_metrics.json"]


class AnalyzeTest(ProgramTest):
    def train(self, epochs=400):
        self.succeed("train", "s3", "--epochs", epochs, "--checkpoint-every", 100, "--out", "run")
        return self.directory / "run"


class AnalyzedRun(AnalyzeTest):
    def test_files_and_formats(self):
        run = self.train()
        before = files_below(run)
        result = self.succeed("analyze", "run")
        self.assertIn("key irreps", result.stdout)
        after = files_below(run)
        self.assertEqual(sorted(set(after) - set(before)), WRITTEN)
        self.assertEqual({name: after[name] for name in before}, before)
        self.assertEqual((run / "irreps.txt").read_text(), "trivial\nsign\nstandard\n")
        keys = (run / "key_reps.txt").read_text().split()
        self.assertEqual(sorted((run / "key_reps_in_order.txt").read_text().split()), sorted(keys))
        with open(run / "metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        log = read_log(run)
        self.assertEqual([int(row["epoch"]) for row in rows], [int(row["epoch"]) for row in log])
        for row, logged in zip(rows, log):
            self.assertAlmostEqual(float(row["test_loss"]) / logged["test_loss"], 1, delta=1e-5)
            self.assertEqual(float(row["test_acc"]), logged["test_acc"])
        summary = json.loads((run / "summary_metrics.json").read_text())
        self.assertEqual(summary["epoch"], 400)
        self.assertEqual(list(summary), list(rows[0]))
        for name, value in rows[-1].items():
            if name != "epoch":
                self.assertEqual(float(value), summary[name], name)

    def test_again_and_with_any_threads_the_same_bytes(self):
        run = self.train()
        self.succeed("analyze", "run")
        first = files_below(run)
        self.succeed("analyze", "run", "--threads", 3)
        self.assertEqual(files_below(run), first)

    def test_json_is_one_document(self):
        self.train()
        result = self.succeed("analyze", "run", "--json", "--quiet")
        document = json.loads(result.stdout)
        self.assertEqual(result.stderr, "")
        self.assertEqual(document["group"]["order"], 6)
        self.assertEqual(len(document["training"]["epoch"]), 5)
        self.assertEqual(len(document["neurons"]["all"]), document["run"]["config"]["layers"]["hidden_dim"])

    def test_final_only_and_out(self):
        run = self.train()
        before = files_below(run)
        self.succeed("analyze", "run", "--final-only", "--out", "figures/a")
        self.assertEqual(files_below(run), before)
        self.assertEqual(sorted(files_below(self.directory / "figures/a")),
                         ["irreps.txt", "key_reps.txt", "report.html", "summary_metrics.json"])

    def test_a_run_that_is_still_training(self):
        run = self.train()
        (run / "model.safetensors").unlink()
        self.succeed("analyze", "run")
        self.assertEqual(json.loads((run / "summary_metrics.json").read_text())["epoch"], 399)

    def test_published_model_as_it_is(self):
        if not (SHARED / "reference").exists():
            self.skipTest("SKIPPED: no shared data")
        model = SHARED / "reference" / "S5_MLP_seed2"
        result = self.succeed("analyze", model, "--out", "s5")
        self.assertIn("key irreps: sign, standard", result.stdout)
        for name in ("irreps.txt", "key_reps.txt"):
            self.assertEqual((self.directory / "s5" / name).read_text(), (model / name).read_text())
        published = json.loads((model / "published_metrics.json").read_text())
        summary = json.loads((self.directory / "s5" / "summary_metrics.json").read_text())
        self.assertEqual(list(summary), list(published))


class AnalyzeBadInput(AnalyzeTest):
    def test_a_bad_checkpoint_among_good_ones_is_named_skipped_and_counted(self):
        run = self.train()
        checkpoint = run / "checkpoints" / "epoch_100.safetensors"
        checkpoint.write_bytes(checkpoint.read_bytes()[:-1])
        result = self.succeed("analyze", "run")
        self.assertIn("epoch_100.safetensors", result.stderr)
        self.assertIn("skipped 1 of 5 checkpoints", result.stderr)
        self.assertEqual(len((run / "metrics.csv").read_text().splitlines()), 5)
        self.assertIn("epoch_100", json.loads(self.succeed("analyze", "run", "--json").stdout)["run"]["skipped_checkpoints"][0])

    def test_a_checkpoint_of_another_shape(self):
        run = self.train()
        self.succeed("train", "s3", "--epochs", 1, "--hidden-dim", 5, "--out", "other")
        shutil.copy(self.directory / "other/model.safetensors", run / "checkpoints/epoch_200.safetensors")
        result = self.succeed("analyze", "run")
        self.assertRegex(result.stderr, r"epoch_200.safetensors: tensor 'W' has shape \(\d+,5\), not")

    def test_what_is_no_run(self):
        self.refuse(2, "no such directory", "analyze", "nowhere")
        (self.directory / "empty").mkdir()
        self.refuse(2, "no cfg.json", "analyze", "empty")
        run = self.train(1)
        model = run / "model.safetensors"
        model.write_bytes(model.read_bytes()[:100])
        self.refuse(2, "model.safetensors", "analyze", "run")
        (run / "cfg.json").write_text("{")
        self.refuse(2, "cfg.json: not JSON", "analyze", "run")

    def test_options(self):
        self.train(1)
        self.refuse(2, "--device", "analyze", "run", "--device", "cuda")
        self.refuse(2, "--off", "analyze", "run", "--off", 2)
        self.refuse(2, "RUN_DIR", "analyze")

    def test_a_directory_that_cannot_be_written(self):
        if os.geteuid() == 0:
            (self.directory / "file").write_text("")
            target = "file/out"
        else:
            (self.directory / "locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
            target = "locked"
        self.train(1)
        result = self.run_program("analyze", "run", "--out", target)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("Losses", result.stdout)  # the figures are shown all the same
        self.assertIn(target, result.stderr)


PROBE_HEAD = """<script>window.failures = [];
window.addEventListener("error", event => failures.push(event.message));
console.error = (...words) => failures.push(words.join(" "));</script>"""
PROBE = """<script>
window.addEventListener("load", () => setTimeout(() => {
  const before = drawn.size;
  drawEverything();
  const lines = () => document.getElementById("progress-0").data.map(trace => trace.name);
  const shownFirst = lines();
  document.querySelector('[data-irrep="sign"]').click();
  const shownAfter = lines();
  const themes = [document.documentElement.dataset.theme];
  document.getElementById("theme").click();
  themes.push(document.documentElement.dataset.theme);
  const order = document.getElementById("order");
  order.value = "by class";
  order.dispatchEvent(new Event("change"));
  const header = document.querySelectorAll("#neuron-table th button")[4];
  header.click();
  document.getElementById("show-none").click();
  const shownNone = lines();
  document.getElementById("show-all").click();
  const operated = [...document.querySelectorAll("#legend button, th button, #theme, select, .controls button, nav a")];
  const outline = element => { element.focus({focusVisible: true}); return getComputedStyle(element).outlineStyle; };
  const variances = [...document.querySelectorAll("#neuron-table tbody tr")].map(row => Number(row.children[4].textContent));
  const result = {failures, shownNone, operated: operated.length,
    unreachable: operated.filter(e => e.offsetParent && (e.tabIndex < 0 || e.disabled)).length, outline: outline(operated[1]),
    names: [...document.getElementById("slice-logits").data[0].y].length, title: document.title,
    definitions: document.querySelectorAll("dt").length,
    footnotes: document.querySelectorAll("#footnotes p").length, before, drawn: drawn.size, figures: figures.size,
    empty: [...figures.keys()].filter(id => !document.querySelector("#" + id + " .main-svg")),
    shownFirst, shownAfter, themes, labels: [...document.querySelectorAll("[role=figure]")].filter(f => f.getAttribute("aria-label")).length,
    firstLabel: document.getElementById("slice-logits").data[0].x[0],
    sorted: variances.every((v, i) => i === 0 || v <= variances[i - 1]),
    cells: document.querySelectorAll("td").length};
  const pre = document.createElement("pre");
  pre.id = "probe";
  pre.textContent = JSON.stringify(result);
  document.body.append(pre);
}, 200));
</script>"""


class ReportInBrowser(AnalyzeTest):
    """Opens the report without a network and clicks."""

    def open(self, page):
        browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not browser:
            self.skipTest("SKIPPED: no chromium")
        probed = self.directory / "probed.html"
        text = page.read_text().replace("<head>", "<head>" + PROBE_HEAD, 1)
        head, _, tail = text.rpartition("</body>")
        probed.write_text(head + PROBE + "</body>" + tail)
        result = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1500,1200",
                                 "--virtual-time-budget=20000", f"--user-data-dir={self.directory / 'profile'}",
                                 "--dump-dom", probed.as_uri()], capture_output=True, text=True, timeout=180)
        found = re.search(r'<pre id="probe">(.*?)</pre>', result.stdout, re.DOTALL)
        self.assertIsNotNone(found, result.stderr[-2000:])
        return json.loads(found.group(1).replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))

    def test_figures_are_drawn_and_clicks_work(self):
        run = self.train(2000)
        self.succeed("analyze", "run")
        if "plotly.js v" not in (run / "report.html").read_text():
            self.skipTest("SKIPPED: built without Plotly's bundle")
        seen = self.open(run / "report.html")
        self.assertEqual(seen["failures"], [])
        self.assertGreater(seen["before"], 0)
        self.assertEqual(seen["drawn"], seen["figures"])
        self.assertEqual(seen["empty"], [])
        self.assertEqual(set(seen["shownFirst"]) - set(seen["shownAfter"]), {"sign"})
        self.assertEqual(sorted(seen["themes"]), ["dark", "light"])
        self.assertEqual(seen["labels"], seen["figures"])
        self.assertEqual(seen["firstLabel"], "()")
        self.assertTrue(seen["sorted"])
        self.assertEqual(seen["shownNone"], [])
        self.assertGreater(seen["operated"], 30)
        self.assertEqual(seen["unreachable"], 0)
        self.assertEqual(seen["outline"], "solid")
        self.assertEqual(seen["names"], 6)
        self.assertEqual(seen["title"], "run: S₃")
        self.assertEqual(seen["footnotes"], 0)
        self.assertGreater(seen["definitions"], 30)
        self.assertGreater(seen["cells"], 100)
        self.assertLess((run / "report.html").stat().st_size, 8 << 20)


if __name__ == "__main__":
    unittest.main()
