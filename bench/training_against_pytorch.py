#!/usr/bin/env python3
"""Training steps per second of s5, ./train and a step of plain ops, against PyTorch's loops, in turns, on the same cores.

usage: training_against_pytorch.py pytorch_s5.py TRAIN PLAIN_STEP     prints one JSON line per PyTorch mode

Every PyTorch it is given takes part, each mode at one and at all threads: Debian's, and that of IRREPLENS_TORCH_PYTHON,
the interpreter of a virtual environment. What counts is the best of them.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

yardstick, train, plain_step = sys.argv[1:]
ROUNDS = int(os.environ.get("IRREPLENS_BENCH_ROUNDS", "7"))
EPOCHS, PYTORCH_STEPS = 1000, 100  # turns of about the same length
DEBIAN = "/usr/bin/python3"


def version(python):
    """Of the PyTorch that this interpreter has, or None."""
    got = subprocess.run([python, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True)
    return got.stdout.strip() if got.returncode == 0 else None


def pytorch(python, mode, threads):
    out = subprocess.run([python, yardstick, "--mode", mode, "--steps", str(PYTORCH_STEPS), "--warmup", "5",
                          "--threads", str(threads)], capture_output=True, text=True, check=True).stdout
    return json.loads(out.splitlines()[-1])["steps_per_second"]


def seconds(epochs):
    with tempfile.TemporaryDirectory() as directory:
        start = time.perf_counter()
        subprocess.run([train, "s5", "--epochs", str(epochs), "--out", directory + "/run", "--quiet"], check=True,
                       capture_output=True)
        return time.perf_counter() - start


def whole_program():
    """Evaluation and checkpoints included, start-up not: PyTorch's figure leaves out both."""
    start_up = seconds(1)
    return EPOCHS / (seconds(1 + EPOCHS) - start_up)


def plain():
    out = subprocess.run([plain_step, "300"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)["steps_per_second"]


cores = len(os.sched_getaffinity(0))
pythons = {DEBIAN: version(DEBIAN)}
given = os.environ.get("IRREPLENS_TORCH_PYTHON")
if given:
    pythons[given] = version(given)
    if pythons[given] is None:
        sys.exit(f"IRREPLENS_TORCH_PYTHON: {given} has no PyTorch")
rates = {}  # (mode, PyTorch, threads) -> steps per second, a round each
for python, torch in pythons.items():
    if torch is None:
        continue
    modes = ["notebook", "factored"] + (["compile"] if int(torch.split(".")[0]) >= 2 else [])
    rates.update({(mode, torch, python, threads): [] for mode in modes for threads in sorted({1, cores})})
if not rates:
    sys.exit("bench: no PyTorch; install python3-torch or set IRREPLENS_TORCH_PYTHON")
own, own_plain = [], []
for _ in range(ROUNDS):
    own.append(whole_program())
    own_plain.append(plain())
    for (mode, torch, python, threads), of_this in rates.items():
        of_this.append(pytorch(python, mode, threads))
rate, plain_rate = statistics.median(own), statistics.median(own_plain)
best = {}  # mode -> (steps per second, PyTorch, threads)
for (mode, torch, _, threads), of_this in rates.items():
    best[mode] = max(best.get(mode, (0,)), (statistics.median(of_this), torch, threads))
    print(json.dumps({"bench": "PyTorch", "mode": mode, "pytorch": torch, "threads": threads,
                      "steps_per_second": round(statistics.median(of_this), 2)}), flush=True)
best["all"] = max(best.values())
for mode, (theirs, torch, threads) in best.items():
    print(json.dumps({"bench": "train s5 against PyTorch", "mode": mode, "pytorch": torch, "pytorch_threads": threads,
                      "steps_per_second": round(rate, 2), "pytorch_steps_per_second": round(theirs, 2),
                      "ratio": round(rate / theirs, 2), "plain_steps_per_second": round(plain_rate, 2),
                      "plain_ratio": round(plain_rate / theirs, 2)}), flush=True)
