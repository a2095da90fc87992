"""./sweep interrupted and resumed, beside another one, by several processes, on Slurm."""

import fcntl
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import slurm_cluster
from program import PATIENCE, MpiTest, files_below
from sweep_program import KILLS, SweepTest, small


class SweepInterruption(SweepTest):
    def test_ctrl_c_saves_and_the_resumed_sweep_has_the_same_bits(self):
        self.write(small(epochs=4000))
        whole = self.undisturbed()
        process = self.start("sweep.json", "--out", "o")
        while not self.updates("o"):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60 * PATIENCE)
        self.assertEqual(process.returncode, 130, errors)
        self.assertIn("interrupted and saved", errors)
        self.assertRegex(output, r"o: 6 runs, \d done, .*(stopped|waiting)")
        self.succeed("sweep", "sweep.json", "--out", "o", "--quiet")
        self.assertEqual(files_below(self.directory / "o"), whole)

    def test_kill_9_at_random_moments_loses_at_most_a_checkpoint(self):
        self.write(small(epochs=1500 * KILLS))
        whole = self.undisturbed()
        rng = random.Random(int(os.environ.get("IRREPLENS_SEED", "1")))
        at_work = 0
        for _ in range(KILLS):
            before = self.updates("o")
            process = self.start("sweep.json", "--out", "o", "--quiet")
            at_work += self.wait_for_a_moment(process, rng, KILLS)
            process.kill()
            process.communicate()
            self.assertGreaterEqual(self.updates("o"), before)  # rows of the logs are never taken back
        self.assertGreater(at_work, KILLS / 2)
        self.succeed("sweep", "sweep.json", "--out", "o", "--quiet")
        self.assertEqual(files_below(self.directory / "o"), whole)

    def test_two_sweeps_at_once_train_no_run_twice(self):
        self.write(small(seeds="1..12"))
        whole = self.undisturbed()
        both = [self.start("sweep.json", "--out", "o") for _ in range(2)]
        trained = ""
        for process in both:
            output, errors = process.communicate(timeout=120 * PATIENCE)
            self.assertEqual((process.returncode, output), (0, "o: 12 runs, 12 done\n"), errors)
            trained += errors
        for seed in range(1, 13):
            self.assertEqual(trained.count(f"S3_MLP_seed{seed}: train loss"), 1, trained)
        self.assertEqual(files_below(self.directory / "o"), whole)

    def test_what_diverges_elsewhere_meanwhile_is_not_tried_again(self):
        self.write({"preset": "s4", "epochs": 60, "seeds": 1, "lr": 1e9})
        self.assertEqual(self.run_program("sweep", "sweep.json", "--quiet").returncode, 1)
        (record,) = (self.directory / "runs/sweep/failed").iterdir()
        content = record.read_text().replace("training diverged", "found out elsewhere")
        record.unlink()
        held = os.open(self.directory / "runs/sweep/S4_MLP_seed1", os.O_RDONLY)  # as by a sweep that is at work
        self.addCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        process = self.start("sweep.json")
        time.sleep(0.5 * PATIENCE)
        self.assertIsNone(process.poll())
        record.parent.mkdir(exist_ok=True)
        record.write_text(content)
        fcntl.flock(held, fcntl.LOCK_UN)
        output, errors = process.communicate(timeout=60 * PATIENCE)
        self.assertEqual((process.returncode, output), (1, "runs/sweep: 1 run, 0 done, 1 diverged\n"))
        self.assertEqual(errors.count("found out elsewhere"), 2, errors)  # as it ends, and in the report
        self.assertEqual(record.read_text(), content)

    def test_a_full_disk_stops_it_with_what_it_has(self):
        self.write(small())
        whole = self.undisturbed()
        disk = self.small_disk("3m")
        result = self.run_program("sweep", "sweep.json", "--out", "disk/o", "--quiet")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("No space left on device", result.stderr)
        subprocess.run(["mount", "-o", "remount,size=128m", str(disk)], check=True)
        self.succeed("sweep", "sweep.json", "--out", "disk/o", "--quiet")
        self.assertEqual(files_below(disk / "o"), whole)


    def test_a_full_disk_under_an_analysis_is_not_the_runs_fault(self):
        self.write(small(epochs=200, seeds="1..2"))
        disk = self.small_disk("3m")
        self.succeed("sweep", "sweep.json", "--out", "disk/o", "--quiet")
        room = os.statvfs(disk)
        (disk / "filler").write_bytes(bytes((room.f_bavail - 3) * room.f_bsize))  # a record of a failure would fit
        result = self.run_program("sweep", "sweep.json", "--out", "disk/o", "--quiet", "--analyze")
        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        self.assertRegex(result.stderr, "^sweep: .*No space left on device\n$")
        self.assertFalse((disk / "o/failed").exists())
        (disk / "filler").unlink()
        self.succeed("sweep", "sweep.json", "--out", "disk/o", "--quiet", "--analyze")


class SweepOverMpi(MpiTest, SweepTest):
    program = "sweep"

    def finish(self, process, code):
        output, errors = process.communicate(timeout=240 * PATIENCE)
        self.assertEqual(process.returncode, code, errors)
        return output, errors

    def test_two_and_four_processes_leave_the_same_folders(self):
        self.write(small(), small(model="BilinearNet", epochs=300), {"preset": "s4", "epochs": 150, "seeds": "1..4"})
        whole = self.undisturbed()
        for processes in (2, 4):
            output, errors = self.finish(self.mpirun(processes, "sweep.json", "--out", str(processes)), 0)
            self.assertEqual(output, f"{processes}: 16 runs, 16 done\n")
            self.assertEqual(errors.count("train loss"), 16, errors)  # the first process tells of all
            self.assertEqual(files_below(self.directory / str(processes)), whole)

    def test_a_dry_run_tells_of_all_processes(self):
        self.write(small())
        output, _ = self.finish(self.mpirun(2, "sweep.json", "--dry-run", "--threads", 1), 0)
        self.assertRegex(output.splitlines()[-1], "^6 runs, about .+ on 2 processes of 1 core, .+ of disk$")

    def test_failures_and_bad_input_end_all(self):
        self.write({"preset": "s4", "epochs": 60, "seeds": "1..3", "lr": [1e9, 0.003]})
        output, _ = self.finish(self.mpirun(2, "sweep.json", "--out", "o"), 1)
        self.assertEqual(output, "o: 6 runs, 3 done, 3 diverged\n")
        self.write({"preset": "s4", "epochs": -1})
        _, errors = self.finish(self.mpirun(2, "sweep.json", "--out", "bad"), 2)
        self.assertEqual(errors.count("sweep: "), 1, errors)
        self.assertFalse((self.directory / "bad").exists())

    def test_a_signal_to_one_process_stops_all_and_saves(self):
        self.write(small(epochs=10 ** 7, checkpoint_every=1000))
        for rank, sent in ((0, signal.SIGTERM), (0, signal.SIGINT), (1, signal.SIGTERM)):
            with self.subTest(rank=rank, signal=sent.name):
                out = f"{rank}_{sent.name}"
                process = self.mpirun(2, "sweep.json", "--out", out, "--quiet", "--threads", 1)
                self.addCleanup(process.kill)
                pids = self.ranks(process, 2)
                states = self.directory / out
                while len(list(states.glob("*/state.safetensors"))) < 2:  # each is at work on a run
                    self.assertIsNone(process.poll())
                    time.sleep(0.01)
                before = {path: path.stat().st_mtime_ns for path in states.glob("*/state.safetensors")}
                os.kill(pids[rank], sent)
                output, errors = process.communicate(timeout=20 * PATIENCE)
                self.assertEqual(process.returncode, 130, errors)
                self.assertRegex(output, f"^{out}: 6 runs, 0 done, [2-6] stopped")
                self.assertEqual(errors.count("interrupted and saved"), 1, errors)
                for path, time_saved in before.items():
                    self.assertGreater(path.stat().st_mtime_ns, time_saved)

    def test_kill_9_of_a_process_ends_the_others_and_nothing_is_lost(self):
        self.write(small(epochs=5000 * KILLS))  # the others go on for a while
        whole = self.undisturbed()
        rng = random.Random(int(os.environ.get("IRREPLENS_SEED", "1")))
        at_work = 0
        for _ in range(KILLS):
            process = self.mpirun(3, "sweep.json", "--out", "o", "--quiet")
            at_work += self.wait_for_a_moment(process, rng, KILLS)
            ranks = subprocess.run(["pgrep", "-P", str(process.pid), "-x", "sweep"], capture_output=True, text=True)
            pids = [int(pid) for pid in ranks.stdout.split()]
            for pid in rng.sample(pids, 1) if pids else []:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.end_after_a_kill(process, pids, 30 * PATIENCE)
        self.assertGreater(at_work, KILLS / 2)
        self.finish(self.mpirun(2, "sweep.json", "--out", "o", "--quiet"), 0)
        self.assertEqual(files_below(self.directory / "o"), whole)


class SweepOnSlurm(SweepTest):
    def setUp(self):
        super().setUp()
        directory = tempfile.mkdtemp(prefix="irreplens_slurm_")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        try:
            self.cluster = slurm_cluster.Cluster(directory)
        except slurm_cluster.Unavailable as why:
            self.skipTest(f"Slurm cannot be started: {why}")
        self.addCleanup(self.cluster.stop)

    def test_an_array_job_is_killed_and_submitted_again_until_all_is_done(self):
        self.write(small(epochs=6000, seeds="1..7"))
        whole = self.undisturbed()
        self.succeed("sweep", "sweep.json", "--out", "o", "--slurm", "my 100%a jobs", "--slurm-tasks", 3)
        script = self.directory / "my 100%a jobs/sweep.sbatch"
        self.assertFalse((self.directory / "o").exists())
        rng = random.Random(int(os.environ.get("IRREPLENS_SEED", "1")))
        for _ in range(max(KILLS // 2, 1)):
            job = self.cluster.submit(script)
            while not self.cluster.is_running(job):
                time.sleep(0.05)
            time.sleep(rng.uniform(0.0, 0.5))
            self.cluster.run("scancel", "--full", "--signal=KILL", f"{job}_{rng.randrange(3)}", check=False)
            self.cluster.wait(job)
        job = self.cluster.submit(script)
        self.cluster.wait(job)
        logs = "".join(path.read_text() for path in (self.directory / "my 100%a jobs").glob("task_*.log"))
        self.assertEqual(files_below(self.directory / "o"), whole, logs)
        shares = {line for line in logs.splitlines() if line.endswith(" done") and ": " in line}
        self.assertEqual({line.split(": ")[1] for line in shares}, {"3 runs, 3 done", "2 runs, 2 done"}, logs)


if __name__ == "__main__":
    unittest.main()
