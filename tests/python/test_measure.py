"""measure() against the definitions, computed directly by NumPy on the full cubes."""

import numpy as np
import pytest

import irreplens
from conftest import shared


def losses(logits, labels):
    """Mean negative log-softmax of (.., n) logits."""
    shifted = logits - logits.max(-1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return -np.take_along_axis(log_softmax, labels[..., None], -1)[..., 0]


def by_definition(g, h, embed_x, embed_y, w_u, logits, train):
    """Every metric of the design's table, on arrays over all pairs. train: (n, n) truth values."""
    n, ab = g.order, g.table
    quotient = g.table[:, g.inverse]
    projectors = {b.name: b.dimension / n * b.character[quotient] for b in g.blocks}
    loss = losses(logits, ab)
    right = logits.argmax(-1) == ab
    m = {
        "train_loss": loss[train].mean(),
        "test_loss": loss[~train].mean(),
        "all_loss": loss.mean(),
        "train_acc": right[train].mean(),
        "test_acc": right[~train].mean(),
    }
    centred = logits - logits.mean(-1, keepdims=True)
    hc = h - h.mean((0, 1))
    by_product = lambda f: np.stack([f[ab == c].sum(0) for c in range(n)])  # noqa: E731
    cubes, parts = {}, {}
    for b in g.blocks:
        p = projectors[b.name]
        for name, f in (("x_embed", embed_x), ("y_embed", embed_y), ("unembed", w_u.T)):
            m[f"percent_{name}_{b.name}_rep"] = ((p @ f) ** 2).sum() / (f**2).sum()
        shares = {}
        for name, f in (("x", hc.sum(1)), ("y", hc.sum(0)), ("xy", by_product(hc))):
            shares[name] = ((p @ f) ** 2).sum() / (n * (hc**2).sum())
            m[f"percent_hidden_{name}_{b.name}_rep"] = shares[name]
        m[f"total_percent_hidden_{b.name}_rep"] = sum(shares.values())
        parts[b.name] = ((p @ by_product(h)) / n)[ab] @ w_u
        m[f"hidden_restricted_loss_{b.name}_rep"] = losses(parts[b.name], ab).mean()
        m[f"hidden_excluded_loss_{b.name}_rep"] = losses(logits - parts[b.name], ab)[train].mean()
        if b.name == "trivial":
            continue
        cube = b.character[quotient][ab]  # [a, b, c]: chi(a b c^-1)
        similarity = (centred * cube).sum() / np.sqrt((centred**2).sum() * (cube**2).sum())
        m[f"logit_{b.name}_rep_trace_similarity"] = similarity
        cubes[b.name] = (centred * cube).sum() / (cube**2).sum() * cube
        m[f"logit_restricted_loss_{b.name}_rep"] = losses(cubes[b.name], ab).mean()
        m[f"logit_excluded_loss_{b.name}_rep"] = losses(logits - cubes[b.name], ab)[train].mean()
    key = [name for name in cubes if m[f"logit_{name}_rep_trace_similarity"] > 0.005]
    hidden = sum((parts[k] for k in key), np.zeros_like(logits))
    m["total_hidden_restricted_loss"] = losses(hidden, ab).mean()
    m["total_hidden_excluded_loss"] = losses(logits - hidden, ab)[train].mean()
    m["percent_logits_explained"] = sum(m[f"logit_{k}_rep_trace_similarity"] ** 2 for k in cubes)
    m["percent_hidden_explained"] = sum(m[f"total_percent_hidden_{k}_rep"] for k in key)
    return m, key


def network(g, hidden=10, seed=0):
    """A network that half knows the product: random, and a character in it."""
    random = np.random.default_rng(seed)
    n = g.order
    block = g.blocks[2]
    u = np.concatenate([g.irreps[block.name].matrices.real.reshape(n, -1).T, random.normal(size=(hidden, n)) / 4])
    h = np.concatenate(
        [
            g.irreps[block.name].matrices.real.reshape(n, -1)[g.table] * 2,
            np.maximum(random.normal(size=(n, n, hidden)), 0),
        ],
        axis=-1,
    )
    train = random.random((n, n)) < 0.5
    return h, random.normal(size=(n, 5)), random.normal(size=(n, 3)), u, train


@pytest.mark.parametrize("name", ["s4", "d6", "q8xc2", "a4"])
def test_every_metric_is_its_definition(name):
    g = irreplens.Group(name)
    h, x, y, u, train = network(g)
    expected, key = by_definition(g, h, x, y, u, h @ u, train)
    measured = irreplens.measure(g, hidden=h, embed_x=x, embed_y=y, unembed=u, train_pairs=train)
    assert measured.key_irreps == key and key
    for metric, value in expected.items():
        assert measured[metric] == pytest.approx(value, rel=1e-9, abs=1e-12), metric
    assert len(expected) > 40


def test_arrays_and_functions_give_the_same():
    g = irreplens.Group("s4")
    h, x, y, u, train = network(g)
    pairs = np.flatnonzero(train)
    by_array = irreplens.measure(g, logits=h @ u, hidden=h, embed_x=x, embed_y=y, unembed=u, train_pairs=pairs)
    by_function = irreplens.measure(
        g,
        logits=lambda a, b: (h @ u)[a, b],
        hidden=lambda a, b: h[a, b],
        embed_x=x,
        embed_y=y,
        unembed=u,
        train_pairs=pairs,
    )
    assert dict(by_array) == dict(by_function)
    in_float32 = irreplens.measure(g, logits=(h @ u).astype(np.float32))
    assert in_float32["all_loss"] == pytest.approx(by_array["all_loss"], rel=1e-5)
    assert "train_loss" not in in_float32 and "percent_unembed_sign_rep" not in in_float32


def test_the_published_network_measures_as_analyze_does():
    a = irreplens.analyze(shared("reference/S5_MLP_seed2"))
    w = {name: value.astype(np.float64) for name, value in a.run.weights.items()}
    size = w["W_x"].shape[1]
    left, right = w["W_x"] @ w["W"][:size], w["W_y"] @ w["W"][size:]
    measured = irreplens.measure(
        "s5",
        hidden=np.maximum(left[:, None] + right[None], 0),
        embed_x=left,
        embed_y=right,
        unembed=w["W_U"],
        train_pairs=a.run.train_pairs,
    )
    assert set(a.metrics) - set(measured) == {"sum_of_squared_weights"}
    assert measured.key_irreps == a.key_irreps == ["sign", "standard"]
    for metric, value in measured.items():
        assert value == pytest.approx(a.metrics[metric], rel=1e-8, abs=1e-13), metric


def test_a_torch_transformer():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    g = irreplens.Group("s4")
    n, width, hidden = g.order, 16, 24
    embedding, position = torch.randn(n + 1, width), torch.randn(3, width)
    q, k, v = (torch.randn(width, width) / 4 for _ in range(3))
    w_in, w_out, unembedding = (
        torch.randn(width, hidden) / 4,
        torch.randn(hidden, width) / 4,
        torch.randn(width, n, requires_grad=True),
    )

    def residual(a, b):
        a, b = torch.as_tensor(a).long(), torch.as_tensor(b).long()
        x = embedding[torch.stack([a, b, torch.full_like(a, n)], -1)] + position
        scores = (x[:, -1:] @ q) @ (x @ k).transpose(1, 2) / width**0.5
        x = x[:, -1] + (scores.softmax(-1) @ (x @ v))[:, 0]
        return x + torch.relu(x @ w_in) @ w_out

    measured = irreplens.measure(
        g,
        hidden=residual,
        unembed=unembedding,
        embed_x=embedding[:n],
        embed_y=embedding[:n],
        train_pairs=torch.arange(n * n)[::2],
    )
    a, b = np.divmod(np.arange(n * n), n)
    h = residual(a, b).numpy().astype(np.float64).reshape(n, n, width)
    u, e = unembedding.detach().numpy().astype(np.float64), embedding[:n].numpy().astype(np.float64)
    train = (np.arange(n * n) % 2 == 0).reshape(n, n)
    expected, key = by_definition(g, h, e, e, u, h @ u, train)
    assert measured.key_irreps == key
    for metric, value in expected.items():
        assert measured[metric] == pytest.approx(value, rel=2e-4, abs=1e-7), metric


def test_what_a_function_raises_comes_out():
    def broken(a, b):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        irreplens.measure("s4", logits=broken)


def test_a_function_may_measure():
    def measures(a, b):
        inner.append(dict(irreplens.measure("s4", logits=lambda a, b: cube[a, b])))
        return cube[a, b]

    inner, cube = [], np.random.default_rng(1).normal(size=(24, 24, 24))
    outer = irreplens.measure("s4", logits=measures)
    assert inner and all(metrics == outer for metrics in inner)


def says(text, *words):
    assert "\n" not in text
    for word in words:
        assert word in text, text


@pytest.mark.parametrize(
    "given, words",
    [
        ({"logits": np.zeros((24, 24, 23))}, ["logits", "(24,24,23)", "(24,24,24)"]),
        ({"hidden": np.zeros((24, 23, 5))}, ["hidden", "(24,23,5)", "(24,24,H)"]),
        ({"hidden": np.zeros((24, 24, 5)), "unembed": np.zeros((6, 24))}, ["unembed", "(6,24)", "(5,24)"]),
        ({"embed_x": np.zeros((23, 5))}, ["embed_x", "(23,5)", "(24,any)"]),
        ({"logits": np.full((24, 24, 24), np.nan)}, ["logits", "(0,0,0)", "nan"]),
        ({"logits": np.zeros((24, 24, 24), dtype=complex)}, ["logits", "complex128"]),
        ({"logits": "text"}, ["logits"]),
        ({"logits": np.ma.masked_array(np.zeros((24, 24, 24)))}, ["logits", "masked"]),
        ({"logits": lambda a, b: np.zeros((len(a), 3))}, ["logits", "24)"]),
        ({"hidden": lambda a, b: np.zeros(3)}, ["hidden", "(3,)"]),
        ({"logits": lambda a, b: np.full((len(a), 24), np.inf)}, ["logits", "inf"]),
        ({}, ["nothing to measure"]),
        ({"logits": np.ones((24, 24, 24)), "train_pairs": [0, 0]}, ["train pair 0", "twice"]),
        ({"logits": np.ones((24, 24, 24)), "train_pairs": [600]}, ["train_pairs", "600", "575"]),
        ({"logits": np.ones((24, 24, 24)), "train_pairs": np.array([2**64 - 1])}, ["train_pairs", str(2**64 - 1)]),
        ({"logits": np.ones((24, 24, 24)), "train_pairs": np.ones((3, 3), dtype=bool)}, ["train_pairs", "(3,3)"]),
        ({"logits": np.ones((24, 24, 24)), "train_pairs": [0.5]}, ["train_pairs", "float64"]),
    ],
)
def test_bad_input(given, words):
    with pytest.raises(ValueError) as error:
        irreplens.measure("s4", **given)
    says(str(error.value), *words)


def test_shows_itself():
    m = irreplens.measure("s4", logits=np.random.default_rng(0).normal(size=(24, 24, 24)))
    assert "<table" in m._repr_html_() and "<svg" in m._repr_html_() and len(m.irreps["irrep"]) == 5
