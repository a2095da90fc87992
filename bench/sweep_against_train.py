#!/usr/bin/env python3
"""Runs an hour of ./sweep against the same runs one after another with ./train, in turns, on the same cores.

usage: sweep_against_train.py TRAIN SWEEP     prints one JSON line a group
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

train, sweep = (str(pathlib.Path(program).resolve()) for program in sys.argv[1:])
ROUNDS = 3
# Runs are cut short, with as many checkpoints for an epoch as whole ones have.
GROUPS = {"s3": {"epochs": 4000, "runs": 16}, "s4": {"epochs": 2000, "runs": 8}, "a5": {"epochs": 300, "runs": 4},
          "s5": {"epochs": 100, "runs": 4}}


def seconds(*command):
    start = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return time.perf_counter() - start


for group, size in GROUPS.items():
    one_after_another, side_by_side = [], []
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
    hour = 3600 * size["runs"]
    print(json.dumps({"bench": "sweep", "group": group, "epochs": size["epochs"], "runs": size["runs"],
                      "sweep_runs_per_hour": round(hour / statistics.median(side_by_side)),
                      "train_runs_per_hour": round(hour / statistics.median(one_after_another)),
                      "ratio": round(statistics.median(a / b for a, b in zip(one_after_another, side_by_side)), 2)}),
          flush=True)
