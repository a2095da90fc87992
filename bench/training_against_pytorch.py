#!/usr/bin/env python3
"""Training steps per second of ./train s5 against PyTorch's loops, in turns, on the same cores.

usage: training_against_pytorch.py pytorch_s5.py TRAIN     prints one JSON line per PyTorch mode
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

yardstick, train = sys.argv[1:]
ROUNDS, EPOCHS, PYTORCH_STEPS = 7, 1000, 100  # turns of about the same length


def pytorch(mode, threads):
    out = subprocess.run([sys.executable, yardstick, "--mode", mode, "--steps", str(PYTORCH_STEPS),
                          "--warmup", "5", "--threads", str(threads)], capture_output=True, text=True, check=True).stdout
    return json.loads(out.splitlines()[-1])["steps_per_second"]


def seconds(epochs):
    with tempfile.TemporaryDirectory() as directory:
        start = time.perf_counter()
        subprocess.run([train, "s5", "--epochs", str(epochs), "--out", directory + "/run", "--quiet"], check=True,
                       capture_output=True)
        return time.perf_counter() - start


def ours():
    """Evaluation and checkpoints included, start-up not: PyTorch's figure leaves out both."""
    start_up = seconds(1)
    return EPOCHS / (seconds(1 + EPOCHS) - start_up)


cores = len(os.sched_getaffinity(0))
modes = {mode: {t: [] for t in sorted({1, cores})} for mode in ("notebook", "factored")}
own = []
for _ in range(ROUNDS):
    own.append(ours())
    for mode, by_threads in modes.items():
        for threads, rates in by_threads.items():
            rates.append(pytorch(mode, threads))
rate = statistics.median(own)
for mode, by_threads in modes.items():
    best, threads = max((statistics.median(rates), threads) for threads, rates in by_threads.items())
    print(json.dumps({"bench": "train s5 against PyTorch", "mode": mode, "pytorch_threads": threads,
                      "steps_per_second": round(rate, 2), "pytorch_steps_per_second": round(best, 2),
                      "ratio": round(rate / best, 2)}), flush=True)
