"""Calls the package with random arguments: whatever comes, an exception of Python's own and no crash.

usage: fuzz.py SECONDS [SEED]
"""

import random
import sys
import time

import numpy as np

import irreplens

ALLOWED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OSError,
    MemoryError,
    OverflowError,
    RuntimeError,
    ArithmeticError,
    AttributeError,
)


class Odd:
    """Says that it is a tensor and is none."""

    def __dlpack_device__(self):
        return random.choice([(1, 0), (2, 0), None, "cpu"])

    def __dlpack__(self, **_):
        return random.choice([None, 5, b"x"])


def number(r):
    return r.choice(
        [
            0,
            1,
            -1,
            2,
            3,
            5,
            23,
            24,
            25,
            2**31,
            -(2**31),
            2**63,
            2**64,
            0.5,
            -1.5,
            1e300,
            float("nan"),
            float("inf"),
            True,
        ]
    )


def array(r):
    kind = r.choice(
        [np.float32, np.float64, np.int32, np.int64, np.uint8, np.float16, np.complex128, bool, object, ">f8"]
    )
    shape = r.choice(
        [
            (),
            (0,),
            (1,),
            (6,),
            (24,),
            (24, 3),
            (24, 0),
            (6, 6),
            (24, 24),
            (24, 24, 24),
            (24, 24, 2),
            (6, 6, 6),
            (3, 24),
            (2, 24),
            (576,),
        ]
    )
    values = np.array(r.choices([0, 1, 2, 5, 23, 7, 3], k=int(np.prod(shape)))).reshape(shape).astype(kind)
    if r.random() < 0.1 and values.dtype.kind == "f" and values.size:
        values.flat[r.randrange(values.size)] = r.choice([np.nan, np.inf, 1e300])
    if r.random() < 0.2 and values.ndim:
        values = values[::-1]
    if r.random() < 0.1:
        values = np.asfortranarray(values)
    if r.random() < 0.1:
        values.flags.writeable = False
    return values


def anything(r, depth=0):
    kinds = [
        lambda: None,
        lambda: number(r),
        lambda: array(r),
        lambda: array(r),
        lambda: Odd(),
        lambda: r.choice(
            [
                "s3",
                "s4",
                "c5",
                "sign",
                "standard",
                "",
                "x" * 50,
                "\0",
                "é",
                "perm:(0 1)",
                "table:x",
                "left",
                "(0 1)",
                "s9",
                "cuda",
            ]
        ),
        lambda: (lambda *x: array(r)),
        lambda: (lambda a, b: np.ones((len(a), 24))),
        lambda: b"bytes",
        lambda: irreplens.Group("s3"),
    ]
    if depth < 2:
        kinds += [
            lambda: [anything(r, depth + 1) for _ in range(r.randrange(4))],
            lambda: {anything_hashable(r): anything(r, depth + 1) for _ in range(r.randrange(4))},
        ]
    return r.choice(kinds)()


def anything_hashable(r):
    return r.choice(
        ["sign", "standard", "trivial", "standard_sign", "s4_2d", "W_x", "W_U", "W", "W_y", 1, None, "lr", "layers"]
    )


def call(r, groups, run, analysis, folder):
    g = r.choice(groups)
    a = lambda: anything(r)  # noqa: E731
    settings = {
        r.choice(
            [
                "lr",
                "beta1",
                "weight_decay",
                "frac_train",
                "hidden_dim",
                "embed_dim",
                "seed",
                "model",
                "optimizer",
                "checkpoint_every",
                "device",
                "colour",
            ]
        ): r.choice([number(r), a()])
        for _ in range(r.randrange(3))
    }
    measured = {
        name: a() for name in ("logits", "hidden", "embed_x", "embed_y", "unembed", "train_pairs") if r.random() < 0.4
    }
    native = g._native
    choices = [
        lambda: irreplens.Group(a()),
        lambda: irreplens.Group(table=a(), labels=a()),
        lambda: irreplens.Group(generators=a()),
        lambda: irreplens.Group(elements=a(), name=a()),
        lambda: g.fourier(a()),
        lambda: g.inverse_fourier(a()),
        lambda: g.inverse_fourier({irrep.name: array(r) for irrep in g.irreps}),
        lambda: g.project(a(), a()),
        lambda: g.shares(a(), a()),
        lambda: g.cosets(a(), a()),
        lambda: g.subgroup(a()),
        lambda: g.index(a()),
        lambda: g.irreps[a()],
        lambda: irreplens.measure(g, **measured),
        lambda: irreplens.measure(a(), logits=a(), hidden_dim=a()),
        lambda: irreplens.train("s3", epochs=r.choice([1, 3, a()]) if r.random() < 0.5 else 2, **settings),
        lambda: irreplens.train(a(), epochs=2, callback=a()),
        lambda: irreplens.train("s3", seeds=a(), epochs=2),
        lambda: irreplens.train({**run.config, anything_hashable(r): a(), "num_epochs": 2}),
        lambda: irreplens.load(a()),
        lambda: irreplens.analyze(a(), config=a()),
        lambda: irreplens.analyze({**run.weights, anything_hashable(r): a()}, config=r.choice(["s3", run.config])),
        lambda: irreplens.analyze(run, before_relu=a()),
        lambda: analysis.plot(a()),
        lambda: irreplens.set_threads(r.choice([1, 2, a()])),
        lambda: native.fourier(r.choice([0, 99, -1]), a()),
        lambda: native.project(r.choice([0, 99]), a()),
        lambda: native.inverse_fourier(a(), number(r)),
        lambda: native.matrices(a()),
        lambda: native.cosets(a(), a()),
        lambda: native.energies(a()),
        lambda: native.fixed_dimensions(a()),
        lambda: type(native).from_table("x", a(), a()),
        lambda: type(native).from_elements("x", a()),
        lambda: type(native)(a()),
        lambda: irreplens._native.measure(native, a(), a(), r.choice([0, 2, -1]), a(), a(), a(), a()),
        lambda: irreplens._native.train(a(), a(), a(), a(), a(), a()),
        lambda: irreplens._native.split_pairs(a(), a(), a()),
        lambda: irreplens._native.write_tensors(f"{folder}/x", a()),
        lambda: irreplens._native.read_tensors(a()),
    ]
    return r.choice(choices)()


def main(seconds, seed):
    import tempfile
    import warnings

    warnings.simplefilter("ignore")
    r = random.Random(seed)
    groups = [irreplens.Group("s3"), irreplens.Group("s4"), irreplens.Group("c5"), irreplens.Group("q8")]
    run = irreplens.train("s3", epochs=2, keep_checkpoints=True)
    analysis = irreplens.analyze(run)
    end, calls, answers = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            calls += 1
            try:
                call(r, groups, run, analysis, folder)
                answers += 1
            except ALLOWED:
                pass
    print(f"{calls} calls, {answers} of them answered")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
