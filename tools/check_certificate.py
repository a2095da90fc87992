#!/usr/bin/python3
"""Checks a certificate of accuracy against a run directory, with numpy alone and exact integers (docs/certificates.md).
usage: tools/check_certificate.py CERTIFICATE RUN_DIR     exit 0: it holds, 1: refuted, 2: bad input
"""
import fractions, hashlib, json, pathlib, sys  # noqa: E401  short enough to be read in one go

import numpy as np
import network_files, transformer_integers  # noqa: E401  beside this file

def whole(v):
    return type(v) is int and 0 <= v < 2**62

def cayley_table(group, n):
    if group["kind"] == "permutations":  # x first: (x*y)(i) = y(x(i))
        rows = [tuple(p) for p in group["elements"]] if len(group["elements"]) == n else []
        index = {p: i for i, p in enumerate(rows) if sorted(map(repr, p)) == sorted(map(repr, range(len(rows[0]))))}
        return np.array([[index.get(tuple(y[i] for i in x), -1) for y in index] for x in index])
    k, flips = group["parameter"], {"cyclic": 1, "dihedral": 2}[group["kind"]]
    x, y = np.indices((n, n) if whole(k) and k * flips == n else (0, 0))
    return (x % k + np.where(x < k, y % k, -(y % k))) % k + k * ((x // k + y // k) % flips)

def integer_network(w_x, w_y, w, w_u):
    """l, r (units 2^-s), u centred (2^-(s+1)), s, and how far from the network's a logit may be, in 2^-(2s+1)."""
    units = lambda a: np.frompyfunc(int, 1, 1)(a.astype(float) * 2.0**149)  # noqa: E731  Python's integers
    exact = [units(w_x) @ units(w[:w_x.shape[1]]), units(w_y) @ units(w[w_x.shape[1]:]), units(w_u) * 2**149]
    for s in range(24, -300, -1):
        l, r, u = (a >> 298 - s for a in exact)
        most, size = abs(l).max(0) + abs(r).max(0) + 2, abs(u).max(1)
        if (most * (u.max(1) - u.min(1) + 1 + 2 * size)).sum() < 2**53:
            break
    slack = 2 * (np.maximum(l.max(0) + r.max(0), 0) + 2 + 2 * size).sum()
    return [a.astype(np.int64) for a in (l, r, 2 * u - (u.max(1) + u.min(1))[:, None])] + [s, int(slack)]

def merge(partitions, cap):
    """[(partition, its members)] after merging greedily the two with fewest common cells, and the cells made."""
    meet = lambda a, b: np.unique(a * (b.max() + 1) + b, return_inverse=True)[1]  # noqa: E731
    parts, made = [(p, [i]) for i, p in enumerate(partitions)], 0
    while len(parts) > 1:
        cells, i, j = min((int(meet(parts[i][0], parts[j][0]).max()) + 1, i, j)
                          for i in range(len(parts)) for j in range(i + 1, len(parts)))
        if cells > cap:
            break
        made, (b, of_b), (a, of_a) = made + cells, parts.pop(j), parts.pop(i)
        parts.append((meet(a, b), of_a + of_b))
    return parts, made

def account(l, r, u, table, threshold, c):
    """(pairs whose margin exceeds the threshold, operations of the certificate's way to tell)."""
    (n, m), blocks, size = l.shape, np.array(c["blocks"]), np.bincount(c["blocks"])
    alphas, betas, neurons = np.array(c["first_partitions"]), np.array(c["second_partitions"]), np.array(c["neurons"])
    near, width, order = [np.zeros_like(l), np.zeros_like(r)], u.max(1), np.argsort(blocks, kind="stable")
    for f, cells, centred in ((l, alphas[neurons[:, 0]], near[0]), (r, betas[neurons[:, 1]], near[1])):
        for i, p in enumerate(cells):
            for cell in range(p.max() + 1):
                centred[p == cell, i] = f[p == cell, i].max() + f[p == cell, i].min() >> 1
    operations = n * sum((int(alphas[a].max()) + 1) * (int(betas[b].max()) + 1) for a, b in neurons)
    used = sorted(set(neurons[:, 1]))
    operations += n * sum((int(betas[b].max()) + 1) * merge(alphas[sorted(set(neurons[neurons[:, 1] == b, 0]))], n)[1]
                          for b in used)
    tables, made = merge(betas[used], c["cap"])
    tables = [(p, np.unique(p, return_index=True)[1], np.isin(neurons[:, 1], np.array(used)[of])) for p, of in tables]
    starts, entries, settled, pairs, certified = np.append(0, np.cumsum(size)[:-1]), 0, 0, 0, 0
    for x in range(n):
        at_z, total, most = (np.arange(n), table[x]), 0, 0
        for cells, member, mine in tables:
            t = (np.maximum(near[0][x, mine] + near[1][member][:, mine], 0).astype(float) @ u[mine]).astype(np.int64)
            total, most = total + t[cells], most + np.maximum.reduceat(t[:, order], starts, axis=1)[cells]
        h = np.maximum(l[x] + r, 0)
        logits = (h.astype(float) @ u).astype(np.int64)
        if c["exact"]:
            limit = logits[at_z] - (abs(h - np.maximum(near[0][x] + near[1], 0)) * width).sum(1) - threshold
        else:
            limit = total[at_z] - 2 * ((abs(l[x] - near[0][x]) + abs(r - near[1])) * width).sum(1) - threshold
        alive = most >= limit[:, None]
        left = alive[:, blocks] & (total >= limit[:, None])
        left[at_z] = False
        entries, settled, pairs = entries + (alive * size).sum(), settled + left.sum(), pairs + left.any(1).sum()
        certified += n - int((left & (logits[at_z][:, None] - logits <= threshold)).any(1).sum())
    made += sum(len(member) for _, member, _ in tables) + (4 * m if c["exact"] else len(tables))
    operations += n * n * (made + len(size) * (len(tables) + 1)) + (len(tables) + 1) * int(entries)
    return certified, operations + m * int(settled + (0 if c["exact"] else pairs))

def follow(c, weights, table, bound, see):
    """(pairs proved, operations) of OneLayerMLP's certificate."""
    (m, n), brute = weights[3].shape, c["method"] == "brute"
    if brute:  # one cell for all: every z' is settled by itself
        c = {"side": "y", "exact": False, "cap": 1, "blocks": [0] * n, "first_partitions": [[0] * n],
             "second_partitions": [[0] * n], "neurons": [[0, 0]] * m}
    for key, test in ("side", ("x", "y").__contains__), ("exact", lambda v: type(v) is bool), ("cap", whole):
        see(key, lambda: c[key], test)
    for key in "blocks", "first_partitions", "second_partitions":
        see(key, lambda: [c[key]] if key == "blocks" else c[key], lambda v: len(v) > 0 and all(
            len(p) == n and all(map(whole, p)) and set(p) == set(range(max(p) + 1)) for p in v))
    see("neurons", lambda: c["neurons"], lambda v: len(v) == m and all(whole(a) and whole(b) and a < len(
        c["first_partitions"]) and b < len(c["second_partitions"]) for a, b in v))
    l, r, u, s, slack = integer_network(*weights)
    l, r, table = (r, l, table.T) if c["side"] == "x" else (l, r, table)
    proved, operations = account(l, r, u, table, bound(2 * s + 1) + 2 * slack, c)
    return proved, n**3 * m + n**2 * m + n**3 if brute else operations

def check(c, directory, see):
    """None, or why the claim is refuted. see(name, get, test) is what get() gives, if that passes the test."""
    see("format", lambda: c["format"], lambda v: v == "irreplens-certificate-1")
    read = network_files.read_weights
    weights = see("weights", lambda: read(directory), lambda v: all(np.isfinite(w).all() for w in v))
    model, n = ["Transformer"] * (len(weights) == 9), weights[-1].shape[1]
    see("model", lambda: [c["model"]] if "model" in c else [], lambda v: v == model)
    see("method", lambda: c["method"], lambda v: v == "brute" or v == "table" and not model)
    digest = hashlib.sha256(b"".join(w.astype("<f4").tobytes() for w in weights)).hexdigest()
    see("weights_sha256", lambda: c["weights_sha256"], lambda v: v == digest)
    table = see("group", lambda: cayley_table(c["group"], n),
                lambda v: v.shape == (n, n) and all((np.sort(rows) == np.arange(n)).all() for rows in (v, v.T)))
    pairs, certified, claimed, margin = (see("claim." + key, lambda: c["claim"][key], test) for key, test in (
        ("pairs", lambda v: whole(v) and v == n * n), ("certified", lambda v: whole(v) and v <= n * n), (
            "operations", whole), ("margin", lambda v: type(v) in (int, float) and np.isfinite(float(v)))))
    exact = fractions.Fraction(margin)
    bound = lambda bits: max(-2**59, min(2**59, exact * fractions.Fraction(2)**bits // 1))  # noqa: E731
    proved, operations = (transformer_integers.follow(weights, table, bound) if model
                          else follow(c, weights, table, bound, see))
    if proved < certified or operations > claimed:
        return f"claim: {certified} pairs in {claimed} operations; proved are {proved} in {operations}"
    return print(f"holds: {certified} of {pairs} pairs, in {operations} operations")

place = ["usage"]
def see(name, get, test):
    place[0] = name
    if not test(value := get()):
        raise ValueError("not what a certificate of this run has there")
    return value

try:
    path, directory = see("arguments", lambda: sys.argv[1:], lambda v: len(v) == 2)
    certificate = see(path, lambda: json.loads(pathlib.Path(path).read_bytes()), lambda v: isinstance(v, dict))
    refuted = check(certificate, pathlib.Path(directory), see)
except Exception as error:  # whatever a foreign file makes fail: its field is told, and nothing is believed
    sys.exit(print(f"check_certificate: {place[0]}: {error!r}".replace("\n", " "), file=sys.stderr) or 2)
sys.exit("refuted: " + refuted if refuted else 0)  # a text goes to stderr, with exit code 1
