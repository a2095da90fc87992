"""The metrics of any network that multiplies in a finite group, from what it computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._arrays import require_finite, shape_text, to_float64, to_numpy
from ._frames import frame
from ._groups import Group
from ._metrics import irrep_columns, irrep_table_html

Rows = Callable[[NDArray[np.int32], NDArray[np.int32]], Any]


class Measurement(Mapping[str, float]):
    """Metrics by their published names. A notebook shows them as a table by irrep."""

    def __init__(self, group: Group, metrics: Mapping[str, float], key_irreps: list[str]) -> None:
        self.group = group
        """The group that the network multiplies in."""
        self.key_irreps = key_irreps
        """The irreps that it uses: logit similarity above 0.005. Empty where no logits are known."""
        self._metrics = dict(metrics)

    def __getitem__(self, name: str) -> float:
        return self._metrics[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._metrics)

    def __len__(self) -> int:
        return len(self._metrics)

    @cached_property
    def irreps(self) -> Any:
        """A row an irrep: its similarity, shares and losses. A DataFrame; without pandas a dict of arrays."""
        return frame(irrep_columns(self, [block.name for block in self.group.blocks]))

    def __repr__(self) -> str:
        return f"Measurement({self.group.name}, {len(self)} metrics, key irreps {', '.join(self.key_irreps) or 'none'})"

    def _repr_html_(self) -> str:
        key = escape(", ".join(self.key_irreps) or "none")
        return f"<b>{escape(self.group.name)}</b>: key irreps {key}" + irrep_table_html(
            self, [block.name for block in self.group.blocks]
        )


def measure(
    group: Group | str,
    *,
    logits: Any = None,
    hidden: Any = None,
    embed_x: Any = None,
    embed_y: Any = None,
    unembed: Any = None,
    train_pairs: Any = None,
) -> Measurement:
    """Every metric of the analysis that what you give defines, for a network of any kind.

    group: a :class:`Group` or its name. Element x of your network has to be element x of the group: see
    ``group.labels``.

    logits: (n, n, n), entry [a, b, c] the logit of c for the pair (a, b); or a function ``f(a, b)`` of two arrays of
    m elements that returns (m, n), one row a pair. Then no array of all pairs is ever needed (S_6 has 373 million
    logits). The function is called under Python's lock, from other threads.

    hidden: (n, n, H), the activations that the unembedding reads, or such a function, (m, H).

    embed_x, embed_y: (n, any width), what the first and the second element add to what reaches the neurons.

    unembed: (H, n). Where there are hidden activations but no logits, the logits are ``hidden @ unembed``.

    train_pairs: the pairs that the network was trained on: their numbers k = a*n + b, or an (n, n) array of truth
    values. Without them, metrics of train and test pairs are left out.

    Arrays are NumPy, torch on the CPU, or anything with DLPack, float32 or float64; packed ones are read in place. A
    tensor on a GPU raises ValueError; move it with ``.cpu()``. So do other shapes, dtypes, and what is not finite: in
    one line that names the argument and both shapes.

    Shares of ``embed_x``, ``embed_y``, ``unembed`` need that argument; similarities and losses of logits need logits;
    losses of the hidden layer need ``hidden`` and ``unembed``. docs/analyze.md defines every metric. Cost: O(n^3 (H +
    irreps)).

    >>> import irreplens
    >>> g = irreplens.Group("s4")
    >>> chi = g.irreps["standard"].character
    >>> product_over_c = g.table[g.table[:, :, None], g.inverse[None, None, :]]  # a b c^-1
    >>> m = irreplens.measure(g, logits=10 * chi[product_over_c])  # logits that are a character
    >>> m.key_irreps, round(m["logit_standard_rep_trace_similarity"], 9)
    (['standard'], 1.0)
    """
    g = Group._of(group)
    n = g.order
    hidden_rows, width = _given("hidden", hidden, n, None)
    logit_rows, _ = _given("logits", logits, n, n)
    unembedding = _matrix("unembed", unembed, (width if hidden is not None else None, n))
    metrics, key_irreps = _native.measure(
        g._native,
        logit_rows,
        hidden_rows,
        width,
        _matrix("embed_x", embed_x, (n, None)),
        _matrix("embed_y", embed_y, (n, None)),
        unembedding,
        _pairs(train_pairs, n),
    )
    return Measurement(g, dict(metrics), list(key_irreps))


def _given(name: str, value: Any, n: int, width: int | None) -> tuple[Any, int]:
    """An array (n, n, width), float32 or float64, or a checked function; and the width, 0 for nothing."""
    if value is None:
        return None, 0
    if callable(value) and not hasattr(value, "__dlpack__") and not isinstance(value, np.ndarray):
        if width is None:
            width = _width_of(name, value)
        return _checked(name, value, width), width
    array = to_numpy(name, value)
    wanted: tuple[int | str, ...] = (n, n, width if width is not None else "H")
    if (
        array.ndim != 3
        or array.shape[:2] != (n, n)
        or (width is not None and array.shape[2] != width)
        or not array.shape[2]
    ):
        raise ValueError(f"{name}: shape {shape_text(array.shape)}, where {shape_text(wanted)} is needed")
    if array.dtype == np.float32:
        array = np.ascontiguousarray(array)
        require_finite(name, array)
        return array, array.shape[2]
    return to_float64(name, array), array.shape[2]


def _width_of(name: str, function: Rows) -> int:
    first = np.zeros(1, dtype=np.int32)
    array = to_numpy(name, function(first, first))
    if array.ndim != 2 or array.shape[0] != 1 or not array.shape[1]:
        raise ValueError(
            f"{name}: the function gave shape {shape_text(array.shape)} for one pair, where (1,H) is needed"
        )
    return int(array.shape[1])


def _checked(name: str, function: Rows, width: int) -> Rows:
    def rows(a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.float64]:
        array = to_numpy(name, function(a, b))
        wanted = (len(a), width)
        if array.shape != wanted:
            raise ValueError(
                f"{name}: the function gave shape {shape_text(array.shape)}, where {shape_text(wanted)} is needed"
            )
        return to_float64(name, array)

    return rows


def _matrix(name: str, value: Any, shape: tuple[int | None, int | None]) -> NDArray[np.float64] | None:
    if value is None:
        return None
    array = to_numpy(name, value)
    fits = array.ndim == 2 and array.size > 0 and all(w is None or w == s for w, s in zip(shape, array.shape))
    if not fits:
        wanted = shape_text(tuple("any" if w is None else w for w in shape))
        raise ValueError(f"{name}: shape {shape_text(array.shape)}, where {wanted} is needed")
    return to_float64(name, array)


def _pairs(value: Any, n: int) -> list[int] | None:
    if value is None:
        return None
    array = to_numpy("train_pairs", value)
    if array.dtype == bool:
        if array.shape != (n, n):
            raise ValueError(f"train_pairs: shape {shape_text(array.shape)}, where ({n},{n}) truth values are needed")
        return [int(k) for k in np.flatnonzero(array)]
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(
            f"train_pairs: shape {shape_text(array.shape)} of {array.dtype}, "
            "where numbers of pairs, a*n + b, are needed"
        )
    for k in (array.min(), array.max()) if array.size else ():
        if not 0 <= k < n * n:
            raise ValueError(f"train_pairs: {k} is no number of a pair; they are 0 to {n * n - 1}")
    return [int(k) for k in array]
