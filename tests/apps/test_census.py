"""./census as its users meet it: its files, runs that it cannot count, and its page in a browser."""

import csv
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from browser import BrowserTest
from planted_runs import plant
from program import SHARED, ProgramTest, files_below

WRITTEN = ["census.csv", "census.html", "census.json", "table.tex"]
KEPT = ["census_record.json", "irreps.txt", "key_reps.txt", "key_reps_in_order.txt", "summary_metrics.json"]


def plant_census_run(directory, group="SymmetricGroup", parameter=3, seed=1, grokked_at=400, hidden=2, version="test"):
    """A finished run and its curve."""
    plant(directory, group, parameter, seed, embed=2, hidden=hidden, **({"version": version} if version else {}))
    log = ["epoch,train_loss,test_loss,train_acc,test_acc"]
    for epoch in range(0, 1001, 100):
        log.append(f"{epoch},1,1,1,{1 if grokked_at is not None and epoch >= grokked_at else 0.25}")
    (directory / "training.csv").write_text("\n".join(log) + "\n")
    return directory


class CensusTest(ProgramTest):
    def plant_three(self):
        for seed, grokked_at in [(1, 400), (2, None), (10, 900)]:
            plant_census_run(self.directory / f"runs/S3_MLP_seed{seed}", seed=seed, grokked_at=grokked_at)
        return self.directory / "runs"

    def rows(self, out):
        with open(out / "census.csv", newline="") as file:
            return list(csv.DictReader(file))


class CensusFiles(CensusTest):
    def test_files_rows_and_what_is_kept(self):
        runs = self.plant_three()
        before = files_below(runs)
        result = self.succeed("census", "runs")
        self.assertIn("S3 MLP", result.stdout)
        self.assertIn("3 runs, 3 analysed now; wrote runs/census.html", result.stderr)
        after = files_below(runs)
        expected = WRITTEN + [f"{run.name}/{name}" for run in runs.glob("S3*") for name in KEPT]
        self.assertEqual(sorted(set(after) - set(before)), sorted(expected))
        self.assertEqual({name: after[name] for name in before}, before)
        rows = self.rows(runs)
        self.assertEqual([row["run"] for row in rows], ["S3_MLP_seed1", "S3_MLP_seed2", "S3_MLP_seed10"])
        self.assertEqual([row["grokked_at"] for row in rows], ["400", "", "900"])
        self.assertEqual(list(rows[0])[:7], ["run", "group", "model", "seed", "epochs", "grokked_at", "key_reps"])
        for row in rows:
            summary = json.loads((runs / row["run"] / "summary_metrics.json").read_text())
            figures = {key: value for key, value in summary.items() if "_rep" not in key}
            self.assertEqual(list(row)[7:], sorted(figures))
            for key, value in figures.items():
                self.assertEqual(float(row[key]) if value is not None else math.nan, value if value is not None else math.nan, key)
            self.assertEqual(row["key_reps"].split(), (runs / row["run"] / "key_reps.txt").read_text().split())

    def test_again_and_with_any_threads_the_same_bytes(self):
        runs = self.plant_three()
        self.succeed("census", "runs", "--threads", 1)
        first = files_below(runs)
        self.assertIn("0 analysed now", self.succeed("census", "runs", "--threads", 3).stderr)
        self.assertEqual(files_below(runs), first)
        for record in runs.glob("*/census_record.json"):
            record.unlink()
        self.assertIn("3 analysed now", self.succeed("census", "runs", "--threads", 3).stderr)
        self.assertEqual(files_below(runs), first)

    def test_json_is_one_document_and_links_lead_to_reports(self):
        self.plant_three()
        self.succeed("analyze", "runs/S3_MLP_seed2", "--quiet")
        result = self.succeed("census", "runs", "--json", "--quiet", "--out", "figures/a")
        document = json.loads(result.stdout)
        self.assertEqual(result.stderr, "")
        self.assertEqual(sorted(files_below(self.directory / "figures/a")), WRITTEN)
        self.assertEqual(json.loads((self.directory / "figures/a/census.json").read_text()), document)
        links = {run["run"]: run["report"] for run in document["runs"]}
        self.assertEqual(links, {"S3_MLP_seed1": None, "S3_MLP_seed2": "../../runs/S3_MLP_seed2/report.html", "S3_MLP_seed10": None})
        self.assertTrue((self.directory / "figures/a" / links["S3_MLP_seed2"]).exists())
        population = document["populations"][0]
        self.assertEqual((population["name"], population["runs"], population["grokked_runs"]), ("S3 MLP", 3, 2))
        self.assertEqual([step["epoch"] for step in population["times"]["curve"]], [400, 900, 1000])

    def test_published_models(self):
        if not (SHARED / "reference").exists():
            self.skipTest("SKIPPED: no shared data")
        result = self.run_program("census", SHARED / "reference", "--out", "out", timeout=600)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        rows = {row["run"]: row for row in self.rows(self.directory / "out")}
        for name in ("A5_MLP_seed1", "C113_MLP_seed1", "D59_MLP_seed1", "S5_MLP_seed2", "S6_MLP_seed1"):
            exact = json.loads((SHARED / "reference" / name / "exact.json").read_text())
            for key, value in exact.items():
                if isinstance(value, float):
                    self.assertAlmostEqual(float(rows[name][key]), value, delta=1e-9 + 1e-5 * abs(value), msg=f"{name} {key}")
            self.assertEqual(sorted(rows[name]["key_reps"].split()), sorted(exact["key_reps"]))
        self.assertIn("Footnote *: published figures of A5 MLP", result.stdout)
        self.assertNotIn("published figures of S5 MLP", result.stdout)


TITLES = {"test_loss": ("Test Loss", "{:.2e}"), "total_hidden_excluded_loss": ("Exc. Loss", "{:.2f}"),
          "total_hidden_restricted_loss": ("Res. Loss", "{:.2e}"), "percent_logits_explained": ("Logit FVE", "{:.2%}"),
          "percent_x_embed_explained": ("$W_a$ FVE", "{:.2%}"), "percent_y_embed_explained": ("$W_b$ FVE", "{:.2%}"),
          "percent_unembed_explained": ("$W_U$ FVE", "{:.2%}"), "percent_hidden_explained": ("MLP FVE", "{:.2%}"),
          "percent_hidden_xy_explained": ("MLP $\\rho(ab)$ FVE", "{:.2%}")}


def rows_of(table):
    """The rows of a LaTeX table as lists of cells, from its titles on."""
    rows = [line.removesuffix(" \\\\").split(" & ") for line in table.splitlines() if line.endswith(" \\\\")]
    return [row for row in rows if "multicolumn" not in "".join(row)]


class CensusTable(CensusTest):
    """table.tex beside what the published table script makes of the run directories."""

    def setUp(self):
        super().setUp()
        try:
            import pandas
        except ImportError:
            self.skipTest("SKIPPED: no pandas")
        self.pandas = pandas

    def runs_with_census(self):
        for seed in (1, 2, 3, 4):
            plant_census_run(self.directory / f"runs/S3_MLP_seed{seed}", seed=seed)
            plant_census_run(self.directory / f"runs/C7_MLP_seed{seed}", group="CyclicGroup", parameter=7, seed=seed)
        for seed in (1, 2):
            self.succeed("train", "s3", "--model", "Transformer", "--epochs", 21, "--checkpoint-every", 10, "--seed", seed,
                         "--out", f"runs/S3_T_seed{seed}", "--quiet")
        self.succeed("analyze", "runs/S3_T_seed1", "--quiet")  # so that its order of appearance is known
        self.succeed("census", "runs", "--quiet")
        return self.directory / "runs"

    def of_census(self, runs):
        """(group, model, seed) -> title -> cell, and the same of means by (group, model)."""
        means, _, every = (runs / "table.tex").read_text().split("\\end{tabular}")
        titles, *rows = rows_of(every)
        by_run = {tuple(row[:3]): dict(zip(titles[3:], row[3:], strict=True)) for row in rows}
        titles, *rows = rows_of(means)
        halves = {"MLP": slice(1, 9), "T": slice(9, 16)}
        by_group = {(row[0], model): dict(zip(titles[half], row[half], strict=True)) for row in rows
                    for model, half in halves.items() if any(row[half])}
        for model, cells in [(key[1], cells) for table in (by_run, by_group) for key, cells in table.items()]:
            if model == "T":  # it has one embedding
                cells.pop("$W_b$ FVE", None)
                cells["$W_E$ FVE"] = cells.pop("$W_a$ FVE", None) or cells["$W_E$ FVE"]
        return by_run, by_group

    def by_pandas(self, runs):
        """The same from summary_metrics.json and key_reps_in_order.txt; a run without either is a failure."""
        rows = []
        for run in sorted(path for path in runs.iterdir() if path.is_dir()):
            group, model, seed = run.name.split("_")
            summary = json.loads((run / "summary_metrics.json").read_text())
            keys = [key.strip() for key in (run / "key_reps_in_order.txt").read_text().splitlines()]
            keys = [re.sub("freq_|[as][56]_", "", key).replace("_", "-") for key in keys]
            rows.append({"Group": group, "Model": model, "Seed": seed.removeprefix("seed"), "Key Irreps": ", ".join(keys),
                         **{title: summary[key] for key, (title, _) in TITLES.items()}})
        table = self.pandas.DataFrame(rows)
        means = table.groupby(["Group", "Model"])[[title for title, _ in TITLES.values()]].mean().drop(columns="Logit FVE")
        cells = []
        for frame in (table.set_index(["Group", "Model", "Seed"]), means):
            for title, form in TITLES.values():
                if title in frame:
                    frame[title] = frame[title].map(form.format).str.replace("%", "\\%", regex=False)
            cells.append(frame.to_dict("index"))
            for key, row in cells[-1].items():
                if key[1] == "T":
                    del row["$W_b$ FVE"]
                    row["$W_E$ FVE"] = row.pop("$W_a$ FVE")
        return cells

    def test_the_numbers_are_those_of_pandas(self):
        runs = self.runs_with_census()
        by_run, by_group = self.of_census(runs)
        expected_runs, expected_groups = self.by_pandas(runs)
        self.maxDiff = None
        self.assertEqual(len(expected_runs), 10)
        self.assertEqual(by_run, expected_runs)
        self.assertEqual(by_group, expected_groups)

    def test_the_numbers_are_those_of_the_published_script(self):
        if "IRREPLENS_PUBLISHED_TABLES" not in os.environ:
            self.skipTest("SKIPPED: IRREPLENS_PUBLISHED_TABLES names no copy of the published tables.py")
        by_run, by_group = self.of_census(self.runs_with_census())
        (self.directory / "runs").rename(self.directory / "batch_experiments")
        results = self.directory / "paper/universality_results"
        results.mkdir(parents=True)
        shutil.copy(os.environ["IRREPLENS_PUBLISHED_TABLES"], self.directory / "paper/tables.py")
        ran = subprocess.run([sys.executable, "tables.py"], cwd=self.directory / "paper", capture_output=True, text=True)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertNotIn("failed to parse", ran.stdout)
        forms = dict(TITLES.values())
        compared = 0
        for name, model in (("mlp", "MLP"), ("transformer", "T")):
            for file in (f"{name}_all", f"{name}_avg"):
                for row in self.pandas.read_csv(results / f"{file}.csv", dtype=str, keep_default_na=False).to_dict("records"):
                    group = re.sub(r"[${}_]", "", row.pop("Group"))
                    ours = by_run[group, model, re.sub(r"\D", "", row.pop("Seed"))] if file.endswith("all") else by_group[group, model]
                    for title, cell in row.items():
                        form = forms.get(title, "{}")
                        cell = form.format(float(cell)).replace("%", "\\%") if re.fullmatch(r"[-+.\de]+", cell) and title in forms else cell
                        self.assertEqual(ours[title], cell, (file, group, title))
                        compared += 1
        self.assertGreater(compared, 100)


class CensusBadInput(CensusTest):
    def test_broken_foreign_and_half_written_runs_are_named_skipped_and_counted(self):
        runs = self.plant_three()
        model = runs / "S3_MLP_seed2/model.safetensors"
        model.write_bytes(model.read_bytes()[:-3])
        (plant_census_run(runs / "half", seed=5) / "model.safetensors").unlink()
        plant_census_run(runs / "no_config", seed=6)
        (runs / "no_config/cfg.json").unlink()
        (runs / "nothing").mkdir()
        (runs / "pictures").mkdir()
        (runs / "pictures/a.png").write_bytes(b"")
        result = self.run_program("census", "runs")
        self.assertEqual(result.returncode, 1, result.stderr)
        for words in ("skipped runs/S3_MLP_seed2: model.safetensors", "skipped runs/half: no model.safetensors",
                      "skipped runs/no_config: no cfg.json", "skipped runs/nothing: an empty directory", "skipped 4 of 6 runs"):
            self.assertIn(words, result.stderr)
        self.assertNotIn("pictures", result.stderr)
        self.assertEqual([row["run"] for row in self.rows(runs)], ["S3_MLP_seed1", "S3_MLP_seed10"])
        self.assertEqual(len(json.loads((runs / "census.json").read_text())["skipped"]), 4)

    def test_directories_that_cannot_be_read_are_skipped_wherever_they_lie(self):
        runs = self.plant_three()
        closed = plant_census_run(self.directory / "closed", seed=4)
        for directory in (closed, plant_census_run(runs / "below", seed=5)):
            directory.chmod(0)
            self.addCleanup(directory.chmod, 0o700)
        command = self.command("census", closed, closed / "deeper", runs, "--out", "out")
        if os.geteuid() == 0:  # whom no mode keeps out
            if shutil.which("setpriv") is None:
                self.skipTest("SKIPPED: root may read everywhere, and there is no setpriv")
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
            for path in (self.directory, *runs.glob("S3*")):
                os.chown(path, 65534, 65534)
        result = subprocess.run(command, cwd=self.directory, capture_output=True, text=True)
        self.assertEqual(result.returncode, 1, result.stderr)
        for name in (closed, closed / "deeper", runs / "below"):
            self.assertIn(f"census: skipped {name}: Permission denied\n", result.stderr)
        self.assertIn("census: 3 runs, 3 analysed now", result.stderr)
        self.assertIn("skipped 3 of 6 runs", result.stderr)

    def test_nothing_to_count(self):
        self.refuse(2, "nowhere: no such directory", "census", "nowhere")
        (self.directory / "some").mkdir()
        (self.directory / "some/file").write_text("")
        result = self.refuse(2, "no run to count in some: 0 skipped", "census", "some")
        self.assertEqual(sorted(files_below(self.directory)), ["some/file"], result.stderr)
        self.refuse(2, "DIR", "census")
        self.plant_three()
        for words, *arguments in [("threads", "--threads", 0), ("--bogus", "--bogus"), ("auto, cpu or cuda", "--device", "tpu")]:
            with self.subTest(arguments):
                self.refuse(2, words, "census", "runs", *arguments)

    def test_odd_files_do_not_hang(self):
        runs = self.plant_three()
        os.mkfifo(runs / "S3_MLP_seed1/census_record.json")
        (plant_census_run(runs / "pipe", seed=8) / "training.csv").unlink()
        os.mkfifo(runs / "pipe/training.csv")
        (plant_census_run(runs / "zero", seed=9) / "model.safetensors").unlink()
        (runs / "zero/model.safetensors").symlink_to("/dev/zero")
        (runs / "loop").symlink_to(runs)
        result = self.run_program("census", "runs", timeout=60)
        self.assertEqual(result.returncode, 1)
        self.assertIn("skipped 2 of 5 runs", result.stderr)

    def test_directories_that_cannot_be_written(self):
        runs = self.plant_three()
        (self.directory / "file").write_text("")
        result = self.run_program("census", "runs", "--out", "file/out", "--quiet")
        self.assertEqual(result.returncode, 1)
        self.assertIn("S3 MLP", result.stdout)
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertIn("cannot write into file/out", result.stderr)
        (runs / "S3_MLP_seed1/census_record.json").unlink()
        (runs / "S3_MLP_seed1/census_record.json").mkdir()
        result = self.succeed("census", "runs")
        self.assertIn("1 run will be analysed again next time: cannot write runs/S3_MLP_seed1/census_record.json", result.stderr)

    def test_standard_output_that_is_full(self):
        self.plant_three()
        with open("/dev/full", "w") as full:
            result = subprocess.run(self.command("census", "runs", "--quiet"), cwd=self.directory, stdout=full,
                                    stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, "census: cannot write to standard output\n")

    def test_interrupted_in_the_middle(self):
        for seed in range(400):
            plant_census_run(self.directory / f"runs/{seed}", group="CyclicGroup", parameter=60, seed=seed, version="test")
        process = subprocess.Popen(self.command("census", "runs", "--threads", 1), cwd=self.directory, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        while len(list(self.directory.glob("runs/*/census_record.json"))) < 5 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, error)
        self.assertEqual(out, "")
        self.assertRegex(error, r"^census: interrupted; \d+ runs analysed, no census written; the same command goes on\n$")
        kept = len(list(self.directory.glob("runs/*/census_record.json")))
        self.assertEqual(int(re.search(r"\d+", error).group()), kept)
        self.assertFalse((self.directory / "runs/census.csv").exists())
        self.assertIn(f"400 runs, {400 - kept} analysed now", self.succeed("census", "runs").stderr)


PROBE = """<script>
window.addEventListener("load", () => {
  const opened = performance.now();
  drawEverything();
  fillRuns();
  const complete = performance.now();
  const change = (id, value) => {
    const select = document.getElementById(id);
    select.value = value;
    select.dispatchEvent(new Event("change"));
  };
  const names = () => document.getElementById("column-boxes").data.map(trace => trace.name);
  const shownFirst = names();
  document.querySelector('[data-population="0"]').click();
  const shownAfter = names();
  document.getElementById("show-all").click();
  const themes = [document.documentElement.dataset.theme];
  document.dispatchEvent(new KeyboardEvent("keydown", {key: "t"}));
  themes.push(document.documentElement.dataset.theme);
  change("map-order", "grokked");
  change("column", "2");
  const map = document.getElementById("map").data[0];
  const header = [...document.querySelectorAll("#run-table th button")].find(button => button.textContent === "Test Loss");
  header.click();
  const place = header.parentElement.cellIndex;
  const losses = [...document.querySelectorAll("#run-table tbody tr")].map(row => Number(row.children[place].textContent));
  const rows = losses.length;
  change("run-population", "0");
  const operated = [...document.querySelectorAll("#legend button, th button, #theme, select, .controls button, nav a, .scroll")];
  const outline = element => { element.focus({focusVisible: true}); return getComputedStyle(element).outlineStyle; };
  for (const irrep of populations[chosenPopulation()].irreps) {  // as wide as figures of a hundred runs are
    const wide = [0.5234, 0.4312, 0.6123];
    Object.assign(irrep, {name: "standard_sign", key_runs: 100, ordered_runs: 100, key: wide, key_of_grokked: wide, first: wide,
      rank: [1.571, 1.234, 2.345], neurons: [100.5, 110.5, 120.5]});
  }
  fillPopulation();
  const result = {failures, opened, complete, shownFirst, shownAfter, themes, rows, mapRows: map.z.length, mapColumns: map.x.length,
    sorted: losses.every((v, i) => i === 0 || v <= losses[i - 1]), rowsOfFirst: document.querySelectorAll("#run-table tbody tr").length,
    drawn: drawn.size, empty: [...figures.keys()].filter(id => !document.querySelector("#" + id + " .main-svg")),
    labels: [...document.querySelectorAll("[role=figure]")].filter(f => f.getAttribute("aria-label")).length,
    unreachable: operated.filter(e => e.offsetParent && (e.tabIndex < 0 || e.disabled)).length, outline: outline(operated[0]),
    title: document.title, links: [...document.querySelectorAll("#run-table a")].map(a => a.getAttribute("href")),
    boxes: document.getElementById("column-boxes").data.length, askew: [...document.querySelectorAll("table")].flatMap(table =>
      [...table.tHead.rows[0].cells].filter((th, i) => table.tBodies[0].rows.length > 0 &&
        getComputedStyle(th).textAlign !== getComputedStyle(table.tBodies[0].rows[0].cells[i]).textAlign).map(th => th.textContent)),
    irrepsOverWidth: document.getElementById("irrep-table").scrollWidth - document.getElementById("irrep-table").clientWidth,
    skipped: document.getElementById("skipped").hidden};
  const pre = document.createElement("pre");
  pre.id = "probe";
  pre.textContent = JSON.stringify(result);
  document.body.append(pre);
});
</script>"""


class CensusInBrowser(CensusTest, BrowserTest):
    """Opens the page without a network and clicks."""

    probe = PROBE

    def test_ten_runs(self):
        for seed in range(1, 8):
            plant_census_run(self.directory / f"runs/S3_MLP_seed{seed}", seed=seed, grokked_at=100 * seed if seed < 6 else None)
        for seed in range(1, 4):
            plant_census_run(self.directory / f"runs/C5_MLP_seed{seed}", group="CyclicGroup", parameter=5, seed=seed, version="")
        (self.directory / "runs/C5_MLP_seed2").rename(self.directory / "runs/C5 #2: 100%?")
        self.succeed("analyze", "runs/C5 #2: 100%?", "--quiet")
        self.succeed("census", "runs")
        seen = self.probed(self.directory / "runs/census.html", "--window-size=1400,1200")
        self.assertEqual(seen["failures"], [])
        self.assertEqual(seen["drawn"], 4)
        self.assertEqual(seen["labels"], 4)
        self.assertEqual(seen["empty"], [])
        self.assertEqual(seen["shownFirst"], ["C5 MLP (published)", "S3 MLP"])
        self.assertEqual(seen["shownAfter"], ["S3 MLP"])
        self.assertEqual(sorted(seen["themes"]), ["dark", "light"])
        self.assertEqual((seen["rows"], seen["rowsOfFirst"], seen["mapRows"]), (10, 3, 7))
        self.assertTrue(seen["sorted"])
        self.assertEqual(seen["unreachable"], 0)
        self.assertEqual(seen["outline"], "solid")
        self.assertEqual(seen["links"], ["C5%20%232%3A%20100%25%3F/report.html"])
        self.assertEqual(seen["askew"], [])
        self.assertLessEqual(seen["irrepsOverWidth"], 0)
        self.assertEqual(seen["title"], "Census of 10 runs")
        self.assertTrue(seen["skipped"])

    def test_two_thousand_runs(self):
        for seed in range(1000):
            plant_census_run(self.directory / f"runs/S3_MLP_seed{seed}", seed=seed, grokked_at=seed // 100 * 100 if seed < 900 else None)
        for seed in range(900):
            plant_census_run(self.directory / f"runs/D7_MLP_seed{seed}", group="DihedralGroup", parameter=7, seed=seed)
        for seed in range(100):
            plant_census_run(self.directory / f"runs/C61_MLP_seed{seed}", group="CyclicGroup", parameter=61, seed=seed)
        self.succeed("census", "runs", timeout=600)
        page = self.directory / "runs/census.html"
        self.assertLess(page.stat().st_size, 20 << 20)
        seen = self.probed(page)
        self.assertEqual(seen["failures"], [])
        self.assertEqual(seen["empty"], [])
        self.assertEqual((seen["rows"], seen["boxes"], seen["mapRows"]), (2000, 3, 1000))
        self.assertLess(seen["opened"], 3000)
        print(f"2,000 runs: {page.stat().st_size / 1e6:.1f} MB, open after {seen['opened']:.0f} ms, all figures and tables drawn after "
              f"{seen['complete']:.0f} ms")


if __name__ == "__main__":
    unittest.main()
