"""What ./train says of bad input, of machines without room, and of GPUs that cannot be used."""

import json
import os
import subprocess
import unittest

from program import BIN, ProgramTest, files_below, read_safetensors
from train_commands import config, short


class BadInput(ProgramTest):
    def refuse_untouched(self, code, words, *arguments):
        before = files_below(self.directory)
        self.refuse(code, words, "train", *arguments)
        self.assertEqual(files_below(self.directory), before)
        self.assertFalse((self.directory / "runs").exists())

    def test_command_lines(self):
        for words, arguments in [
                ("name a preset", []),
                ("did you mean 's5'", ["s5x"]),
                ("did you mean 'c113'", ["c13"]),
                ("unknown preset 's9'", ["s9"]),
                ("unknown preset 'nothing'; there are s3, s4", ["nothing"]),
                ("hidden_dim: BilinearNet has no such size; it has embed_dim", ["s5", "--model", "BilinearNet", "--hidden-dim", 3]),
                ("--nonsense", ["s5", "--nonsense"]),
                ("frac_train: 0 ", ["s5", "--frac-train", 0]),
                ("frac_train: 1.5", ["s5", "--frac-train", 1.5]),
                ("frac_train: 1 ", ["s5", "--frac-train", 1]),
                ("frac_train: nan", ["s5", "--frac-train", "nan"]),
                ("empty", ["s3", "--frac-train", 0.01]),
                ("num_epochs: -1", ["s5", "--epochs", -1]),
                ("num_epochs: 0", ["s5", "--epochs", 0]),
                ("--epochs", ["s5", "--epochs", "many"]),
                ("num_epochs", ["s5", "--epochs", "99999999999999999999"]),
                ("embed_dim: 0", ["s5", "--embed-dim", 0]),
                ("hidden_dim: -3", ["s5", "--hidden-dim", -3]),
                ("embed_dim: 1000000", ["s5", "--embed-dim", 1000000]),
                ("lr: -1", ["s5", "--lr", -1]),
                ("lr: inf", ["s5", "--lr", "inf"]),
                ("beta1: 1", ["s5", "--beta1", 1]),
                ("weight_decay: nan", ["s5", "--weight-decay", "nan"]),
                ("checkpoint_every: 0", ["s5", "--checkpoint-every", 0]),
                ("--seed: -1", ["s5", "--seed", -1]),
                ("--split-seed", ["s5", "--split-seed", "18446744073709551616"]),
                ("threads: 0", ["s5", "--threads", 0]),
                ("unknown device 'tpu'", ["s5", "--device", "tpu"]),
                ("missing.json: no such file", ["--config", "missing.json"])]:
            with self.subTest(arguments):
                self.refuse_untouched(2, words, *arguments)

    def test_more_memory_than_there_is(self):
        huge = ["--embed-dim", 65536, "--hidden-dim", 65536]
        self.refuse_untouched(2, "s5 does not fit on the machine: it needs about ", "s5", *huge)
        self.refuse_untouched(2, "; train fewer seeds at once", "s5", "--hidden-dim", 65536, "--seeds", "0..1023")

    @unittest.skipIf(os.environ.get("IRREPLENS_SANITIZE"), "sanitizers open files of their own")
    def test_more_open_files_than_there_may_be(self):
        few = ["prlimit", "--nofile=100:100", *self.command("train", "s3", "--seeds", "0..99", "--out", "run")]
        result = subprocess.run(few, cwd=self.directory, capture_output=True, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("100 runs at once need 164 open files, the limit is 100", result.stderr)
        self.assertEqual(files_below(self.directory), {})

    def test_configurations(self):
        cases = [("field 'lr' is missing", config(lr=None)),
                 ("'seed' must be an integer", config(seed="one")),
                 ("unknown group 'FreeGroup'", config(group="FreeGroup")),
                 ("GiB", config(group_parameter=9)),
                 ("GiB", config(group_parameter=100)),
                 ("GiB", config(group="CyclicGroup", group_parameter=2000000000)),
                 ("group_parameter: 0", config(group_parameter=0)),
                 ("elements: 1 permutations", config(elements=[[0, 1, 2]])),
                 ("repeated", config(elements=[[0, 1, 2]] * 6)),
                 ("permutation", config(elements=[[0, 1, 3]] * 6)),
                 ("layers", config(layers=[])),
                 ("betas", config(betas=[0.9, 0.98, 0.99]))]
        for words, values in cases:
            with self.subTest(words):
                (self.directory / "cfg.json").write_text(json.dumps(values))
                self.refuse_untouched(2, words, "--config", "cfg.json")
        (self.directory / "cfg.json").write_text(json.dumps(config()))
        self.refuse_untouched(2, "name only one", "s4", "--config", "cfg.json")
        (self.directory / "cfg.json").write_text(json.dumps(config(unembed_bais=True)))
        self.refuse_untouched(2, "cfg.json: field 'unembed_bais' is unknown; there are betas, ", "--config", "cfg.json")
        (self.directory / "cfg.json").write_text(json.dumps(config(optimizer=3)))
        self.refuse_untouched(2, "train: cfg.json: field 'optimizer' must be a string, not 3", "--config", "cfg.json")
        (self.directory / "cfg.json").write_text("{")
        self.refuse_untouched(2, "not JSON", "--config", "cfg.json")

    def test_a_state_cut_at_any_length(self):
        self.succeed("train", *short())
        state = self.directory / "run/state.safetensors"
        whole = state.read_bytes()
        for length in [0, 1, 7, 8, 9, 100, len(whole) // 2, len(whole) - 1]:
            state.write_bytes(whole[:length])
            before = files_below(self.directory)
            self.refuse(2, "run/state.safetensors", "train", *short())
            self.assertEqual(files_below(self.directory), before)

    def test_a_state_of_another_run(self):
        self.succeed("train", *short("one", 300))
        self.succeed("train", *short("biased", 300), "--model", "OneLayerMLPwithBias")
        self.succeed("train", *short("seed", 300), "--seed", 9)
        state = self.directory / "one/state.safetensors"
        for words, other in [("its metadata 'model' is 'OneLayerMLPwithBias', not 'OneLayerMLP'", "biased"),
                             ("its metadata 'seed' is '9', not '0'", "seed")]:
            with self.subTest(other):
                state.write_bytes((self.directory / other / "state.safetensors").read_bytes())
                before = files_below(self.directory)
                self.refuse(2, words, "train", *short("one", 300))
                self.assertEqual(files_below(self.directory), before)

    def test_divergence_stops_with_the_epoch_and_keeps_the_last_checkpoint(self):
        result = self.run_program("train", "s4", "--lr", "1e9", "--out", "run", "--quiet")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"^train: training diverged: the loss of epoch \d+ is not finite")
        self.assertFalse((self.directory / "run/model.safetensors").exists())
        for path in (self.directory / "run").glob("*.safetensors"):
            read_safetensors(path)

    def test_an_unwritable_directory(self):
        (self.directory / "file").write_text("")
        self.refuse(1, "file", "train", "s3", "--out", "file/run")
        self.refuse(1, "file", "train", "s3", "--out", "file")
        self.refuse(1, "/proc", "train", "s3", "--out", "/proc/run")

    def test_a_log_that_nobody_reads_stops_nothing(self):
        process = subprocess.Popen(self.command("train", *short()), cwd=self.directory, stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL)
        process.stderr.close()
        self.assertEqual(process.wait(timeout=120), 0)

    def test_figures_that_cannot_be_printed(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run(self.command("train", *short(epochs=3), "--quiet"), cwd=self.directory, stdout=full,
                                    stderr=subprocess.PIPE, text=True, timeout=120)
        self.assertEqual((result.returncode, result.stderr), (1, "train: cannot write to standard output\n"))

    def test_a_full_disk(self):
        disk = self.small_disk("1m")
        arguments = [*short("disk/run"), "--quiet"]
        result = self.run_program("train", *arguments)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertIn("No space left on device", result.stderr)
        for path in (disk / "run").rglob("*.safetensors"):  # whole, or not there
            header, data = read_safetensors(path)
            header.pop("__metadata__")
            self.assertEqual(max(entry["data_offsets"][1] for entry in header.values()), len(data))
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        self.succeed("train", *arguments)
        self.succeed("train", *short())
        self.assertEqual((disk / "run/model.safetensors").read_bytes(),
                         (self.directory / "run/model.safetensors").read_bytes())

    def test_help_and_version(self):
        help_text = self.succeed("train", "--help").stdout
        self.assertIn("Examples:", help_text)
        self.assertIn("--frac-train", help_text)
        self.assertRegex(self.succeed("train", "--version").stdout, r"^train \(irreplens\) \d+\.\d+\.\d+\n$")


class Devices(ProgramTest):
    """What is said of a GPU that cannot be used. A fake driver stands in for one that is too old."""

    FAKE_DRIVER = BIN / "fake_driver"

    def setUp(self):
        super().setUp()
        if not self.FAKE_DRIVER.exists():
            self.skipTest("built without the CUDA backend")

    def train(self, device):
        return subprocess.run(self.command("train", *short(epochs=3), "--device", device), cwd=self.directory,
                              capture_output=True, text=True,
                              env={**os.environ, "LD_LIBRARY_PATH": str(self.FAKE_DRIVER)})

    def test_a_driver_that_is_too_old_is_named_with_both_versions(self):
        result = self.train("cuda")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"^train: cuda: the NVIDIA driver is for CUDA 11\.4; this program needs one "
                                        r"for CUDA \d+\.\d+ or newer\n$")
        self.assertEqual(files_below(self.directory), {})

    def test_auto_takes_the_cpu_then(self):
        self.assertEqual(self.train("auto").returncode, 0)


if __name__ == "__main__":
    unittest.main()
