#!/usr/bin/env python3
"""A training step of s6 shared by processes over MPI against one process of one thread, in turns on the same cores,
and what the measured parts foretell for a network of machines.

usage: shared_training.py BENCH_SHARED_STEP [PROCESSES..]     prints one JSON line a number of processes, then the
parts of a step and what they foretell
"""
import json
import math
import os
import statistics
import subprocess
import sys

program = sys.argv[1]
COUNTS = [int(count) for count in sys.argv[2:]] or [2, 4]
ROUNDS = int(os.environ.get("IRREPLENS_BENCH_ROUNDS", "3"))
STEPS = 8
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1"}

# Of the network that is foretold, not measured: 25 Gbit/s, and MPI over TCP.
LATENCY, BYTES_PER_SECOND, PER_MESSAGE = 20e-6, 25e9 / 8, 1e-6
CORES = 64


def measure(processes):
    start = [] if processes == 1 else ["mpirun", "--bind-to", "none", "-n", str(processes)]
    out = subprocess.run([*start, program, str(STEPS)], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    return json.loads(out.stdout.splitlines()[-1])


def foretold(one, processes, threads):
    """Seconds of a step: each process computes and adds up its chunks on its threads, computes all else on them too,
    and exchanges: sums' slices to their owners, slices and rows to all, and whether to go on."""
    chunks = math.ceil(one["chunks"] / processes)
    of_chunk = one["chunks_ms"] / one["chunks"] * 1e-3
    head = max(math.ceil(chunks / threads) * of_chunk, one["longest_chunk_ms"] * 1e-3)
    rest = (one["rest_ms"] + one["sums_ms"] / processes) * 1e-3 / threads
    others = (processes - 1) / processes
    summed, gathered = one["summed_bytes"], one["gathered_bytes"]
    way = 0
    if processes > 1:
        machine_bytes = others * (2 * summed + gathered)
        messages = (processes - 1) * (1 + 4 + 1)
        way = 3 * LATENCY + messages * PER_MESSAGE + machine_bytes / BYTES_PER_SECOND
    return {"head_ms": 1e3 * head, "rest_ms": 1e3 * rest, "network_ms": 1e3 * way, "step_ms": 1e3 * (head + rest + way)}


seconds = {count: [] for count in [1, *COUNTS]}
lines = {}
for _ in range(ROUNDS):
    for count in seconds:
        lines[count] = measure(count)
        seconds[count].append(lines[count]["step_ms"])
one = lines[1]
for count in COUNTS:
    print(json.dumps({"bench": "shared step", "model": "s6", "processes": count, "threads": 1,
                      "step_ms": round(statistics.median(seconds[count]), 1),
                      "one_process_ms": round(statistics.median(seconds[1]), 1),
                      "times_faster": round(statistics.median(a / b for a, b in zip(seconds[1], seconds[count])), 3),
                      "mpi_latency_us": lines[count]["latency_us"],
                      "mpi_gigabytes_per_second": lines[count]["gigabytes_per_second"]}), flush=True)
alone = one["chunks_ms"] + one["sums_ms"] + one["rest_ms"]
print(json.dumps({"bench": "shared step, parts", "model": "s6", "chunks": one["chunks"],
                  **{name: one[name] for name in ("chunks_ms", "longest_chunk_ms", "sums_ms", "rest_ms")},
                  "rest_of_step": round(one["rest_ms"] / alone, 5)}), flush=True)
for processes, threads in ((4, 16), (16, 4), (64, 1)):
    parts = foretold(one, processes, threads)
    print(json.dumps({"bench": "shared step, foretold", "model": "s6", "cores": CORES, "processes": processes,
                      "threads": threads, "gigabit_per_second": 25, "latency_us": 1e6 * LATENCY,
                      **{name: round(value, 3) for name, value in parts.items()},
                      "times_faster": round(alone / parts["step_ms"], 1),
                      "efficiency": round(alone / parts["step_ms"] / CORES, 3)}), flush=True)
