#!/usr/bin/env python3
"""Training steps per second of ./train s5 --model Transformer against PyTorch's, in turns, on the same cores.

usage: transformer_against_pytorch.py pytorch_transformer.py TRAIN     prints one JSON line a mode of PyTorch's

The modes: the published computation, the last position only, and keys, values and W_out W_U factored. Every PyTorch that it
is given takes part: Debian's, and that of IRREPLENS_TORCH_PYTHON, the interpreter of a virtual environment. Each runs at one
and at all threads in the first round and at the better of the two from then on; what counts is the best of them.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

yardstick, train = sys.argv[1:]
ROUNDS, EPOCHS = int(os.environ.get("IRREPLENS_BENCH_ROUNDS", "3")), 100
MODES = {"published": 5, "last": 10, "factored": 20}  # steps a turn: turns of about the same length


def version(python):
    """Its PyTorch's, or None."""
    done = subprocess.run([python, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def pytorch(python, mode, threads):
    out = subprocess.run([python, yardstick, "steps", "--group", "s5", "--seed", "1", "--frac-train", ".6", "--mode", mode,
                          "--steps", str(MODES[mode]), "--warmup", "1", "--threads", str(threads)],
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


pythons = {sys.executable: version(sys.executable)}
given = os.environ.get("IRREPLENS_TORCH_PYTHON")
if given:
    pythons[given] = version(given)
    if pythons[given] is None:
        sys.exit(f"IRREPLENS_TORCH_PYTHON: {given} has no PyTorch")
pythons = {python: torch for python, torch in pythons.items() if torch is not None}
if not pythons:
    sys.exit("bench: no PyTorch; install python3-torch or set IRREPLENS_TORCH_PYTHON")
cores = len(os.sched_getaffinity(0))
rates = {(mode, python): {threads: [] for threads in sorted({1, cores})} for mode in MODES for python in pythons}
own = []
for _ in range(ROUNDS):
    own.append(ours())
    for (mode, python), of_threads in rates.items():
        best = max(of_threads, key=lambda threads: max(of_threads[threads], default=0))
        for threads in of_threads if not of_threads[best] else [best]:
            of_threads[threads].append(pytorch(python, mode, threads))
rate = statistics.median(own)
for mode in MODES:
    found = {(python, threads): statistics.median(rounds) for python in pythons
             for threads, rounds in rates[mode, python].items()}
    python, threads = max(found, key=found.get)
    print(json.dumps({"bench": "train s5 --model Transformer against PyTorch", "mode": mode, "pytorch": pythons[python],
                      "pytorch_threads": threads, "steps_per_second": round(rate, 2),
                      "pytorch_steps_per_second": round(found[python, threads], 2),
                      "ratio": round(rate / found[python, threads], 2),
                      "all": {f"{pythons[p]}, {t} threads": round(r, 2) for (p, t), r in found.items()}}), flush=True)
