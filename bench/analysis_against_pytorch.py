"""All metrics of one S5 checkpoint, against PyTorch on the same cores. Prints one JSON line.

usage: analysis_against_pytorch.py YARDSTICK.py MODEL_DIR BENCH_ANALYSIS     in turns, three rounds
"""

import json
import statistics
import subprocess
import sys

yardstick, model, ours = sys.argv[1:4]
theirs_seconds, our_seconds = [], []
for _ in range(3):
    run = subprocess.run(["/usr/bin/python3", yardstick, *[model + "/model.pt"] * 3], capture_output=True, text=True, check=True)
    theirs_seconds.append(json.loads(run.stdout)["seconds_per_checkpoint"])
    run = subprocess.run([ours, model], capture_output=True, text=True, check=True)
    our_seconds.append(json.loads(run.stdout)["seconds_per_checkpoint"])
theirs, mine = statistics.median(theirs_seconds), statistics.median(our_seconds)
print(json.dumps({"bench": "analysis of s5 against PyTorch", "seconds_per_checkpoint": mine, "pytorch_seconds": theirs,
                  "ratio": round(theirs / mine, 2)}))
