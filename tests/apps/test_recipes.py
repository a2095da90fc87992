"""Every model and every recipe that ./train knows goes, step by step, as PyTorch has it."""

import json
import pathlib
import subprocess
import sys
import unittest

from program import ProgramTest, read_log

EPOCHS = 6
SMALL = ["s4", "--embed-dim", 33, "--seed", 5, "--split-seed", 3]
MLP = ["--hidden-dim", 17]
CASES = {
    "mlp": SMALL + MLP,
    "mlp_with_bias": SMALL + MLP + ["--model", "OneLayerMLPwithBias"],
    "bilinear": SMALL + ["--model", "BilinearNet"],
    "adam_all_biases_exempt": (SMALL + MLP + ["--model", "OneLayerMLPwithBias", "--unembed-bias", "true",
                                              "--decay-biases", "false", "--optimizer", "adam",
                                              "--weight-decay", 2e-2, "--lr", 1e-2]),
    "bilinear_adam_bias": (SMALL + ["--model", "BilinearNet", "--unembed-bias", "true", "--optimizer", "adam",
                                    "--weight-decay", 1e-2]),
    "s5-stander": ["s5-stander"],
    "s5-wu": ["s5-wu"],
}
HERE = pathlib.Path(__file__).resolve().parent
# [train loss, test loss] of each epoch, by pytorch_recipes.py under PyTorch 1.13.1 (float32, CPU).
GOLDEN = json.loads((HERE / "recipes_by_pytorch.json").read_text())


def by_pytorch(config):
    """None where PyTorch is not installed."""
    result = subprocess.run([sys.executable, HERE / "pytorch_recipes.py", config, str(EPOCHS)], capture_output=True,
                            text=True)
    return json.loads(result.stdout) if result.returncode == 0 else None


class Recipes(ProgramTest):
    def losses(self, name):
        self.succeed("train", *CASES[name], "--epochs", EPOCHS, "--checkpoint-every", 1, "--out", name)
        return [[row["train_loss"], row["test_loss"]] for row in read_log(self.directory / name)]

    def require_equal(self, name, ours, theirs):
        self.assertEqual(len(ours), EPOCHS)
        for epoch, (here, there) in enumerate(zip(ours, theirs)):
            for a, b in zip(here, there):
                # Two float32 computations part by rounding, by more with each step.
                self.assertAlmostEqual(a / b, 1, delta=2e-7 if epoch == 0 else 2e-5, msg=f"{name}, epoch {epoch}")

    def test_losses_of_every_step(self):
        for name in CASES:
            with self.subTest(name):
                ours = self.losses(name)
                self.require_equal(name, ours, GOLDEN[name])
                theirs = by_pytorch(self.directory / name / "cfg.json")
                if theirs is not None:
                    self.require_equal(name, ours, theirs)


if __name__ == "__main__":
    unittest.main()
