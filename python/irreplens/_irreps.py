"""Irreducible representations and the blocks of real functions that belong to them."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._arguments import shown


@dataclass(frozen=True)
class Irrep:
    """An irreducible representation rho of a group: rho(x*y) = rho(x) rho(y).

    >>> import irreplens
    >>> g = irreplens.Group("s5")
    >>> g.irreps["standard"]
    Irrep('standard', dimension 4, real, partition (4, 1))
    >>> rho = g.irreps["standard"].matrices
    >>> rho.shape
    (120, 4, 4)
    >>> bool(np.allclose(rho[g.table[3, 7]], rho[3] @ rho[7]))
    True
    """

    name: str
    """As the files of the programs name it: ``trivial``, ``sign``, ``standard``, ``s5_5d_a``, ``freq_3``, .."""
    dimension: int
    """d, the size of its matrices."""
    type: str
    """``"real"``, ``"complex"`` or ``"quaternionic"``: the mean of chi(x*x) is 1, 0 or -1."""
    partition: tuple[int, ...] | None
    """The partition that labels it, for S_n; None for other groups."""
    character: NDArray[Any] = field(repr=False, compare=False)
    """(n,): the trace of rho(x) for every element x; float64, or complex128 where it is not real. Read-only."""
    _group: _native.Group = field(repr=False, compare=False)
    _index: int = field(repr=False, compare=False)

    @cached_property
    def matrices(self) -> NDArray[Any]:
        """(n, d, d): rho(x) for every element x, unitary; float64, or complex128. Read-only, computed once.

        Where the irrep's type is real the matrices are real and orthogonal. For S_n they are Young's orthogonal form.
        Raises ValueError where they need more than 4 GiB.
        """
        matrices = np.asarray(self._group.matrices(self._index))
        matrices.flags.writeable = False
        return matrices

    def __repr__(self) -> str:
        partition = f", partition {self.partition}" if self.partition else ""
        return f"Irrep('{self.name}', dimension {self.dimension}, {self.type}{partition})"


@dataclass(frozen=True)
class Block:
    """A block of real functions on a group: what an irrep spans, or a complex irrep and its conjugate together.

    The analysis measures by blocks, and names each after its (first) irrep. Its projector is
    (P f)(g) = d/n sum_h chi(g h^-1) f(h).
    """

    name: str
    """The name of its irrep; of a complex pair, that of the first."""
    dimension: int
    """d of one irrep, also for a pair."""
    type: str
    """As :attr:`Irrep.type`."""
    partition: tuple[int, ...] | None
    """As :attr:`Irrep.partition`."""
    character: NDArray[np.float64] = field(repr=False, compare=False)
    """(n,): chi by element; for a complex pair the sum over the pair. Read-only."""

    @property
    def size(self) -> int:
        """Its dimension as a space of functions: d*d, for a complex pair 2*d*d."""
        return self.dimension**2 * (2 if self.type == "complex" else 1)


class Irreps(tuple[Irrep, ...]):
    """All irreps of a group, by place or by name.

    >>> import irreplens
    >>> irreps = irreplens.Group("s4").irreps
    >>> irreps.names
    ['trivial', 'sign', 'standard', 'standard_sign', 's4_2d']
    >>> irreps["sign"] is irreps[1]
    True
    """

    @property
    def names(self) -> list[str]:
        """Their names, in order."""
        return [irrep.name for irrep in self]

    def __getitem__(self, which: Any) -> Any:
        if isinstance(which, slice):
            return super().__getitem__(which)
        if not isinstance(which, str):
            try:
                place = operator.index(which)
            except Exception:  # what its own conversion raises says no more
                raise TypeError(f"a place or a name is needed, not {shown(which)}") from None
            return super().__getitem__(place)
        for irrep in self:
            if irrep.name == which:
                return irrep
        raise KeyError(f"there is no irrep '{which}'; there are {', '.join(self.names)}")
