"""./train .. --model Transformer: recipes, files and figures that agree with PyTorch, resuming, several seeds, bad input."""

import json
import os
import pathlib
import signal
import subprocess
import time
import unittest

from program import ProgramTest, files_below, read_log, read_safetensors

# Figures by plain PyTorch of the first steps of s3, s4 and s5; see there.
GOLDEN = json.loads((pathlib.Path(os.environ["IRREPLENS_SOURCE_DIR"]) /
                     "tests/engine/model/transformer_start.json").read_text())["runs"]
T = ["--model", "Transformer"]


class Transformer(ProgramTest):
    def config(self, run):
        return json.loads((self.directory / run / "cfg.json").read_text())

    def test_losses_of_every_step(self):
        for golden in GOLDEN:
            with self.subTest(golden["group"]):
                self.succeed("train", golden["group"], *T, "--seed", golden["seed"], "--epochs", 6, "--checkpoint-every", 1,
                             "--out", golden["group"])
                rows = read_log(self.directory / golden["group"])
                self.assertEqual(len(rows), 6)
                for row, losses in zip(rows, golden["losses"]):
                    for ours, theirs in zip((row["train_loss"], row["test_loss"]), losses):
                        # Two float32 computations part by rounding, by more with each step.
                        self.assertAlmostEqual(ours / theirs, 1, delta=2e-7 if row["epoch"] == 0 else 2e-5)

    def test_a_preset_takes_the_transformers_recipe_unless_options_say_otherwise(self):
        self.succeed("train", "d59", *T, "--epochs", 1, "--seed", 3, "--out", "run")
        cfg = self.config("run")
        self.assertEqual({key: cfg[key] for key in ("model", "frac_train", "seed", "split_seed", "lr", "weight_decay",
                                                    "betas", "layers")},
                         {"model": "Transformer", "frac_train": 0.3, "seed": 3, "split_seed": 3, "lr": 0.001,
                          "weight_decay": 1, "betas": [0.9, 0.98], "layers": {}})
        self.succeed("train", "s4", *T, "--epochs", 1, "--frac-train", 0.5, "--lr", 0.002, "--split-seed", 8, "--out", "s4")
        cfg = self.config("s4")
        self.assertEqual((cfg["frac_train"], cfg["lr"], cfg["split_seed"]), (0.5, 0.002, 8))

    def test_files_hold_the_nine_tensors_under_their_published_names(self):
        self.succeed("train", "s3", *T, "--epochs", 2, "--out", "run")
        header, _ = read_safetensors(self.directory / "run/model.safetensors")
        header.pop("__metadata__")
        self.assertEqual({name: entry["shape"] for name, entry in header.items()},
                         {"embed.W_E": [7, 128], "pos_embed.W_pos": [3, 128], "blocks.0.attn.W_Q": [4, 128, 32],
                          "blocks.0.attn.W_K": [4, 128, 32], "blocks.0.attn.W_V": [4, 128, 32],
                          "blocks.0.attn.W_O": [4, 32, 128], "blocks.0.mlp.W_in": [128, 512],
                          "blocks.0.mlp.W_out": [512, 128], "unembed.W_U": [128, 6]})

    def test_a_published_configuration_names_sizes_of_the_mlp_which_mean_nothing(self):
        published = {"lr": 0.001, "num_epochs": 2, "weight_decay": 1, "betas": [0.9, 0.98],
                     "layers": {"embed_dim": 256, "hidden_dim": 128}, "model": "Transformer", "group": "SymmetricGroup",
                     "group_parameter": 3, "frac_train": 0.6, "seed": 1}
        (self.directory / "cfg.json").write_text(json.dumps(published))
        self.succeed("train", "--config", "cfg.json", "--out", "run")
        self.succeed("train", "s3", *T, "--epochs", 2, "--seed", 1, "--out", "preset")
        self.assertEqual((self.directory / "run/model.safetensors").read_bytes(),
                         (self.directory / "preset/model.safetensors").read_bytes())

    def test_s6_trains_in_less_than_1_gb(self):
        arguments = self.command("train", "s6", *T, "--epochs", 1, "--out", "run", "--quiet")
        process = subprocess.Popen(arguments, cwd=self.directory, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        if os.environ.get("IRREPLENS_SANITIZE", "") == "":
            self.assertLess(usage.ru_maxrss, 1_000_000)  # KiB

    def test_threads_do_not_change_the_bits(self):
        for threads in (1, 2, 3):
            self.succeed("train", "s4", *T, "--epochs", 60, "--out", f"run{threads}", "--threads", threads)
        models = [files_below(self.directory / f"run{threads}") for threads in (1, 2, 3)]
        self.assertEqual(models[0], models[1])
        self.assertEqual(models[0], models[2])

    def test_seeds_together_are_each_as_alone_and_a_resumed_run_has_the_same_bits(self):
        short = ["s3", *T, "--epochs", 600, "--checkpoint-every", 100]
        process = subprocess.Popen(self.command("train", *short, "--seeds", "0..1", "--out", "many"), cwd=self.directory,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2000):
            if (self.directory / "many/seed_1/state.safetensors").exists():
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        self.assertIn(process.wait(), (0, 130))
        self.succeed("train", *short, "--seeds", "0..1", "--out", "many")
        for seed in (0, 1):
            self.succeed("train", *short, "--seed", seed, "--out", f"single_{seed}")
            self.assertEqual(files_below(self.directory / f"many/seed_{seed}"),
                             files_below(self.directory / f"single_{seed}"))

    def test_bad_input(self):
        for option in ("--hidden-dim", "--embed-dim"):
            self.refuse(2, option[2:].replace("-", "_") + ": Transformer has no such size", "train", "s5", *T, option, 64)
        self.refuse(2, "unembed_bias: Transformer has none", "train", "s5", *T, "--unembed-bias", "true")
        self.refuse(2, "preset s5-wu has no recipe for the Transformer", "train", "s5-wu", *T)
        self.assertEqual(list(self.directory.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
