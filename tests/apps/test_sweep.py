"""./sweep as its users meet it: which runs a file is, what is recorded, limits of the system, bad input."""

import json
import os
import pty
import resource
import select
import shutil
import subprocess
import time
import unittest

from program import PATIENCE, files_below
from sweep_program import SweepTest, small


class SweepRuns(SweepTest):
    def test_each_run_has_the_files_that_train_writes(self):
        self.write({"preset": "s3", "epochs": 300, "checkpoint_every": 100, "seeds": "1..2", "hidden_dim": [32, 64]},
                   {"preset": "s4", "epochs": 40, "model": ["OneLayerMLP", "BilinearNet"], "lr": 0.01, "seeds": [3]})
        result = self.succeed("sweep", "sweep.json")
        self.assertEqual(result.stdout, "runs/sweep: 6 runs, 6 done\n")
        self.assertEqual(result.stderr.count("\n"), 6)
        expected = {}
        for seed in (1, 2):
            for width in (32, 64):
                expected[f"S3_MLP_hidden_dim_{width}_seed{seed}"] = ["s3", "--epochs", 300, "--checkpoint-every", 100,
                                                                     "--hidden-dim", width, "--seed", seed]
        four = ["s4", "--epochs", 40, "--lr", 0.01, "--seed", 3]
        expected["S4_MLP_seed3"] = four
        expected["S4_Bilinear_seed3"] = [*four, "--model", "BilinearNet"]
        self.assertEqual(self.names(), sorted(expected))
        for name, arguments in expected.items():
            self.succeed("train", *arguments, "--out", name, "--quiet")
            alone = files_below(self.directory / name)
            self.assertEqual(files_below(self.directory / "runs/sweep" / name), alone, name)

    def test_dry_run_names_runs_and_writes_nothing(self):
        (self.directory / "cfg.json").write_text(json.dumps(
            {"lr": 0.001, "num_epochs": 30, "weight_decay": 1, "betas": [0.9, 0.98], "model": "OneLayerMLP",
             "layers": {"embed_dim": 8, "hidden_dim": 8}, "group": "CyclicGroup", "group_parameter": 7,
             "frac_train": 0.5, "seed": 2}))
        self.write({"preset": "s5", "seeds": "1..4", "hidden_dim": [32, 64]},
                   {"config": "cfg.json", "seeds": [1, 5], "lr": [0.001, 1e-5]})
        result = self.succeed("sweep", "sweep.json", "--dry-run", "--out", "o")
        lines = result.stdout.splitlines()
        self.assertEqual(lines[:4], [f"o/S5_MLP_hidden_dim_32_seed{seed}: 75000 epochs" for seed in range(1, 5)])
        self.assertIn("o/S5_MLP_hidden_dim_64_seed3: 75000 epochs", lines)
        self.assertEqual(lines[8:12], [f"o/C7_MLP_lr_{lr}_seed{seed}: 30 epochs" for lr in ("0.001", "1e-05")
                                       for seed in (1, 5)])
        self.assertRegex(lines[12], r"^12 runs, about .+ on \d+ cores?, .+ [MG]iB of disk$")
        share = self.succeed("sweep", "sweep.json", "--dry-run", "--out", "o", "--share", "1/5").stdout.splitlines()
        self.assertEqual(share[:-1], lines[1:12:5])
        self.assertRegex(share[-1], "^3 runs, about ")
        self.assertEqual(self.succeed("sweep", "sweep.json", "--status", "--out", "o", "--share", "1/5").stdout,
                         "o: 3 runs, 0 done, 3 waiting\n")
        self.assertFalse((self.directory / "o").exists())

    def test_universality_is_every_model_in_seven_groups_with_four_seeds(self):
        status = self.succeed("sweep", "universality", "--status").stdout
        count = int(status.split(": ")[1].split()[0])
        self.assertEqual(count % 28, 0)
        self.assertGreaterEqual(count, 3 * 28)
        self.assertEqual(status, f"runs/universality: {count} runs, 0 done, {count} waiting\n")
        process = self.start("universality", "--out", "o")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)  # first
        config = self.directory / "o/S5_MLP_seed1/cfg.json"
        for _ in range(1000):
            if config.exists():
                break
            time.sleep(0.02)
        values = json.loads(config.read_text())
        self.assertEqual((values["num_epochs"], values["frac_train"], values["seed"], values["split_seed"]),
                         (250000, 0.4, 1, 1))

    def test_a_second_sweep_repeats_nothing(self):
        self.write(small(epochs=200))
        self.succeed("sweep", "sweep.json")
        before = {path: path.stat().st_mtime_ns for path in (self.directory / "runs").rglob("*")}
        result = self.succeed("sweep", "sweep.json")
        self.assertEqual((result.stdout, result.stderr), ("runs/sweep: 6 runs, 6 done\n", ""))
        self.assertEqual({path: path.stat().st_mtime_ns for path in (self.directory / "runs").rglob("*")}, before)

    def test_what_diverges_is_recorded_and_the_rest_goes_on(self):
        self.write({"preset": "s4", "epochs": 60, "seeds": "1..2", "lr": [1e9, 0.003]})
        result = self.run_program("sweep", "sweep.json")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "runs/sweep: 4 runs, 2 done, 2 diverged\n")
        self.assertRegex(result.stderr, r"S4_MLP_lr_1e\+09_seed1 diverged: training diverged: the loss of epoch \d+ is")
        record = self.directory / "runs/sweep/failed/S4_MLP_lr_1e+09_seed2.json"
        self.assertEqual(json.loads(record.read_text())["state"], "diverged")
        before = files_below(self.directory)
        self.assertEqual(self.run_program("sweep", "sweep.json").returncode, 1)  # and is not tried again
        self.assertEqual(files_below(self.directory), before)
        status = self.succeed("sweep", "sweep.json", "--status").stdout
        self.assertRegex(status, r"(?m)^  S4_MLP_lr_1e\+09_seed2 +diverged +\d+ +60 +training diverged")

    def test_what_fails_is_recorded_and_tried_again(self):
        self.write(small(epochs=200))
        self.succeed("sweep", "sweep.json", "--quiet")
        whole = files_below(self.directory / "runs/sweep")
        run = self.directory / "runs/sweep/S3_MLP_seed2"
        (run / "model.safetensors").unlink()
        state = (run / "state.safetensors").read_bytes()
        (run / "state.safetensors").write_bytes(state[:99])
        result = self.run_program("sweep", "sweep.json")
        self.assertEqual((result.returncode, result.stdout), (1, "runs/sweep: 6 runs, 5 done, 1 failed\n"))
        self.assertIn("S3_MLP_seed2 failed: ", result.stderr)
        self.assertIn("state.safetensors", result.stderr)
        (run / "state.safetensors").write_bytes(state)
        self.succeed("sweep", "sweep.json")
        self.assertEqual(files_below(self.directory / "runs/sweep"), whole)
        self.assertFalse((self.directory / "runs/sweep/failed").exists())

    def test_a_run_with_a_broken_configuration_fails_and_the_others_go_on(self):
        self.write(small(epochs=200, seeds="1..3"))
        self.succeed("sweep", "sweep.json", "--quiet")
        whole = files_below(self.directory / "runs/sweep")
        for name in ("S3_MLP_seed1", "S3_MLP_seed2"):  # one finished, one not; the third is to be trained
            config = self.directory / "runs/sweep" / name / "cfg.json"
            config.write_bytes(config.read_bytes()[:50] if name.endswith("1") else b"")
        (self.directory / "runs/sweep/S3_MLP_seed2/model.safetensors").unlink()
        shutil.rmtree(self.directory / "runs/sweep/S3_MLP_seed3")
        status = self.succeed("sweep", "sweep.json", "--status").stdout
        self.assertIn("3 runs, 0 done, 2 failed, 1 waiting", status)
        self.assertRegex(status, "(?m)^  S3_MLP_seed2 +failed .*cfg.json: not JSON, or cut short")
        result = self.run_program("sweep", "sweep.json", "--quiet")
        self.assertEqual((result.returncode, result.stdout), (1, "runs/sweep: 3 runs, 1 done, 2 failed\n"))
        self.assertRegex(result.stderr, "S3_MLP_seed1 failed: .*cfg.json: not JSON, or cut short")
        for name in ("S3_MLP_seed1", "S3_MLP_seed2"):
            (self.directory / "runs/sweep" / name / "cfg.json").write_bytes(whole[name + "/cfg.json"])
        self.succeed("sweep", "sweep.json", "--quiet")
        self.assertEqual(self.succeed("sweep", "sweep.json", "--status").stdout, "runs/sweep: 3 runs, 3 done\n")
        self.assertEqual({name: content for name, content in files_below(self.directory / "runs/sweep").items()
                          if not name.startswith("failed/")}, whole)

    def test_a_run_that_may_not_be_read_fails_and_the_others_go_on(self):
        self.write(small(epochs=200, seeds="1..3"))
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        self.directory.chmod(0o777)
        self.run_program("sweep", "sweep.json", "--quiet", **user)
        run = self.directory / "runs/sweep/S3_MLP_seed1"
        if not run.exists():
            self.skipTest("another user may not run the programs here")
        shutil.rmtree(self.directory / "runs/sweep/S3_MLP_seed3")
        run.chmod(0)
        self.addCleanup(run.chmod, 0o777)
        status = self.run_program("sweep", "sweep.json", "--status", **user)
        self.assertEqual(status.returncode, 0, status.stderr)
        self.assertRegex(status.stdout, "(?m)^  S3_MLP_seed1 +failed .*Permission denied")
        result = self.run_program("sweep", "sweep.json", "--quiet", **user)
        self.assertEqual((result.returncode, result.stdout), (1, "runs/sweep: 3 runs, 2 done, 1 failed\n"))
        self.assertRegex(result.stderr, "^sweep: S3_MLP_seed1 failed: .*Permission denied\n$")

    def test_kept_checkpoints(self):
        self.write(small(epochs=220, seeds=1))
        whole = self.undisturbed()
        for keep, count in (("all", 6), ("last", 1), ("none", 0), ("every:100", 4)):
            self.succeed("sweep", "sweep.json", "--out", keep, "--keep-checkpoints", keep, "--quiet")
            files = files_below(self.directory / keep)
            self.assertEqual(sum("checkpoints/" in name for name in files), count)
            for name in files:
                self.assertEqual(files[name], whole[name])
            self.assertIn("S3_MLP_seed1/training.csv", files)

    def test_analyses_are_current_for_the_census(self):
        self.write(small(epochs=200, seeds="1..2"))
        self.succeed("sweep", "sweep.json", "--quiet")
        self.succeed("sweep", "sweep.json", "--quiet", "--analyze")  # those that are done already, too
        run = self.directory / "runs/sweep/S3_MLP_seed1"
        self.assertEqual((run / "metrics.csv").read_text().count("\n"), 6)
        self.assertIn("test_loss", json.loads((run / "summary_metrics.json").read_text()))
        self.assertIn("2 runs, 0 analysed now", self.succeed("census", "runs/sweep").stderr)

    def test_a_census_of_final_models_is_no_analysis_of_the_checkpoints(self):
        self.write(small(epochs=200, seeds=1))
        self.succeed("sweep", "sweep.json", "--quiet")
        self.succeed("census", "runs/sweep")
        run = self.directory / "runs/sweep/S3_MLP_seed1"
        self.assertFalse((run / "metrics.csv").exists())
        self.succeed("sweep", "sweep.json", "--quiet", "--analyze")
        self.assertEqual((run / "metrics.csv").read_text().count("\n"), 6)
        self.assertTrue((run / "key_reps_in_order.txt").exists())

    def test_an_analysis_is_not_repeated_also_without_checkpoints(self):
        self.write(small(epochs=200, seeds=1))
        command = ["sweep", "sweep.json", "--quiet", "--analyze", "--keep-checkpoints", "none"]
        self.succeed(*command)
        record = self.directory / "runs/sweep/S3_MLP_seed1/census_record.json"
        before = record.stat().st_mtime_ns
        self.succeed(*command)
        self.assertEqual(record.stat().st_mtime_ns, before)

    def test_an_analysis_that_fails_is_a_failed_run_and_tried_again(self):
        self.write(small(epochs=200, seeds="1..2"))
        self.succeed("sweep", "sweep.json", "--quiet")
        obstacle = self.directory / "runs/sweep/S3_MLP_seed1/summary_metrics.json"
        obstacle.mkdir()
        for _ in range(2):
            result = self.run_program("sweep", "sweep.json", "--quiet", "--analyze")
            self.assertEqual((result.returncode, result.stdout), (1, "runs/sweep: 2 runs, 1 done, 1 failed\n"))
            self.assertRegex(result.stderr, "^sweep: S3_MLP_seed1 failed: analysis: .*summary_metrics.json.*\n$")
        status = self.succeed("sweep", "sweep.json", "--status").stdout
        self.assertRegex(status, r"(?m)^  S3_MLP_seed1 +failed +200 +200 +analysis: ")
        self.succeed("sweep", "sweep.json")  # its model is all that is asked for
        obstacle.rmdir()
        result = self.succeed("sweep", "sweep.json", "--quiet", "--analyze")
        self.assertEqual(result.stdout, "runs/sweep: 2 runs, 2 done\n")
        self.assertFalse((self.directory / "runs/sweep/failed").exists())

    def test_a_run_whose_analysis_failed_is_done_once_a_census_has_analysed_it(self):
        self.write(small(epochs=200, seeds=1))
        run = self.directory / "runs/sweep/S3_MLP_seed1"
        self.succeed("sweep", "sweep.json", "--quiet")
        (run / "summary_metrics.json").mkdir()
        self.assertEqual(self.run_program("sweep", "sweep.json", "--quiet", "--analyze").returncode, 1)
        (run / "summary_metrics.json").rmdir()
        self.succeed("census", "runs/sweep", "--checkpoints")
        self.assertEqual(self.succeed("sweep", "sweep.json", "--status").stdout, "runs/sweep: 1 run, 1 done\n")
        self.succeed("sweep", "sweep.json", "--quiet", "--analyze")
        self.assertFalse((self.directory / "runs/sweep/failed").exists())

    def test_progress_on_a_terminal_is_one_bar(self):
        self.write(small(epochs=4000))
        leader, follower = pty.openpty()
        process = subprocess.Popen(self.command("sweep", "sweep.json"), cwd=self.directory, stdout=subprocess.PIPE,
                                   stderr=follower)
        os.close(follower)
        shown = b""
        while select.select([leader], [], [], 60)[0]:
            try:
                shown += os.read(leader, 4096)
            except OSError:  # the program has closed its end
                break
        process.communicate(timeout=60 * PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown.decode(), r"steps/s, \d+s left  \d/6 runs")
        self.assertNotIn(b"\n", shown)

    @unittest.skipIf(os.environ.get("IRREPLENS_SANITIZE"), "sanitizers take memory of their own")
    def test_many_runs_take_no_more_memory_than_few(self):
        peaks = []
        for count in (20, 400):
            self.write(small(epochs=2, seeds=f"1..{count}"))
            process = subprocess.Popen(self.command("sweep", "sweep.json", "--out", str(count), "--quiet"),
                                       cwd=self.directory, stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            peaks.append(usage.ru_maxrss)
        self.assertLess(peaks[1], 1.15 * peaks[0])


class SweepLimits(SweepTest):
    """What the system does not give."""

    def limited(self, kind, soft):
        hard = resource.getrlimit(kind)[1]
        return {"preexec_fn": lambda: resource.setrlimit(kind, (soft, hard))}

    def test_many_runs_at_once_open_more_files_than_the_soft_limit(self):
        self.write(small(seeds="1..64"))
        result = self.run_program("sweep", "sweep.json", "--threads", 16, "--out", "o", "--quiet",
                                  **self.limited(resource.RLIMIT_NOFILE, 48))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("64 done", result.stdout)

    @unittest.skipIf(os.environ.get("IRREPLENS_SANITIZE"), "sanitizers take address space of their own")
    def test_lack_of_memory_or_threads_is_one_line(self):
        few = self.limited(resource.RLIMIT_AS, 3_000_000 * 1024)
        self.write({"preset": "s5", "seeds": "1..64", "hidden_dim": 2048}, name="large.json")
        self.write(small(seeds="1..1000"), name="many.json")
        self.write(small(seeds="1..2"), name="two.json")
        for arguments in (["large.json", "--dry-run", "--threads", 60], ["many.json", "--threads", 1000],
                          ["many.json", "--dry-run", "--threads", 1000], ["two.json", "--threads", 1000]):
            with self.subTest(arguments):
                result = self.run_program("sweep", *arguments, "--out", "o", **few)
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertEqual([line for line in result.stderr.splitlines() if "sweep: " in line],
                                 result.stderr.splitlines()[-1:])
                self.assertRegex(result.stderr, "memory|asked for|cannot start|Resource temporarily")


class SweepBadInput(SweepTest):
    def refuse_untouched(self, words, *arguments):
        before = files_below(self.directory)
        self.refuse(2, words, "sweep", *arguments)
        self.assertEqual(files_below(self.directory), before)
        self.assertFalse((self.directory / "runs").exists())

    def test_files(self):
        three = {"preset": "s3"}
        for words, blocks in [
                ("runs[0]: unknown field 'widths'", [{"preset": "s3", "widths": 3}]),
                ("runs[1]: seeds: the range \"5..2\" is empty", [three, {"preset": "s3", "seeds": "5..2"}]),
                ("hidden_dim: an empty list", [{"preset": "s3", "hidden_dim": []}]),
                ("seeds: an empty list", [{"preset": "s3", "seeds": []}]),
                ("two runs would be S3_MLP_seed0", [three, {"preset": "s3", "lr": 0.1}]),
                ("lr: 0.1 is named twice", [{"preset": "s3", "lr": [0.1, 1e-1]}]),
                ("seeds: 3 is named twice", [{"preset": "s3", "seeds": ["1..4", 3]}]),
                ("more than 1000000 runs", [{"preset": "s3", "seeds": "1..2000000"}]),
                ("1000001 runs; if more than 1000000 are meant, say --yes",
                 [three, {"preset": "s3", "seeds": "1..1000", "epochs": "1..1000"}]),
                ("say --yes", [{"preset": "s3", "seeds": "0..9223372036854775807"}]),
                ("say --yes", [{"preset": "s3", "seeds": "-9223372036854775808..9223372036854775807"}]),
                ("lr: must be a number, not \"x\"", [{"preset": "s3", "lr": "x"}]),
                ("lr: -1 is out of range", [{"preset": "s3", "lr": [0.001, -1]}]),
                ("epochs: must be an integer", [{"preset": "s3", "epochs": 1.5}]),
                ("seeds: -1 is out of range", [{"preset": "s3", "seeds": [-1]}]),
                ("unembed_bias: must be true or false", [{"preset": "s3", "unembed_bias": 1}]),
                ("'Perceptron' is unknown", [{"preset": "s3", "model": "Perceptron"}]),
                ("unknown preset 's9'", [{"preset": "s9"}]),
                ("neither a preset nor a config", [{"seeds": 1}]),
                ("missing.json: no such file", [{"config": "missing.json"}]),
                ("frac_train", [{"preset": "s3", "frac_train": 0.001}]),
                ("does not fit on the machine", [{"preset": "s5", "hidden_dim": 65536, "embed_dim": 65536}]),
                ("must be an object", [3]),
                ("'runs' must be a list", [])]:
            with self.subTest(words):
                self.refuse_untouched(words, self.write(*blocks))

    def test_command_lines(self):
        self.write({"preset": "s3"})
        (self.directory / "broken.json").write_text("{")
        (self.directory / "other.json").write_text('{"rums": []}')
        (self.directory / "twice.json").write_text('{"runs": [{"preset": "s3", "seeds": 1, "seeds": 2}]}')
        (self.directory / "lists.json").write_text('{"runs": [{"preset": "s3"}], "runs": [{"preset": "s4"}]}')
        for words, arguments in [
                ("not JSON", ["broken.json"]), ("unknown field 'rums'", ["other.json"]),
                ("field 'seeds' is given twice", ["twice.json"]), ("field 'runs' is given twice", ["lists.json"]),
                ("--slurm: names no folder", ["sweep.json", "--slurm", ""]),
                ("no file and no sweep 'universal'", ["universal"]), ("SWEEP is required", []),
                ("--keep-checkpoints every:0", ["sweep.json", "--keep-checkpoints", "every:0"]),
                ("--keep-checkpoints some", ["sweep.json", "--keep-checkpoints", "some"]),
                ("--share 2/2", ["sweep.json", "--share", "2/2"]), ("threads: 0", ["sweep.json", "--threads", 0]),
                ("unknown device 'tpu'", ["sweep.json", "--device", "tpu"]),
                ("--slurm-tasks", ["sweep.json", "--slurm", "jobs", "--slurm-tasks", 0])]:
            with self.subTest(words):
                self.refuse_untouched(words, *arguments)

    def test_another_run_in_a_directory_is_refused_before_anything_is_trained(self):
        self.succeed("train", "s3", "--epochs", 5, "--seed", 2, "--out", "o/S3_MLP_seed2", "--quiet")
        before = files_below(self.directory)
        (self.directory / "foreign/S3_MLP_seed1").mkdir(parents=True)
        (self.directory / "foreign/S3_MLP_seed1/notes.txt").write_text("mine")
        self.write(small())
        for also in ([], ["--status"]):
            self.refuse(2, "o/S3_MLP_seed2 holds another run (num_epochs 5, not 1500", "sweep", "sweep.json", "--out",
                        "o", *also)
        self.refuse(2, "is not empty and holds no run", "sweep", "sweep.json", "--out", "foreign")
        after = files_below(self.directory)
        self.assertEqual({name: content for name, content in after.items() if name in before}, before)
        self.assertEqual(len(after), len(before) + 2)  # notes.txt, sweep.json

    def test_help(self):
        self.assertIn("Examples:", self.succeed("sweep", "--help").stdout)


if __name__ == "__main__":
    unittest.main()
