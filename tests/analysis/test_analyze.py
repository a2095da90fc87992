"""./analyze as its users meet it: the files that it writes, bad input, and its report in a browser."""

import contextlib
import csv
import json
import math
import os
import pathlib
import pty
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(os.environ["IRREPLENS_SOURCE_DIR"]) / "tests" / "apps"))
from program import ProgramTest, files_below, read_log, read_safetensors  # noqa: E402

SHARED = pathlib.Path(os.environ.get("IRREPLENS_SHARED", os.environ["IRREPLENS_SOURCE_DIR"] + "/../shared"))
WRITTEN = ["circuits.json", "irreps.txt", "key_reps.txt", "key_reps_in_order.txt", "metrics.csv", "report.html", "summary_metrics.json"]


def report_data(page):
    """The document that report.html carries."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL).group(1))


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
                         ["circuits.json", "irreps.txt", "key_reps.txt", "report.html", "summary_metrics.json"])

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
        """Losses are those that training logged, from other code; a transformer alone has attention."""
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
                self.assertIn("Losses", self.succeed("analyze", out, "--quiet").stdout)

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


class AnalyzedCircuits(AnalyzeTest):
    def test_default_views_and_how_to_get_the_rest(self):
        run = self.train()
        result = self.succeed("analyze", "run", "--final-only")
        for heading in ("Cosets:", "Rho-sets:", "--views irreps,cosets,rho,interventions"):
            self.assertIn(heading, result.stdout)
        circuits = json.loads((run / "circuits.json").read_text())
        self.assertEqual(len(circuits["coset"]["classes"]), 4)
        self.assertEqual(circuits["coset"]["subgroups"], 6)
        self.assertIsNone(circuits["nulls"])
        self.assertIsNone(circuits["interventions"])
        self.assertEqual(report_data(run / "report.html")["circuits"]["coset"]["neurons"], circuits["coset"]["neurons"])

    def test_every_number_of_the_interventions_beside_its_null(self):
        run = self.train()
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,cosets,rho,interventions", "--draws", 20)
        self.assertIn("Against 20 random draws each", result.stdout)
        circuits = json.loads((run / "circuits.json").read_text())
        self.assertEqual(sorted(circuits["interventions"]), ["absolute_value", "base", "negate_both", "negate_left", "negate_right",
                         "noise_-1_1", "noise_0_0.1", "noise_0_1", "noise_1_1", "swap"])
        nulls = circuits["nulls"]
        self.assertEqual((nulls["draws"], nulls["seed"]), (20, 0))
        self.assertEqual(sorted(nulls["untrained"]["interventions"]), sorted(circuits["interventions"]))
        for control in nulls["random_functions"].values():
            for name in ("restricted", "excluded"):
                self.assertLessEqual(control[name]["5%"], control[name]["median"])
                self.assertLessEqual(control[name]["median"], control[name]["95%"])
                self.assertGreaterEqual(control[name]["p"], 1 / 21)
        steps = [step for step in circuits["coset"]["ablation"] if step["removed"] > 0]
        self.assertEqual([step["removed"] for step in nulls["random_neurons"]["ablation"]], [step["removed"] for step in steps])
        first = (run / "circuits.json").read_bytes()
        self.succeed("analyze", "run", "--final-only", "--views", "interventions,rho,cosets", "--draws", 20, "--threads", 3)
        again = json.loads((run / "circuits.json").read_text())
        self.assertEqual(again["interventions"], circuits["interventions"])
        self.assertNotEqual(first, b"")

    def test_a_certificate_is_made_on_demand_and_shown_while_it_is_the_weights_own(self):
        run = self.train()
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,certificate")
        self.assertRegex(result.stdout, r"A table certificate proves [\d,]+ of 36 pairs .* than brute force's|as many as brute force's")
        self.succeed("certify", "--check", run / "certificate.json", "run")
        claim = json.loads((run / "certificate.json").read_text())["claim"]
        made = json.loads((run / "circuits.json").read_text())["certificate"]
        self.assertEqual((made["certified"], made["pairs"], made["operations"], made["margin"], made["stored"]),
                         (claim["certified"], claim["pairs"], claim["operations"], claim["margin"], False))
        result = self.succeed("analyze", "run", "--final-only")
        self.assertIn("A table certificate claims", result.stdout)
        self.assertIn("./certify --check", result.stdout)
        found = json.loads((run / "circuits.json").read_text())["certificate"]
        self.assertTrue(found["stored"])
        self.assertEqual(found["brute_operations"], made["brute_operations"])
        self.assertEqual(report_data(run / "report.html")["circuits"]["certificate"], found)
        document = json.loads(self.succeed("analyze", "run", "--final-only", "--json").stdout)
        self.assertEqual(document["circuits"]["certificate"], found)

        self.succeed("train", "s3", "--epochs", 300, "--seed", 2, "--out", "other", "--quiet")
        shutil.copy(run / "certificate.json", self.directory / "other/certificate.json")
        result = self.succeed("analyze", "other", "--final-only")
        self.assertIn("certificate.json is no certificate of these weights, by its field 'weights_sha256'", result.stdout)
        circuits = json.loads((self.directory / "other/circuits.json").read_text())
        self.assertIsNone(circuits["certificate"])
        self.assertIn("--views irreps,cosets,rho,certificate", result.stdout)

    def test_circuits_of_a_transformer(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 301, "--out", "run", "--quiet")
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,cosets,rho,interventions", "--draws", 10)
        self.assertIn("Not covered", result.stdout)
        circuits = json.loads((self.directory / "run/circuits.json").read_text())
        self.assertEqual(len(circuits["coset"]["neurons"]), 512)
        self.assertEqual(sorted(circuits["interventions"]), ["absolute_value", "base", "negate_both", "noise_-1_1", "noise_0_0.1",
                                                            "noise_0_1", "noise_1_1"])
        self.assertEqual(sorted(circuits["nulls"]["untrained"]["interventions"]), sorted(circuits["interventions"]))
        for section in ("rho_sets", "ideal_bound", "certificate"):
            self.assertIsNone(circuits[section])
        document = json.loads(self.succeed("analyze", "run", "--final-only", "--json").stdout)
        final, trained = document["final"], int(document["run"]["config"]["frac_train"] * 36)
        for key in ("loss", "acc"):  # of all pairs, from those of the split
            mean = (trained * final[f"train_{key}"] + (36 - trained) * final[f"test_{key}"]) / 36
            self.assertAlmostEqual(circuits["interventions"]["base"][key], mean, delta=1e-6 * (1 + mean))
        self.assertEqual(document["circuits"]["coset"]["census"], circuits["coset"]["census"])

    def test_the_certificate_of_a_transformer(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 301, "--out", "run", "--quiet")
        run = self.directory / "run"
        self.assertIn("--views irreps,cosets,rho,certificate", self.succeed("analyze", "run", "--final-only").stdout)
        self.succeed("certify", "run")
        claim = json.loads((run / "certificate.json").read_text())["claim"]
        result = self.succeed("analyze", "run", "--final-only")
        self.assertRegex(result.stdout, r"A brute certificate claims \d+ of 36 pairs")
        found = json.loads((run / "circuits.json").read_text())["certificate"]
        self.assertEqual((found["method"], found["certified"], found["operations"], found["brute_operations"], found["stored"]),
                         ("brute", claim["certified"], claim["operations"], claim["operations"], True))
        self.assertEqual(report_data(run / "report.html")["circuits"]["certificate"], found)
        (run / "certificate.json").unlink()
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,certificate")
        self.assertIn("A brute certificate proves ", result.stdout)
        self.succeed("certify", "--check", run / "certificate.json", "run")
        self.assertFalse(json.loads((run / "circuits.json").read_text())["certificate"]["stored"])
        self.succeed("train", "s3", "--model", "BilinearNet", "--epochs", 1, "--out", "bilinear", "--quiet")
        self.refuse(2, "not of this run's BilinearNet", "analyze", "bilinear", "--views", "irreps,certificate")

    def test_circuits_alone(self):
        self.train()
        result = self.succeed("analyze", "run", "--views", "cosets", "--out", "figures", "--json")
        self.assertEqual(sorted(files_below(self.directory / "figures")), ["circuits.json"])
        circuits = json.loads(result.stdout)
        self.assertEqual(circuits, json.loads((self.directory / "figures/circuits.json").read_text()))
        self.assertIsNone(circuits["rho_sets"])

    def test_bad_views(self):
        self.train(1)
        self.refuse(2, "no view 'coset'; there are irreps, cosets, rho, interventions", "analyze", "run", "--views", "coset")
        self.refuse(2, "--views names no view", "analyze", "run", "--views", "")
        self.refuse(2, "--draws 0: it must be in 1..", "analyze", "run", "--draws", 0)
        self.refuse(2, "--subgroups 0: it must be in 1..", "analyze", "run", "--subgroups", 0)

    def test_more_subgroups_than_the_limit(self):
        run = self.train(1)
        result = self.succeed("analyze", "run", "--subgroups", 3)
        self.assertIn("at least 5 subgroups, more than the limit of 3", result.stdout)
        circuits = json.loads((run / "circuits.json").read_text())
        self.assertIsNone(circuits["coset"])
        self.assertEqual(len(circuits["notes"]), 1)


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

    def test_transformers_of_other_makes(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 1, "--out", "run", "--quiet")
        model = self.directory / "run/model.safetensors"
        header, data = read_safetensors(model)
        header.pop("__metadata__", None)

        def changed(name, shape, values=None):
            """The file with one more tensor, or this one in the place of its own; without it if there is no shape."""
            tensors, bytes_ = dict(header), data
            tensors.pop(name, None)
            if shape is not None:
                new = struct.pack(f"<{math.prod(shape)}f", *(values or [0.0] * math.prod(shape)))
                tensors[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(new)]}
                bytes_ = data + new
            packed, chunks = {}, []
            for key, entry in tensors.items():
                start, end = entry["data_offsets"]
                at = sum(map(len, chunks))
                chunks.append(bytes_[start:end])
                packed[key] = dict(entry, data_offsets=[at, at + end - start])
            text = json.dumps(packed).encode()
            model.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(chunks))

        changed("blocks.0.mlp.b_in", [512])  # zeros are no bias
        self.succeed("analyze", "run", "--quiet")
        for words, *change in [
                ("tensor 'blocks.0.mlp.b_in' has the value 0.5; this transformer has no biases", "blocks.0.mlp.b_in", [512],
                 [0.5] * 512),
                ("tensor 'blocks.1.attn.W_K' (4,128,32) is of a second layer; this transformer has one", "blocks.1.attn.W_K",
                 [4, 128, 32]),
                ("tensor 'blocks.0.attn.W_Q' has shape (8,128,16), not (4,128,32)", "blocks.0.attn.W_Q", [8, 128, 16]),
                ("tensor 'blocks.0.mlp.W_in' has shape (128,256), not (128,512)", "blocks.0.mlp.W_in", [128, 256]),
                ("no tensor 'blocks.0.attn.W_V'", "blocks.0.attn.W_V", None),
                ("tensor 'ln_final.w' (128) is not one of Transformer's embed.W_E, ", "ln_final.w", [128]),
                ("tensor 'x_embed' differs from embed.W_E, whose other name it is", "x_embed", [7, 128])]:
            with self.subTest(words):
                changed(*change)
                self.refuse(2, words, "analyze", "run")

    def test_models_of_other_makes(self):
        run = self.train(1)
        model = run / "model.safetensors"
        good = model.read_bytes()
        header, data = read_safetensors(model)

        def write(header, data):
            text = json.dumps(header).encode()
            model.write_bytes(len(text).to_bytes(8, "little") + text + data)

        header.pop("__metadata__", None)
        write({name + "_": entry for name, entry in header.items()}, data)
        self.refuse(2, "no tensor 'W_x'", "analyze", "run")
        huge = {name: dict(entry, shape=[2**40, 2**40]) for name, entry in header.items()}
        write(huge, data)
        self.refuse(2, "model.safetensors", "analyze", "run")
        start = header["W"]["data_offsets"][0]
        for value in (float("nan"), float("inf"), float("-inf")):
            write(header, data[:start] + struct.pack("<f", value) + data[start + 4:])
            self.refuse(2, "model.safetensors: tensor 'W' is not finite at (0,0)", "analyze", "run")
        model.write_bytes((2**63 - 1).to_bytes(8, "little") + b"{}")
        self.refuse(2, "model.safetensors", "analyze", "run")
        model.write_bytes(good)
        self.succeed("analyze", "run")

    def test_a_model_that_asks_for_code(self):
        run = self.train(1)
        (run / "model.safetensors").unlink()
        shutil.rmtree(run / "checkpoints")
        witness = self.directory / "witness"
        with zipfile.ZipFile(run / "model.pt", "w") as file:
            file.writestr("archive/data.pkl", b"cos\nsystem\n(X" + len(f"touch {witness}").to_bytes(4, "little") +
                          f"touch {witness}".encode() + b"tR.")
        self.refuse(2, "asks for os.system, which no state dict needs; nothing was run", "analyze", "run")
        self.assertFalse(witness.exists())
        with zipfile.ZipFile(run / "model.pt", "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("archive/data.pkl", bytes(1 << 26))
        self.refuse(2, "is compressed", "analyze", "run")

    def test_configurations(self):
        run = self.train(1)
        good = json.loads((run / "cfg.json").read_text())
        rotations = [[(i + k) % 6 for i in range(6)] for k in range(6)]
        cyclic = {"group": "CyclicGroup", "group_parameter": 6}
        (run / "cfg.json").write_text(json.dumps({**good, **cyclic, "elements": rotations}))
        self.succeed("analyze", "run", "--quiet")
        for change, words in [({"elements": rotations}, "another group than s3"), (cyclic, "another group than c6"),
                              ({"group": "DihedralGroup", "elements": rotations}, "another group than d3"),
                              ({"lr": "x" * 1000}, "'lr' must be a number"), ({"group": None}, "'group' is missing"), ({"layers": None}, "'layers' is missing"),
                              ({"group_parameter": "three"}, "'group_parameter' must be an integer"),
                              ({"group_parameter": 4, "elements": None}, "has shape (6,128), not (24,128)"),
                              ({"group_parameter": 13, "elements": None}, "does not fit"),
                              ({"group": "Monster"}, "unknown group 'Monster'"), ({"frac_train": 2}, "frac_train"),
                              ({"layers": {"embed_dim": 2**31 - 1, "hidden_dim": 1}}, "embed_dim"),
                              ({"elements": [[0, 1, 2]] * 6}, "repeated"), ({"elements": [[0, 1, 5]] * 6}, "point 5")]:
            changed = {name: value for name, value in {**good, **change}.items() if value is not None}
            (run / "cfg.json").write_text(json.dumps(changed))
            with self.subTest(change):
                self.refuse(2, words, "analyze", "run")

    def test_odd_files_do_not_hang(self):
        run = self.train()
        os.mkfifo(run / "checkpoints" / "epoch_7.safetensors")
        (run / "checkpoints" / "epoch_8.pt").symlink_to("/dev/zero")
        (run / "checkpoints" / "epoch_9.pt").mkdir()
        result = self.succeed("analyze", "run", timeout=60)
        self.assertEqual(result.stderr.count("not a regular file"), 3)
        self.assertIn("skipped 3 of 8 checkpoints", result.stderr)

    def test_options(self):
        self.train(1)
        for words, *arguments in [("auto, cpu or cuda", "--device", "tpu"), ("--off", "--off", 2), ("--off", "--off", "nan"),
                                  ("--before-relu", "--before-relu", 1.5), ("--after-relu", "--after-relu", -0.1),
                                  ("threads", "--threads", 0), ("threads", "--threads", "x"), ("--bogus", "--bogus")]:
            with self.subTest(arguments):
                self.refuse(2, words, "analyze", "run", *arguments)
        self.refuse(2, "RUN_DIR", "analyze")

    def test_a_configuration_nested_too_deep_to_print(self):
        run = self.train(1)
        config = (run / "cfg.json").read_text()
        for field in ("lr", "seed", "model"):
            with self.subTest(field):
                (run / "cfg.json").write_text(re.sub(f'"{field}":[^,]*', f'"{field}":' + "[" * 200000 + "]" * 200000, config))
                self.refuse(2, f"'{field}' must be", "analyze", "run")

    def test_a_gpu_gives_the_same_or_one_line_says_what_is_missing(self):
        self.train(1)
        result = self.run_program("analyze", "run", "--device", "cuda", "--json", "--quiet")
        if result.returncode == 0:
            expected = json.loads(self.succeed("analyze", "run", "--device", "cpu", "--json", "--quiet").stdout)
            measured = json.loads(result.stdout)["final"]
            for name, value in expected["final"].items():
                self.assertAlmostEqual(measured[name], value, delta=1e-9 * max(1, abs(value)))
        else:
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, r"^analyze: cuda: .+\n$")
            self.assertFalse((self.directory / "run" / "report.html").exists())

    def cannot_write(self, target, *arguments):
        """The figures are shown all the same, and one line says what could not be written and why."""
        result = self.run_program("analyze", "run", "--quiet", *arguments)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("Losses", result.stdout)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(f"cannot write {target}", result.stderr)
        self.assertEqual(list(self.directory.rglob("*.partial")), [])

    def test_a_directory_that_cannot_be_written(self):
        self.train(1)
        (self.directory / "file").write_text("")
        self.cannot_write("into file/out", "--out", "file/out")
        self.cannot_write("into file", "--out", "file")
        if os.geteuid() != 0:  # root may write anywhere
            (self.directory / "locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
            self.cannot_write("locked", "--out", "locked")

    def test_a_file_that_cannot_be_written(self):
        run = self.train()
        for name in WRITTEN:
            for written in WRITTEN:
                (run / written).unlink(missing_ok=True)
            (run / name).mkdir()
            self.cannot_write(f"run/{name}")
            (run / name).rmdir()
        self.succeed("analyze", "run")

    def test_a_full_disk(self):
        self.train()
        small = self.directory / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", small], capture_output=True).returncode != 0:
            self.skipTest("SKIPPED: cannot mount a small file system")
        self.addCleanup(subprocess.run, ["umount", small], check=False)
        self.cannot_write("small/report.html", "--out", "small", "--views", "irreps")
        self.assertTrue((small / "metrics.csv").read_text().endswith("\n"))

    def test_standard_output_that_is_full(self):
        self.train(1)
        with open("/dev/full", "w") as full:
            for arguments in ([], ["--json"]):
                result = subprocess.run(self.command("analyze", "run", "--quiet", *arguments), cwd=self.directory,
                                        stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(result.returncode, 1)
                self.assertEqual(result.stderr, "analyze: cannot write to standard output\n")


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
    heads: document.querySelectorAll("#head-table tbody tr").length,
    looks: ["look-a", "look-b", "look-equals"].filter(id => figures.has(id)).reduce((total, id) => total +
      document.getElementById(id).data[0].z.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0), 0),
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

    def test_a_transformers_attention_is_drawn(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 301, "--checkpoint-every", 100, "--out", "run")
        run = self.directory / "run"
        self.succeed("analyze", "run")
        if "plotly.js v" not in (run / "report.html").read_text():
            self.skipTest("SKIPPED: built without Plotly's bundle")
        seen = self.open(run / "report.html")
        self.assertEqual(seen["failures"], [])
        self.assertEqual(seen["drawn"], seen["figures"])
        self.assertEqual(seen["empty"], [])
        self.assertEqual(seen["heads"], 12)  # four heads, three tokens
        self.assertAlmostEqual(seen["looks"], 36, delta=1e-3)  # the three weights of a pair sum to 1
        self.assertEqual(seen["footnotes"], 1)

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
