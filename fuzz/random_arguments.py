"""Random arguments for fuzz_package.py: what users hand in, what they hand in by mistake, and what nobody would."""

import decimal
import itertools

import numpy as np

import irreplens

NUMBERS = [0, 1, -1, 2, 3, 5, 23, 24, 25, 2**31 - 1, 2**31, -(2**31), 2**63, 2**64, 10**400]
NUMBERS += [0.5, -1.5, 1e-300, 1e300, float("nan"), float("inf"), -float("inf"), True, 1j, decimal.Decimal("0.5")]
TEXTS = ["s3", "s4", "c5", "q8", "sign", "standard", "trivial", "", "x" * 500, "\0", "é", "\ud800", "a\nb"]
TEXTS += ["perm:(0 1)", "table:x", "left", "right", "(0 1)", "(0 1 2)", "(0 0)", "(99999999999 1)", "s9", "s13"]
TEXTS += ["c99999999999", "s3xs3xs3xs3"]
TEXTS += ["cuda", "cpu", "OneLayerMLP", "Transformer", "adam", "train_loss", "/", ".", "/dev/null", "nowhere/cfg.json"]
FIELDS = ["sign", "standard", "trivial", "standard_sign", "s4_2d", "W_x", "W_U", "W", "W_y", "lr", "layers", "betas"]
FIELDS += ["seed", "group", "group_parameter", "model", "elements", "num_epochs", "checkpoint_every", "frac_train"]
FIELDS += [1, None, ("a",)]
KINDS = [np.float32, np.float64, np.float64, np.int32, np.int64, np.uint64, np.uint8, np.float16, np.longdouble]
KINDS += [np.complex64, np.complex128, bool, object, ">f8", ">i4", "U3", "S2", "M8[s]", "i4,f8"]
SHAPES = [(), (0,), (1,), (5,), (6,), (24,), (25,), (24, 3), (24, 0), (0, 24), (6, 6), (24, 24), (24, 24, 24)]
SHAPES += [(24, 24, 2), (6, 6, 6), (6, 6, 4)]
SHAPES += [(4, 6), (3, 24), (2, 24), (576,), (36,), (6, 6, 0), (1, 1, 1, 1, 24), (24, 24, 24, 1)]


class Raised(Exception):
    """What a callback of the fuzzer raises: it has to come out as it is."""


class Odd:
    """Says that it is a tensor and is none."""

    def __init__(self, r):
        self.r = r

    def __dlpack_device__(self):
        return self.r.choice([(1, 0), (2, 0), (99, 0), None, "cpu", ()])

    def __dlpack__(self, **_):
        return self.r.choice([None, 5, b"x"])


class Liar:
    """Has a length and items that don't agree, and raises where it is turned into anything else."""

    def __len__(self):
        return 3

    def __getitem__(self, i):
        raise Raised("item")

    def __array__(self, *_, **__):
        raise Raised("array")


def array(r):
    """An array of any kind, shape and layout."""
    kind, shape = r.choice(KINDS), r.choice(SHAPES)
    values = np.array(r.choices([0, 1, 2, 5, 23, 7, 3], k=int(np.prod(shape)))).reshape(shape)
    try:
        values = values.astype(kind)
    except (TypeError, ValueError):
        values = np.zeros(shape, dtype=kind)
    if r.random() < 0.15 and values.dtype.kind == "f" and values.size:
        values.flat[r.randrange(values.size)] = r.choice([np.nan, np.inf, -np.inf, 6e4])
    layout = r.randrange(10)
    if layout == 0 and values.ndim:
        return values[::-1]
    if layout == 1:
        return np.asfortranarray(values)
    if layout == 2:
        values.flags.writeable = False
    if layout == 3 and values.ndim:
        return np.repeat(values, 2, axis=-1)[..., ::2]
    if layout == 4:
        return np.broadcast_to(values.flat[0] if values.size else np.float64(1), shape)
    if layout == 5 and values.dtype.kind in "iuf":  # at an odd address
        return np.frombuffer(b"x" + values.tobytes(), dtype=values.dtype, offset=1).reshape(shape)
    if layout == 6 and values.dtype.kind in "iuf":
        return np.ma.masked_array(values, mask=values > 5)
    if layout == 7 and values.ndim == 2 and values.dtype.kind in "iuf":
        return np.matrix(values)
    if layout == 8 and values.size < 1000:
        return values.tolist()
    return values


def tensor(r):
    """The same as a tensor of torch's where torch is."""
    try:
        import torch
    except ImportError:
        return array(r)
    try:
        t = torch.as_tensor(np.array(array(r)))
    except (TypeError, ValueError, RuntimeError):
        return torch.zeros(24, dtype=r.choice([torch.bfloat16, torch.float16, torch.float64]))
    if r.random() < 0.3 and t.is_floating_point():
        t.requires_grad_()
    if r.random() < 0.2:
        return t.to("meta")
    return t.to_sparse() if t.ndim == 2 and r.random() < 0.1 else t


def function(r):
    """A callback: right, wrong, raising, or calling back into the package. Whatever happens in it is Raised."""

    def raises(*_):
        raise Raised("mine")

    def calls_back(a, b):
        irreplens.measure("s3", logits=np.ones((6, 6, 6)))
        irreplens.train("s3", epochs=1)
        return np.ones((len(a), 24))

    inner = r.choice(
        [
            raises,
            calls_back,
            lambda a, b: np.ones((len(a), 24)),
            lambda a, b: np.ones((len(a), 6), dtype=np.float32),
            lambda a, b: np.ones((len(a) + 1, 24)),
            lambda *_: array(r),
            lambda *_: tensor(r),
            lambda *_: r.choice([None, False, True, "x", {}, 5]),
            lambda: 5,
            dict.fromkeys,
            np.add,
        ]
    )

    def guarded(*arguments):
        try:
            return inner(*arguments)
        except Exception as error:
            raise Raised(str(error)) from None

    return guarded


def anything(r, depth=0):
    """Anything at all."""
    kinds = [
        lambda: None,
        lambda: r.choice(NUMBERS),
        lambda: np.float32(r.choice([0, 1, np.nan])),
        lambda: array(r),
        lambda: array(r),
        lambda: tensor(r),
        lambda: Odd(r),
        lambda: Liar(),
        lambda: r.choice(TEXTS),
        lambda: function(r),
        lambda: r.choice([b"bytes", bytearray(24), memoryview(bytes(24)), range(24), range(10**12), object()]),
        lambda: iter([1, 2]),
        lambda: itertools.count(),
        lambda: irreplens.Group("s3"),
        lambda: irreplens.Group("s4").irreps[2],
    ]
    if depth < 2:
        kinds += [
            lambda: [anything(r, depth + 1) for _ in range(r.randrange(4))],
            lambda: {r.choice(FIELDS): anything(r, depth + 1) for _ in range(r.randrange(4))},
        ]
    return r.choice(kinds)()


def damaged(r, data):
    """The bytes of a file with some cut off, changed or doubled."""
    data = bytearray(data)
    for _ in range(r.randrange(1, 4)):
        place = r.randrange(len(data)) if data else 0
        what = r.randrange(4)
        if what == 0:
            del data[place:]
        elif what == 1 and data:
            data[place] = r.randrange(256)
        elif what == 2:
            data[place:place] = r.choice([b"nan", b"1e999", b"-1", b"\xff\xfe", b"null", b"[]", b"\n", b'"'])
        else:
            data[place : place + r.randrange(1, 40)] = b""
    return bytes(data)
