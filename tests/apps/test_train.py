"""./train as its users meet it: figures that agree with PyTorch, run directories, interruption, seeds."""

import json
import os
import pty
import random
import select
import signal
import struct
import subprocess
import time
import unittest

from program import ProgramTest, files_below, read_log, read_safetensors
from train_commands import LONG, config, short


class Figures(ProgramTest):
    """Losses and accuracies by PyTorch 1.13's notebook loop (float32, CPU), for the same seeds."""

    SMALL = ["--embed-dim", 33, "--hidden-dim", 17]
    CASES = [  # arguments, epoch, train loss, test loss, train accuracy, test accuracy, relative tolerance
        (["s5", "--epochs", 1], 0, 4.788640449630546, 4.789846160405907, 51 / 5760, 69 / 8640, 1e-6),
        (["s5", "--seed", 11, "--split-seed", 4, "--frac-train", 0.3, "--epochs", 1, *SMALL],
         0, 4.7958090340348125, 4.796901988723076, 33 / 4320, 86 / 10080, 1e-6),
        (["s4", "--lr", 1e-3, "--epochs", 1], 0, 3.1770496202106893, 3.187602048209054, 12 / 345, 7 / 231, 1e-6),
        (["s4", "--lr", 1e-3, "--seed", 5, "--split-seed", 3, "--frac-train", 0.4, "--epochs", 201, *SMALL],
         200, 2.5306837022159345, 3.791067989299391, 70 / 230, 2 / 346, 1e-3),
        (["s3", "--epochs", 1], 0, 1.8016799610936496, 1.7887624411314509, 6 / 32, 0, 1e-6),
        (["s3", "--seed", 7, "--split-seed", 3, "--frac-train", 0.5, "--epochs", 101, *SMALL],
         100, 1.230309411435858, 2.3442064759534578, 15 / 18, 0, 1e-3),
    ]

    def test_losses_and_accuracies(self):
        for arguments, epoch, train_loss, test_loss, train_acc, test_acc, tolerance in self.CASES:
            with self.subTest(arguments):
                self.succeed("train", *arguments, "--out", "run", "--overwrite")
                row = read_log(self.directory / "run")[-1]
                self.assertEqual(row["epoch"], epoch)
                self.assertAlmostEqual(row["train_loss"] / train_loss, 1, delta=tolerance)
                self.assertAlmostEqual(row["test_loss"] / test_loss, 1, delta=tolerance)
                self.assertAlmostEqual(row["train_acc"], train_acc, delta=1e-12)
                self.assertAlmostEqual(row["test_acc"], test_acc, delta=1e-12)

    def test_s5_after_500_epochs(self):
        self.succeed("train", "s5", "--epochs", 501, "--out", "run")
        row = read_log(self.directory / "run")[-1]  # published: .09221563697684555, 19.694246244583418
        self.assertAlmostEqual(row["train_loss"] / 0.09221563697684555, 1, delta=0.03)
        self.assertAlmostEqual(row["test_loss"] / 19.694246244583418, 1, delta=0.03)

    @unittest.skipIf(os.environ.get("IRREPLENS_SANITIZE"), "sanitizers take memory of their own")
    def test_s5_fits_in_200_mb(self):
        process = subprocess.Popen(self.command("train", "s5", "--epochs", 3, "--out", "run", "--quiet"),
                                   cwd=self.directory, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        self.assertLess(usage.ru_maxrss, 200_000)  # KB

    def test_s3_groks(self):
        self.succeed("train", "s3", "--out", "run")
        self.assertEqual(read_log(self.directory / "run")[-1]["test_acc"], 1)


class RunDirectory(ProgramTest):
    def test_files_of_a_run(self):
        self.succeed("train", "s3", "--epochs", 12, "--checkpoint-every", 5)
        run = self.directory / "runs/s3"
        self.assertEqual([row["epoch"] for row in read_log(run)], [0, 5, 10, 11])
        self.assertEqual({p.name for p in (run / "checkpoints").iterdir()},
                         {f"epoch_{e}.safetensors" for e in (0, 5, 10, 11)})
        cfg = json.loads((run / "cfg.json").read_text())
        self.assertEqual(cfg["elements"], [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]])
        self.assertEqual((cfg["group"], cfg["group_parameter"]), ("SymmetricGroup", 3))
        header, data = read_safetensors(run / "model.safetensors")
        metadata = header.pop("__metadata__")
        self.assertEqual((metadata["group"], metadata["epoch"]), ("SymmetricGroup(3)", "11"))
        self.assertEqual({name: entry["shape"] for name, entry in header.items()},
                         {"W_x": [6, 128], "W_y": [6, 128], "W": [256, 64], "W_U": [64, 6]})
        self.assertEqual(max(entry["data_offsets"][1] for entry in header.values()), len(data))
        self.assertEqual(data, read_safetensors(run / "checkpoints/epoch_11.safetensors")[1])

    def test_python_reads_our_weights(self):
        try:
            from safetensors import safe_open
        except ImportError:
            self.skipTest("Python's safetensors package is not installed")
        self.succeed("train", "s3", "--epochs", 1, "--out", "run")
        with safe_open(self.directory / "run/model.safetensors", "np") as file:
            self.assertEqual(file.get_tensor("W_U").shape, (64, 6))
            self.assertEqual(file.metadata()["epoch"], "0")

    def test_a_finished_run_says_so_and_changes_nothing(self):
        self.succeed("train", *short())
        before = files_below(self.directory)
        self.assertIn("is finished", self.succeed("train", *short()).stdout)
        self.assertEqual(files_below(self.directory), before)

    def test_another_configuration_is_refused_and_changes_nothing(self):
        self.succeed("train", *short())
        before = files_below(self.directory)
        self.refuse(2, "lr 0.001, not 0.5", "train", *short(), "--lr", 0.5)
        self.assertEqual(files_below(self.directory), before)
        self.succeed("train", *short(), "--lr", 0.5, "--overwrite")

    def test_a_published_configuration(self):
        (self.directory / "cfg.json").write_text(json.dumps(config()))
        self.succeed("train", "--config", "cfg.json")
        written = json.loads((self.directory / "runs/s3/cfg.json").read_text())
        for name, value in config().items():
            self.assertEqual(written[name], value)
        self.assertEqual(written["split_seed"], 2)

    def test_other_families(self):
        for group, parameter, order in (("CyclicGroup", 7, 7), ("DihedralGroup", 5, 10), ("AlternatingGroup", 4, 12)):
            (self.directory / "cfg.json").write_text(json.dumps(config(group=group, group_parameter=parameter)))
            self.succeed("train", "--config", "cfg.json", "--out", group)
            header, _ = read_safetensors(self.directory / group / "model.safetensors")
            self.assertEqual(header["W_x"]["shape"], [order, 8])

    def test_threads_do_not_change_the_bits(self):
        for threads in (1, 2, 3):
            self.succeed("train", *short(f"run{threads}"), "--threads", threads)
        models = [files_below(self.directory / f"run{threads}") for threads in (1, 2, 3)]
        self.assertEqual(models[0], models[1])
        self.assertEqual(models[0], models[2])


class Interruption(ProgramTest):
    def start(self, *arguments, **options):
        return subprocess.Popen(self.command("train", *arguments), cwd=self.directory, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def wait_for(self, path):
        for _ in range(1000):
            if (self.directory / path).exists():
                return
            time.sleep(0.01)
        self.fail(f"{path} never appeared")

    def test_ctrl_c_saves_and_the_resumed_run_has_the_same_bits(self):
        self.succeed("train", *short("whole", 20000))
        whole = files_below(self.directory / "whole")
        for stop in (signal.SIGINT, signal.SIGTERM):
            run = f"run_{stop}"
            process = self.start(*short(run, 20000))
            self.wait_for(f"{run}/state.safetensors")
            process.send_signal(stop)
            _, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130, errors)
            self.assertIn("interrupted and saved after epoch", errors)
            self.assertIn("resuming after epoch", self.succeed("train", *short(run, 20000)).stderr)
            self.assertEqual(files_below(self.directory / run), whole)

    def test_kill_9_at_random_moments_loses_nothing_but_time(self):
        self.succeed("train", *short("whole", 10000))
        rng = random.Random(int(os.environ.get("IRREPLENS_SEED", "1")))
        for _ in range(int(os.environ.get("IRREPLENS_KILLS", "8"))):
            process = self.start(*short(epochs=10000))
            time.sleep(rng.uniform(0.0, 0.2))
            process.kill()
            process.communicate()
        self.succeed("train", *short(epochs=10000))
        self.assertEqual(files_below(self.directory / "run"), files_below(self.directory / "whole"))

    def test_a_second_process_is_refused(self):
        process = self.start(*LONG)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)  # first
        self.wait_for("run/state.safetensors")
        self.refuse(1, "another process is working on it", "train", *LONG)

    def test_progress_on_a_terminal_is_one_bar(self):
        leader, follower = pty.openpty()
        process = subprocess.Popen(self.command("train", "s4", "--out", "run", "--epochs", 4000),
                                   cwd=self.directory, stdout=subprocess.PIPE, stderr=follower,
                                   env={**os.environ, "NO_COLOR": "1"})
        os.close(follower)
        shown = b""
        while select.select([leader], [], [], 60)[0]:
            try:
                shown += os.read(leader, 4096)
            except OSError:  # the program has closed its end
                break
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertIn("steps/s", shown.decode())
        self.assertIn(b"left", shown)
        self.assertNotIn(b"\n", shown)
        self.assertTrue(all(len(line) < 80 for line in shown.decode().split("\r\x1b[K")), shown)
        self.assertNotIn(b"\x1b[36m", shown)  # NO_COLOR

    def test_progress_without_a_terminal_is_a_line_per_checkpoint(self):
        result = self.succeed("train", *short())
        self.assertEqual(result.stderr.count("\n"), 21)
        self.assertNotIn("\r", result.stderr)
        self.assertEqual(self.succeed("train", *short(), "--overwrite", "--quiet").stderr, "")


class Seeds(ProgramTest):
    """Several seeds at once write what each of them writes alone."""

    def single(self, seed, epochs=600):
        self.succeed("train", *short(f"single_{seed}", epochs), "--seed", seed)
        return files_below(self.directory / f"single_{seed}")

    def test_each_run_equals_its_single_run(self):
        result = self.succeed("train", *short("many", 600), "--seeds", "2..3,7")
        self.assertEqual(result.stdout.count("600 epochs"), 3)
        for seed in (2, 3, 7):
            self.assertEqual(files_below(self.directory / f"many/seed_{seed}"), self.single(seed))

    def test_runs_that_stand_at_different_epochs_are_brought_together(self):
        many = ["--seeds", "0,4,5"]
        self.succeed("train", *short("many/seed_4", 600), "--seed", 4)
        process = subprocess.Popen(self.command("train", *short("many/seed_5", 600), "--seed", 5),
                                   cwd=self.directory, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.wait()
        result = self.succeed("train", *short("many", 600), *many)
        self.assertIn("seed_4 is finished", result.stdout)
        for seed in (0, 4, 5):
            self.assertEqual(files_below(self.directory / f"many/seed_{seed}"), self.single(seed))

    def test_ctrl_c_saves_all(self):
        process = subprocess.Popen(self.command("train", *LONG, "--seeds", "0..2"), cwd=self.directory,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(1000):
            if (self.directory / "run/seed_2/state.safetensors").exists():
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, errors)
        states = [read_safetensors(self.directory / f"run/seed_{seed}/state.safetensors")[0] for seed in range(3)]
        self.assertEqual(len({state["__metadata__"]["updates"] for state in states}), 1)

    def test_a_seed_that_diverges_is_named_and_the_others_finish(self):
        arguments = [*short("run", 20000), "--seeds", "0..2", "--quiet"]
        process = subprocess.Popen(self.command("train", *arguments), cwd=self.directory, stderr=subprocess.DEVNULL)
        for _ in range(1000):
            if (self.directory / "run/seed_2/state.safetensors").exists():
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(), 130)
        state = self.directory / "run/seed_1/state.safetensors"
        header, data = read_safetensors(state)
        at = header["W_U"]["data_offsets"][0] + len(state.read_bytes()) - len(data)
        content = bytearray(state.read_bytes())
        content[at:at + 4] = struct.pack("<f", float("inf"))
        state.write_bytes(content)
        before = files_below(self.directory / "run/seed_1")
        result = self.run_program("train", *arguments)
        self.assertEqual(result.returncode, 1)
        epoch = header["__metadata__"]["updates"]
        self.assertEqual(result.stderr, f"train: training diverged: the loss of seed 1 at epoch {epoch} is not finite; "
                                        "a smaller lr may help\n")
        self.assertEqual(result.stdout.count("20000 epochs"), 2)
        self.assertEqual(files_below(self.directory / "run/seed_1"), before)
        self.assertEqual(files_below(self.directory / "run/seed_2"), self.single(2, 20000))

    def test_bad_lists(self):
        for words, seeds in [("runs backwards", "5..2"), ("'x' is no seed", "x"), ("'' is no seed", "1,,2"),
                             ("'' is no seed", "1.."), ("--seeds", ""), ("'-1' is no seed", "-1..3"),
                             ("named twice", "1..3,2"), ("more than 1024", "0..1024"),
                             ("more than 1024", "0..18446744073709551615"),
                             ("is no seed", "18446744073709551616")]:
            with self.subTest(seeds):
                self.refuse(2, words, "train", "s3", f"--seeds={seeds}")
                self.assertEqual(files_below(self.directory), {})
        self.refuse(2, "exclude each other", "train", "s3", "--seeds", "1", "--seed", "2")


if __name__ == "__main__":
    unittest.main()
