#!/usr/bin/env python3
"""SymPy on what it can do of the group library's work, timed in turns with ./irreps, one JSON object a line.

usage: bench/group_against_sympy.py build/release/bin/irreps
Ours is the time of the whole process, with its start and its output; SymPy's does not count the import.
"""
import json
import subprocess
import sys
import time

from sympy.combinatorics import Permutation, PermutationGroup
from sympy.combinatorics.named_groups import SymmetricGroup

MATHIEU_11 = ["(0 1 2 3 4 5 6 7 8 9 10)", "(2 6 10 7)(3 9 4 5)"]


def conjugacy_classes(generators):
    PermutationGroup(*generators()).conjugacy_classes()


def mathieu():
    return [Permutation([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]), Permutation([[2, 6, 10, 7], [3, 9, 4, 5]], size=11)]


def symmetric(n):
    return lambda: SymmetricGroup(n).generators


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


for what, name, generators in [("classes of S_5", "perm:(0 1 2 3 4),(0 1)", symmetric(5)),
                               ("classes of S_6", "perm:(0 1 2 3 4 5),(0 1)", symmetric(6)),
                               ("classes of M_11", "perm:" + ",".join(MATHIEU_11), mathieu)]:
    ours, theirs = [], []
    for _ in range(3):
        ours.append(seconds(lambda: subprocess.run([sys.argv[1], name], stdout=subprocess.DEVNULL, check=True)))
        theirs.append(seconds(lambda: conjugacy_classes(generators)))
    print(json.dumps({"bench": "group", "what": what + ", ours with the character table", "seconds": sorted(ours)[1],
                      "yardstick": "SymPy, classes alone", "yardstick_seconds": sorted(theirs)[1],
                      "times_faster": round(sorted(theirs)[1] / sorted(ours)[1], 1)}), flush=True)
