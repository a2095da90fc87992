"""The Python package: measure() against PyTorch on the same cores, a callback's cost, a group's matrices. JSON lines.

usage: PYTHONPATH=build/release/python python_package.py YARDSTICK.py MODEL_DIR     in turns, three rounds
PyTorch is that of IRREPLENS_TORCH_PYTHON, else Debian's.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np

import irreplens

yardstick, model = sys.argv[1:3]


def seconds(work, times):
    """The median of several calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


run = irreplens.load(model)
w = run.weights
size = w["W_x"].shape[1]
left, right = w["W_x"] @ w["W"][:size], w["W_y"] @ w["W"][size:]
hidden = np.maximum(left[:, None] + right[None], 0)
pairs, group = run.train_pairs, run.group


def measure():
    return irreplens.measure(group, hidden=hidden, embed_x=left, embed_y=right, unembed=w["W_U"], train_pairs=pairs)


measure()
theirs, ours = [], []
for _ in range(3):
    command = [os.environ.get("IRREPLENS_TORCH_PYTHON", "/usr/bin/python3"), yardstick, *[model + "/model.pt"] * 3]
    theirs.append(
        json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["seconds_per_checkpoint"]
    )
    ours.append(seconds(measure, 10))
theirs_seconds, our_seconds = statistics.median(theirs), statistics.median(ours)
print(
    json.dumps(
        {
            "bench": "python: measure of s5's hidden activations against PyTorch",
            "seconds": our_seconds,
            "pytorch_seconds": theirs_seconds,
            "ratio": round(theirs_seconds / our_seconds, 2),
        }
    ),
    flush=True,
)


def training(callback):
    irreplens.train("s5", epochs=401, checkpoint_every=100, callback=callback)


with_callback, without = [], []
for turn in range(8):  # which of the two goes first alternates; the least of each
    for called in (True, False) if turn % 2 else (False, True):
        callback = (lambda epoch, metrics: True) if called else None
        (with_callback if called else without).append(seconds(lambda: training(callback), 1))  # noqa: B023
cost = min(with_callback) / min(without) - 1
print(
    json.dumps(
        {
            "bench": "python: a callback every 100 epochs of s5",
            "seconds": min(with_callback),
            "without": min(without),
            "cost": round(cost, 4),
        }
    ),
    flush=True,
)

matrices = seconds(lambda: [irrep.matrices for irrep in irreplens.Group("s6").irreps], 5)
print(json.dumps({"bench": "python: Group('s6') and all its matrices", "seconds": matrices}))
