#!/usr/bin/env python3
"""Time and memory of ./analyze, as its user meets it, for transformers of S_5 and S_6 after one update.

usage: transformer_analysis.py TRAIN ANALYZE     prints one JSON line a group
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

train, analyze = (str(pathlib.Path(program).resolve()) for program in sys.argv[1:])


def measured(*command):
    """(seconds, MB at the peak) of a program."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]}: exit code {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


for group, turns in (("s5", 9), ("s6", 1)):
    with tempfile.TemporaryDirectory() as run:
        subprocess.run([train, group, "--model", "Transformer", "--epochs", "1", "--out", run, "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        results = [measured(analyze, run, "--final-only", "--quiet") for _ in range(turns)]
        print(json.dumps({"bench": "analysis of a transformer", "group": group, "turns": turns,
                          "seconds": round(sorted(s for s, _ in results)[turns // 2], 3),
                          "least_seconds": round(min(s for s, _ in results), 3),
                          "peak_mb": round(max(mb for _, mb in results))}), flush=True)
