"""mpirun -n K ./train: one model's pairs shared by processes. The files are those of one process, whatever K is; a
process that dies or hangs ends the others, and any number of processes goes on."""

import os
import random
import signal
import time
import unittest

from program import PATIENCE, MpiTest, files_below, read_log

KILLS = int(os.environ.get("IRREPLENS_KILLS", "3"))
MOST_SECONDS = 10  # from a process' death to the end of all


def final(run):
    """The files of a run but for what a killed write left, which none of them reads."""
    return {name: content for name, content in files_below(run).items() if not name.endswith(".partial")}


class TrainOverMpi(MpiTest):
    program = "train"

    def finish(self, process, code, timeout=240):
        output, errors = process.communicate(timeout=timeout * PATIENCE)
        self.assertEqual(process.returncode, code, output + errors)
        return output, [line for line in errors.splitlines() if "train: " in line]

    def wait_for_checkpoint(self, run, process):
        while not (self.directory / run / "state.safetensors").exists():
            self.assertIsNone(process.poll(), "it ended before the first checkpoint")
            time.sleep(0.02)

    def check_log(self, run):
        """training.csv holds a row for each checkpoint, and state and checkpoints can be read by ./train."""
        epochs = [row["epoch"] for row in read_log(self.directory / run)]
        self.assertEqual(epochs, sorted(set(epochs)))

    def test_any_number_of_processes_leaves_the_files_of_one(self):
        models = [["s4", "--epochs", 40, "--checkpoint-every", 15],
                  ["s4", "--epochs", 12, "--model", "OneLayerMLPwithBias", "--unembed-bias", "true", "--seeds",
                   "2,5,9"],
                  ["s4", "--epochs", 12, "--model", "BilinearNet", "--lr", 1e-3],
                  ["s4", "--epochs", 5, "--model", "Transformer", "--seeds", "0..1"]]
        for at, arguments in enumerate(models):
            self.succeed("train", *arguments, "--out", f"{at}_alone")
            whole = final(self.directory / f"{at}_alone")
            for processes in (1, 2, 3, 4, 5) if at == 0 else (3,):
                with self.subTest(arguments, processes=processes):
                    output, _ = self.finish(self.mpirun(processes, *arguments, "--out", f"{at}_{processes}"), 0)
                    self.assertEqual(output.count("epochs, train loss"), 3 if at == 1 else 2 if at == 3 else 1)
                    self.assertEqual(final(self.directory / f"{at}_{processes}"), whole)

    def test_sixteen_chunks_by_three_and_four_processes(self):
        arguments = ["s5", "--epochs", 4, "--checkpoint-every", 2]
        self.succeed("train", *arguments, "--out", "alone")
        for processes in (3, 4):
            self.finish(self.mpirun(processes, *arguments, "--threads", 1, "--out", str(processes)), 0)
            self.assertEqual(final(self.directory / str(processes)), final(self.directory / "alone"))

    def test_kill_9_of_any_process_ends_all_and_another_number_goes_on(self):
        long = ["s4", "--epochs", 2500, "--checkpoint-every", 50, "--quiet"]
        self.succeed("train", *long, "--out", "alone")
        rng = random.Random(int(os.environ.get("IRREPLENS_SEED", "1")))
        for turn in range(KILLS):
            process = self.mpirun(3, *long, "--out", "run")
            pids = self.ranks(process, 3)
            self.wait_for_checkpoint("run", process)
            time.sleep(rng.uniform(0, 0.3))
            try:
                os.kill(pids[turn % 3], signal.SIGKILL)
            except ProcessLookupError:
                pass  # it had finished
            errors = self.end_after_a_kill(process, pids.values(), MOST_SECONDS)
            self.assertLessEqual(errors.count("train: "), 1, errors)
            self.check_log("run")
        for processes in (2, 1):
            self.finish(self.mpirun(processes, *long, "--out", "run"), 0)
        self.assertEqual(final(self.directory / "run"), final(self.directory / "alone"))

    def test_a_process_that_hangs_ends_all_with_a_line(self):
        for rank, named in ((1, "rank 1"), (0, "rank 0")):
            process = self.mpirun(3, "s4", "--epochs", 400000, "--quiet", "--out", f"run{rank}")
            pids = self.ranks(process, 3)
            self.wait_for_checkpoint(f"run{rank}", process)
            os.kill(pids[rank], signal.SIGSTOP)
            start = time.monotonic()
            _, lines = self.finish(process, 1, timeout=60)
            self.assertLess(time.monotonic() - start, MOST_SECONDS + 3)
            if rank == 0:  # mpirun wakes it to end it, and it may save before: then it says so, first or last
                lines = [line for line in lines if "interrupted and saved" not in line]
            self.assertEqual(len(lines), 1, lines)
            self.assertIn(f"the process of {named} has not answered for 8 seconds; the same command goes on", lines[0])
            for pid in pids.values():
                self.assertTrue(self.is_gone(pid))

    def test_ctrl_c_saves_and_another_number_goes_on(self):
        # Long enough that no machine is through with it before it is interrupted.
        arguments = ["s4", "--epochs", 8000, "--checkpoint-every", 1000, "--quiet"]
        self.succeed("train", *arguments, "--out", "alone")
        process = self.mpirun(2, *arguments, "--out", "run")
        self.wait_for_checkpoint("run", process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60 * PATIENCE)
        self.assertIn("train: interrupted and saved after epoch", errors)
        self.assertFalse((self.directory / "run/model.safetensors").exists())
        self.finish(self.mpirun(3, *arguments, "--out", "run"), 0)
        self.assertEqual(final(self.directory / "run"), final(self.directory / "alone"))

    def test_sigterm_to_one_process_stops_all(self):
        process = self.mpirun(2, "s4", "--epochs", 400000, "--quiet", "--out", "run")
        pids = self.ranks(process, 2)
        self.wait_for_checkpoint("run", process)
        os.kill(pids[1], signal.SIGTERM)
        _, lines = self.finish(process, 130)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("interrupted and saved after epoch", lines[0])

    def test_bad_input_is_told_once_and_nothing_is_written(self):
        for words, arguments in (("unknown preset", ["s99"]), ("threads", ["s3", "--threads", 0]),
                                 ("--epochs", ["s3", "--epochs", "many"]), ("lr", ["s3", "--lr", -1]),
                                 ("frac_train", ["s3", "--frac-train", 0.001]), ("device", ["s3", "--device", "tpu"])):
            with self.subTest(words):
                _, lines = self.finish(self.mpirun(3, *arguments, "--out", "run"), 2)
                self.assertEqual(len(lines), 1, lines)
                self.assertIn(words, lines[0])
                self.assertFalse((self.directory / "run").exists())

    def test_a_finished_run_and_a_diverging_one(self):
        self.finish(self.mpirun(2, "s3", "--epochs", 20, "--out", "run"), 0)
        before = files_below(self.directory / "run")
        output, lines = self.finish(self.mpirun(2, "s3", "--epochs", 20, "--out", "run"), 0)
        self.assertEqual((output.count("is finished"), lines), (1, []))
        self.assertEqual(files_below(self.directory / "run"), before)
        _, lines = self.finish(self.mpirun(2, "s3", "--lr", 1e9, "--out", "wild", "--quiet"), 1)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("training diverged", lines[0])

    def test_a_disk_that_fails_ends_all(self):
        process = self.mpirun(2, "s4", "--epochs", 400000, "--checkpoint-every", 100, "--quiet", "--out", "run")
        self.wait_for_checkpoint("run", process)
        (self.directory / "run/checkpoints").rename(self.directory / "elsewhere")
        _, lines = self.finish(process, 1, timeout=60)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("checkpoints", lines[0])


if __name__ == "__main__":
    unittest.main()
