#!/usr/bin/env python3
"""Training steps per second of ./train s5 --model Transformer against PyTorch's, in turns, on the same cores.

usage: transformer_against_pytorch.py pytorch_transformer.py TRAIN     prints one JSON line a mode of PyTorch's

The modes: the published computation, the last position only, and keys, values and W_out W_U factored. Each at one thread
and at all of them; what counts is the better.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

yardstick, train = sys.argv[1:]
ROUNDS, EPOCHS = 3, 100
MODES = {"published": 5, "last": 10, "factored": 20}  # steps a turn: turns of about the same length


def pytorch(mode, threads):
    out = subprocess.run([sys.executable, yardstick, "steps", "--group", "s5", "--seed", "1", "--frac-train", ".6", "--mode",
                          mode, "--steps", str(MODES[mode]), "--warmup", "1", "--threads", str(threads)],
                         capture_output=True, text=True, check=True).stdout
    return json.loads(out.splitlines()[-1])["steps_per_second"]


def seconds(epochs):
    with tempfile.TemporaryDirectory() as directory:
        start = time.perf_counter()
        subprocess.run([train, "s5", "--model", "Transformer", "--epochs", str(epochs), "--out", directory + "/run",
                        "--quiet"], check=True, capture_output=True)
        return time.perf_counter() - start


def ours():
    """Evaluation and checkpoints included, start-up not: PyTorch's figure leaves out both."""
    start_up = seconds(1)
    return EPOCHS / (seconds(1 + EPOCHS) - start_up)


cores = len(os.sched_getaffinity(0))
rates = {(mode, threads): [] for mode in MODES for threads in sorted({1, cores})}
own = []
for _ in range(ROUNDS):
    own.append(ours())
    for (mode, threads), of_this in rates.items():
        of_this.append(pytorch(mode, threads))
rate = statistics.median(own)
for mode in MODES:
    best, threads = max((statistics.median(rates[mode, threads]), threads) for threads in sorted({1, cores}))
    print(json.dumps({"bench": "train s5 --model Transformer against PyTorch", "mode": mode, "pytorch_threads": threads,
                      "steps_per_second": round(rate, 2), "pytorch_steps_per_second": round(best, 2),
                      "ratio": round(rate / best, 2)}), flush=True)
