"""./analyze as its users meet it: the files that it writes, interruption, its bar."""

import contextlib
import csv
import json
import math
import os
import pty
import signal
import struct
import subprocess
import time
import unittest

from analyze_program import WRITTEN, AnalyzeTest, report_data
from program import SHARED, files_below, read_log


class AnalyzedRun(AnalyzeTest):
    def test_training_anew_leaves_nothing_of_an_analysis(self):
        run = self.train()
        trained = sorted(files_below(run))
        self.succeed("analyze", "run", "--views", "irreps,cosets,rho,interventions,certificate")
        self.succeed("census", "run", "--out", "figures", "--quiet")
        self.assertGreater(len(files_below(run)), len(trained) + len(WRITTEN))
        self.succeed("train", "s3", "--epochs", 400, "--checkpoint-every", 100, "--out", "run", "--seed", 5, "--overwrite")
        self.assertEqual(sorted(files_below(run)), trained)

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
                         ["circuits.json", "irreps.txt", "key_reps.txt", "key_reps_in_order.txt", "report.html", "summary_metrics.json"])
        self.assertEqual(files_below(self.directory / "figures/a")["key_reps_in_order.txt"],
                         files_below(self.directory / "figures/a")["key_reps.txt"])

    def test_a_run_that_is_still_training(self):
        run = self.train()
        (run / "model.safetensors").unlink()
        self.succeed("analyze", "run")
        self.assertEqual(json.loads((run / "summary_metrics.json").read_text())["epoch"], 399)

    def test_published_models_as_they_are(self):
        """Every published key under its name, no other, and footnotes exactly where published figures are wrong."""
        if not (SHARED / "reference").exists():
            self.skipTest("SKIPPED: no shared data")
        footnoted = {"A5_MLP_seed1": "a5_3d_a and a5_3d_b", "C113_MLP_seed1": "hidden-layer figures of cyclic groups"}
        footnoted["A5_T_seed1"] = footnoted["A5_MLP_seed1"]
        for model in sorted((SHARED / "reference").iterdir()):
            with self.subTest(model.name):
                out = self.directory / model.name
                result = self.succeed("analyze", model, "--out", model.name, timeout=600)
                if model.name != "A5_T_seed1":  # it came with a key irrep that is none
                    self.assertEqual((out / "key_reps.txt").read_text(), (model / "key_reps.txt").read_text())
                listed = (model / "irreps.txt").read_text().split()  # of S6 the published code knew six
                self.assertEqual([name for name in (out / "irreps.txt").read_text().split() if name in listed], listed)
                published = json.loads((model / "published_metrics.json").read_text())
                summary = json.loads((out / "summary_metrics.json").read_text())
                self.assertEqual(sorted(set(published) - set(summary)), [])
                if model.name.startswith("S5"):
                    self.assertEqual(list(summary), list(published))
                footnote = footnoted.get(model.name)
                document = report_data(out / "report.html")
                for text in (result.stdout, " ".join(document["footnotes"])):
                    self.assertEqual("defective basis" in text, footnote is not None)
                    self.assertEqual("sum_of_squared_weights of transformers is 0" in text, "_T_" in model.name)
                    self.assertIn(footnote or "", text)
                self.assertLess((out / "report.html").stat().st_size, 8 << 20)

    def test_footnotes_of_transformers(self):
        for name, parameter, count in [("AlternatingGroup", 5, 3), ("CyclicGroup", 5, 2), ("DihedralGroup", 3, 1)]:
            config = {"lr": 0.001, "num_epochs": 1, "weight_decay": 1, "betas": [0.9, 0.98], "model": "Transformer",
                      "layers": {"embed_dim": 256, "hidden_dim": 128}, "group": name, "group_parameter": parameter,
                      "frac_train": 0.5, "seed": 1}
            (self.directory / "cfg.json").write_text(json.dumps(config))
            self.succeed("train", "--config", "cfg.json", "--out", name)
            self.assertEqual(self.succeed("analyze", name).stdout.count("Footnote: "), count, name)

    def test_footnotes_in_the_document(self):
        for name, parameter, count in [("AlternatingGroup", 5, 1), ("CyclicGroup", 5, 1), ("DihedralGroup", 3, 0),
                                       ("SymmetricGroup", 3, 0)]:
            config = {"lr": 0.001, "num_epochs": 1, "weight_decay": 1, "betas": [0.9, 0.98], "model": "OneLayerMLP",
                      "layers": {"embed_dim": 4, "hidden_dim": 4}, "group": name, "group_parameter": parameter,
                      "frac_train": 0.5, "seed": 1}
            (self.directory / "cfg.json").write_text(json.dumps(config))
            self.succeed("train", "--config", "cfg.json", "--out", name)
            document = json.loads(self.succeed("analyze", name, "--json").stdout)
            self.assertEqual(len(document["footnotes"]), count, name)
            self.assertEqual(self.succeed("analyze", name).stdout.count("Footnote: "), count, name)


    def test_every_model_that_train_knows(self):
        """Losses are those that training logged, from other code; a transformer alone has attention, and a bilinear
        network alone no relu."""
        for model, bias in [("OneLayerMLP", True), ("OneLayerMLPwithBias", True), ("OneLayerMLPwithBias", False),
                            ("BilinearNet", True), ("BilinearNet", False), ("Transformer", False)]:
            with self.subTest(model=model, bias=bias):
                out = f"{model}_{bias}"
                self.succeed("train", "s3", "--model", model, "--unembed-bias", "true" if bias else "false", "--epochs", 41,
                             "--checkpoint-every", 20, "--out", out, "--quiet")
                document = json.loads(self.succeed("analyze", out, "--json", "--quiet").stdout)
                log = read_log(self.directory / out)
                for epoch, loss, accuracy, row in zip(document["training"]["epoch"], document["training"]["metrics"]["test_loss"],
                                                      document["training"]["metrics"]["test_acc"], log, strict=True):
                    self.assertEqual(epoch, row["epoch"])
                    self.assertAlmostEqual(loss / row["test_loss"], 1, delta=1e-5)
                    self.assertEqual(accuracy, row["test_acc"])
                self.assertEqual(document["attention"] is not None, model == "Transformer")
                self.assertEqual(len(document["neurons"]["all"]),
                                 {"Transformer": 512, "BilinearNet": document["run"]["config"]["layers"].get("embed_dim")}.get(
                                     model, document["run"]["config"]["layers"].get("hidden_dim")))
                for head in document["attention"] or []:
                    self.assertAlmostEqual(sum(token["mean"] for token in head["tokens"]), 1, delta=1e-12)
                tables = self.succeed("analyze", out, "--quiet").stdout
                self.assertIn("Losses", tables)
                place, other = ("product", "relu") if model == "BilinearNet" else ("relu", "product")
                self.assertEqual(document["neurons"]["stages"], {"before": f"before the {place}", "after": f"after the {place}"})
                for stage in document["neurons"]["stages"].values():
                    self.assertIn(f"  {stage}  ", tables)
                self.assertNotIn(f"the {other}", tables)

    def write_activations(self, **tensors):
        """A safetensors file of (shape, values)."""
        header, data = {}, b""
        for name, (shape, values) in tensors.items():
            content = struct.pack(f"<{len(values)}f", *values)
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
            data += content
        text = json.dumps(header).encode()
        (self.directory / "a.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + data)

    def test_activations_of_a_perfect_network(self):
        """Logits 9 at a + b and 0 elsewhere on C_3: one irrep, half of which each class's indicator is."""
        logits = [9.0 if (a + b) % 3 == c else 0.0 for a in range(3) for b in range(3) for c in range(3)]
        self.write_activations(logits=([3, 3, 3], logits))
        arguments = ("analyze", "--activations", "a.safetensors", "--group", "c3")
        document = json.loads(self.succeed(*arguments, "--json", "--out", "o").stdout)
        self.assertEqual(document["irreps"], {"all": ["trivial", "freq_1"], "key": ["freq_1"]})
        loss = math.log(1 + 2 * math.exp(-9))
        self.assertAlmostEqual(document["final"]["all_loss"], loss, delta=1e-15)
        self.assertAlmostEqual(document["final"]["logit_freq_1_rep_trace_similarity"], 1, delta=1e-12)
        self.assertAlmostEqual(document["final"]["total_logit_restricted_loss"], loss, delta=1e-15)
        self.assertNotIn("train_loss", document["final"])
        self.assertEqual(sorted(files_below(self.directory / "o")), ["irreps.txt", "key_reps.txt", "summary_metrics.json"])
        self.assertEqual(json.loads((self.directory / "o/summary_metrics.json").read_text()), document["final"])
        self.assertIn("key irreps: freq_1", self.succeed(*arguments).stdout)
        split = json.loads(self.succeed(*arguments, "--json", "--frac-train", 0.5, "--split-seed", 3).stdout)["final"]
        self.assertAlmostEqual(split["train_loss"], loss, delta=1e-15)
        self.assertAlmostEqual(split["total_logit_excluded_loss"], math.log(3), delta=1e-12)

    def test_activations_that_are_wrong(self):
        self.write_activations(logits=([3, 3, 3], [0.0] * 27))
        for words, *arguments in [("--activations requires --group", "--activations", "a.safetensors"),
                                  ("has shape (3,3,3), not (4,4,4)", "--activations", "a.safetensors", "--group", "c4"),
                                  ("monster", "--activations", "a.safetensors", "--group", "monster"),
                                  ("frac_train", "--activations", "a.safetensors", "--group", "c3", "--frac-train", 2),
                                  ("excludes", "run", "--activations", "a.safetensors", "--group", "c3"),
                                  ("no.safetensors", "--activations", "no.safetensors", "--group", "c3")]:
            with self.subTest(words):
                self.refuse(2, words, "analyze", *arguments)


class LongAnalysis(AnalyzeTest):
    def many_checkpoints(self, count):
        self.succeed("train", "s5", "--epochs", 1, "--out", "run")
        for epoch in range(1, count):
            os.link(self.directory / "run/model.safetensors", self.directory / f"run/checkpoints/epoch_{epoch}.safetensors")
        return self.directory / "run"

    def test_interrupted_in_the_middle(self):
        run = self.many_checkpoints(400)
        before = sorted(files_below(run))
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(self.command("analyze", "run"), cwd=self.directory, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            time.sleep(1)
            process.send_signal(signal_number)
            out, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130, error)
            self.assertEqual(out, "")
            self.assertEqual(error, "analyze: interrupted; nothing was written\n")
            self.assertEqual(sorted(files_below(run)), before)

    def test_a_bar_on_a_terminal_only(self):
        self.many_checkpoints(30)
        self.assertEqual(self.succeed("analyze", "run").stderr,
                         "analyze: wrote run/report.html and the files beside it\n")
        ours, theirs = pty.openpty()
        process = subprocess.Popen(self.command("analyze", "run"), cwd=self.directory, stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # what a terminal's end raises when the other has closed
            while chunk := os.read(ours, 4096):
                shown += chunk
        os.close(ours)
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown.decode(), r"\d+%  \d+s left")
        self.assertRegex(shown.decode(), r"\r\x1b\[Kanalyze: wrote run/report.html[^\r]*\r\n$")


if __name__ == "__main__":
    unittest.main()
