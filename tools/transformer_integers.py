"""The one-layer transformer in integers, for tools/check_certificate.py; numpy alone (docs/certificates.md)."""
import decimal

import numpy as np

ROW, WEIGHT = 4, 30  # bits below 2^-s of rows by token; bits of the attention's weights

def exact_parts(weights):
    """b; exp(score - that of "=") 2^80 by position, head and token; and, without any rounding, what is linear.

    What is linear in the residual stream is so in the attention's weights, which sum to 1: a row that never changes,
    and by position and head one for each token; columns of W_in, then of W_U. Units: 2^-4b, of u = W_out W_U 2^-2b.
    """
    b = next(b for b in range(15, 150) if not any((np.ldexp(w.astype(float), b) % 1).any() for w in weights))
    e, pos, q, k, v, o, w_in, w_out, w_u = (np.frompyfunc(int, 1, 1)(np.ldexp(w.astype(float), b)) for w in weights)
    heads, _, size = q.shape
    last, ends = e[-1] + pos[2], np.hstack([w_in, w_u])
    tokens = [e[:-1] + pos[position] - last for position in (0, 1)]
    scores = np.array([[t @ (k[h] @ (last @ q[h])) for h in range(heads)] for t in tokens])
    if heads > 32 or (scores**2 > (4096 << 4 * b)**2 * size).any():
        raise ValueError("more than 32 heads, or scores of attention beyond 4096")
    with decimal.localcontext() as context:  # whose functions are rounded correctly: off by 1, or 10^-70 of itself
        context.prec = 80
        scale = decimal.Decimal(2)**(4 * b) * decimal.Decimal(size).sqrt()
        exp = np.frompyfunc(lambda score: int((decimal.Decimal(score) / scale).exp() * 2**80), 1, 1)(scores)
    through = [o[h] @ ends for h in range(heads)]
    constant = ((last @ ends) << 2 * b) + sum(last @ v[h] @ through[h] for h in range(heads))
    return b, exp, constant, [np.array([t @ v[h] @ through[h] for h in range(heads)]) for t in tokens], w_out @ w_u

def integer_network(weights):
    """rows, u, s. rows(x), pairs (x, .): H, what is added to H u, and by how much a margin of these may be off; H and u
    in units of 2^-s, logits and margins of 2^-2s."""
    b, exp, constant, rows, u = exact_parts(weights)
    m, heads = len(u), len(exp[0])
    most = np.maximum(constant + sum(np.maximum(np.maximum(x.max(0), y.max(0)), 0) for x, y in zip(*rows)), 0)[:m]
    total = (abs(constant) + sum(abs(side).max(1).sum(0) for side in rows)).max()
    width = abs(u).max(1)
    s = next(s for s in range(24, -61, -1) if total >> 4 * b - s < 2**28 and total >> 4 * b - 2 * s < 2**57 and (
        ((most >> 4 * b - s) + 8) * ((width >> 2 * b - s) + 2)).sum() < 2**52)  # sums of H u are exact in float64
    constant = (constant >> 4 * b - s - ROW - WEIGHT).astype(np.int64)
    rows = [(side >> 4 * b - s - ROW).astype(np.int64) for side in rows]
    u = ((u >> 2 * b - s - 1) + 1) >> 1  # off by 1 unit at most, as H is by off_hidden
    width, u = abs(u).max(1).astype(np.int64), u.astype(float)
    # Of a sum of weights, each off by 2 units at most and two of a head 1 together, times rows that were rounded down.
    off = sum(2 * (int(abs(head).max()) + 1) for side in rows for head in side) + (heads << WEIGHT) + 1
    off_hidden, off_bypass = 1 + (2 * off >> ROW + WEIGHT), (off >> ROW + WEIGHT - s) + 2

    def rows_of(x):
        sums = exp[0][:, x, None] + exp[1] + 2**80
        of_x, of_y = (((side << WEIGHT) // sums).astype(np.int64) for side in (exp[0][:, x, None], exp[1]))
        t = constant + of_x.T @ rows[0][:, x] + sum(of_y[h, :, None] * rows[1][h] for h in range(heads))
        reach = (t[:, :m] + (1 << ROW + WEIGHT - 1)) >> ROW + WEIGHT
        h, live = np.maximum(reach, 0), reach + off_hidden > 0
        return h, t[:, m:] >> ROW + WEIGHT - s, 2 * (((h + off_hidden + off_hidden * width) * live).sum(1) + off_bypass)
    return rows_of, u, s

def follow(weights, table, bound):
    """(pairs proved, operations). bound(bits): T in units of 2^-bits, rounded down."""
    rows_of, u, s = integer_network(weights)
    (m, n), heads, proved, y = u.shape, len(weights[2]), 0, np.arange(len(table))
    for x in y:
        h, bypass, off = rows_of(x)
        logits = (h.astype(float) @ u).astype(np.int64) + bypass
        own, logits[y, table[x]] = logits[y, table[x]], -2**62
        proved += int((own - logits.max(1) > bound(2 * s) + off).sum())
    return proved, n * n * (4 * heads + 2 * heads * (m + n) + n * m + n)
