#!/usr/bin/env python3
"""Runs an hour of ./sweep against the same runs one after another with ./train, and with the notebook's PyTorch loop, in
turns, on the same cores.

usage: sweep_against_train.py TRAIN SWEEP     prints one JSON line a group
PyTorch is that of IRREPLENS_TORCH_PYTHON, else Debian's; without one its figures are left out.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

train, sweep = (str(pathlib.Path(program).resolve()) for program in sys.argv[1:])
ROUNDS = 3
# Runs are cut short, with as many checkpoints for an epoch as whole ones have.
GROUPS = {"s3": {"epochs": 4000, "runs": 16, "pytorch_steps": 500}, "s4": {"epochs": 2000, "runs": 8, "pytorch_steps": 300},
          "a5": {"epochs": 300, "runs": 4, "pytorch_steps": 60}, "s5": {"epochs": 100, "runs": 4, "pytorch_steps": 20}}
LOOP = pathlib.Path(__file__).parent / "pytorch_notebook_loop.py"
PYTHON = os.environ.get("IRREPLENS_TORCH_PYTHON", "/usr/bin/python3")
CORES = len(os.sched_getaffinity(0))


def seconds(*command):
    start = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return time.perf_counter() - start


def pytorch_rate(config, steps):
    """Steps per second of all cores: of one run on all of them, or of one run a core, whichever is more."""
    def at_once(runs, threads):
        processes = [subprocess.Popen([PYTHON, LOOP, config, str(steps), str(threads)], stdout=subprocess.PIPE)
                     for _ in range(runs)]
        return sum(json.loads(process.communicate()[0])["steps_per_second"] for process in processes)

    return max(at_once(1, CORES), at_once(CORES, 1))


has_pytorch = subprocess.run([PYTHON, "-c", "import torch"], capture_output=True).returncode == 0
for group, size in GROUPS.items():
    one_after_another, side_by_side, pytorch = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            one_after_another.append(sum(
                seconds(train, group, "--epochs", size["epochs"], "--seed", seed, "--out", folder / str(seed), "--quiet")
                for seed in range(size["runs"])))
            file = folder / "sweep.json"
            file.write_text(json.dumps({"runs": [{"preset": group, "epochs": size["epochs"],
                                                  "seeds": f"0..{size['runs'] - 1}"}]}))
            side_by_side.append(seconds(sweep, file, "--out", folder / "out", "--quiet"))
            if has_pytorch:
                pytorch.append(size["runs"] * size["epochs"] / pytorch_rate(folder / "0/cfg.json", size["pytorch_steps"]))

    def times(others):
        """How much sooner the sweep is done, by turns."""
        return round(statistics.median(a / b for a, b in zip(others, side_by_side)), 2)

    def runs_per_hour(taken):
        return round(3600 * size["runs"] / statistics.median(taken), 1)

    line = {"bench": "sweep", "group": group, "epochs": size["epochs"], "runs": size["runs"],
            "sweep_runs_per_hour": runs_per_hour(side_by_side), "train_runs_per_hour": runs_per_hour(one_after_another),
            "ratio": times(one_after_another)}
    if pytorch:
        line |= {"pytorch_runs_per_hour": runs_per_hour(pytorch), "pytorch_ratio": times(pytorch)}
    print(json.dumps(line), flush=True)
