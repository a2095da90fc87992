"""Finite groups, their irreps, and Fourier analysis on them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._arguments import shown, to_integer, to_list, to_switch, to_text
from ._arrays import shape_text, to_float64, to_int32, to_numpy
from ._irreps import Block, Irrep, Irreps
from ._subgroups import Subgroup

_MOST_GENERATORS = 1024


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


class Group:
    """A finite group: elements are the indices 0 .. n-1, and a table multiplies them.

    Give one of:

    - ``name``: ``"s5"``, ``"a5"``, ``"c113"``, ``"d59"`` (order 118), ``"q8"``; products, ``"s3xc4"``;
      ``"perm:(0 1 2),(0 1)"``; ``"table:FILE.csv"``.
    - ``table``: (n, n) integers, ``table[x, y]`` the index of x*y; ``labels`` may name the elements.
    - ``generators``: permutations in cycle notation, as ``["(0 1 2 3 4)", "(0 1)"]``.
    - ``elements``: (n, degree), all permutations in one-line notation, in the order that you want.

    Where elements are permutations, x*y applies x first: (x*y)(i) = y(x(i)), as in SymPy and GAP. S_3 .. S_6 and A_5
    are numbered as the published models number them.

    Raises ValueError, in one line that says what is wrong where, for an unknown name, a table that is no group or too
    many elements (the table of 16384 takes 1 GiB); FileNotFoundError for a table that is not there.

    >>> import irreplens
    >>> g = irreplens.Group("s3")
    >>> g.order, g.labels
    (6, ['()', '(0 1 2)', '(0 2 1)', '(1 2)', '(0 1)', '(0 2)'])
    >>> g.labels[g.table[g.index("(0 1 2)"), g.index("(0 1)")]]  # first (0 1 2), then (0 1)
    '(1 2)'
    >>> klein = irreplens.Group(table=[[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]])
    >>> klein.is_abelian
    True
    >>> irreplens.Group(generators=["(0 1 2)", "(1 2 3)"]).order
    12
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        table: Any = None,
        generators: Sequence[str] | None = None,
        elements: Any = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        given = [what for what in (table, generators, elements) if what is not None]
        if len(given) > 1 or (not given and name is None):
            raise ValueError("Group: give a name, or one of table, generators and elements")
        if labels is not None and table is None:
            raise ValueError("Group: labels go with a table")
        if name is not None:
            to_text("name", name)
        self._made_by: tuple[str, Any] = ("name", name)
        if table is not None:
            array = to_int32("table", table, ("n", "n"))
            if array.shape[0] != array.shape[1]:
                raise ValueError(f"table: shape {shape_text(array.shape)}, where (n,n) is needed")
            texts = [] if labels is None else [to_text("labels", x) for x in to_list("labels", labels, len(array))]
            self._native = _native.Group.from_table(name or "group", array, texts)
            self._made_by = ("table", None)
        elif generators is not None:
            if isinstance(generators, str):
                raise ValueError('generators: a list of texts is needed, as ["(0 1 2)", "(0 1)"]')
            texts = [to_text("generators", x) for x in to_list("generators", generators, _MOST_GENERATORS)]
            self._native = _native.Group.from_generators(name or "perm:" + ",".join(texts), texts)
            self._made_by = ("generators", texts)
        elif elements is not None:
            array = to_int32("elements", elements, ("n", "degree"))
            self._native = _native.Group.from_elements(name or "group", array)
            self._made_by = ("elements", None)
        else:
            assert name is not None
            if name[:6].lower() == "table:" and not os.path.exists(name[6:]):
                raise FileNotFoundError(f"{name[6:]}: no such file")
            self._native = _native.Group.named(name)

    @classmethod
    def _of(cls, value: Group | str) -> Group:
        """The group itself, or that of a name."""
        if isinstance(value, Group):
            return value
        if isinstance(value, str):
            return cls(value)
        raise ValueError(f"group: a {type(value).__name__}, where a Group or a name such as 's5' is needed")

    @classmethod
    def _wrap(cls, native: _native.Group) -> Group:
        """The library's group as one of these."""
        group = cls.__new__(cls)
        group._native = native
        group._made_by = ("name", native.name.lower()) if native.elements() is None else ("elements", None)
        return group

    def __reduce__(self) -> tuple[Any, ...]:
        how, what = self._made_by
        if how == "name":
            return (Group, (what,))
        arguments: dict[str, Any] = {"name": self.name}
        if how == "generators":
            arguments["generators"] = what
        elif how == "elements":
            arguments["elements"] = self.elements
        else:
            arguments.update(table=self.table, labels=self.labels)
        return (_group_of, (arguments,))

    @property
    def name(self) -> str:
        """``s5``, ``c113``, ``s3xc4``, ..: as the programs know it."""
        return self._native.name

    @property
    def order(self) -> int:
        """n, the number of elements."""
        return self._native.order

    def __len__(self) -> int:
        return self.order

    def __repr__(self) -> str:
        return f"Group('{self.name}', order {self.order})"

    @property
    def identity(self) -> int:
        """The index of the identity."""
        return self._native.identity

    @property
    def is_abelian(self) -> bool:
        """Whether x*y = y*x for all elements."""
        return self._native.is_abelian

    @cached_property
    def elements(self) -> NDArray[np.int32] | None:
        """(n, degree): the permutations in one-line notation, row x that of element x; None where there are none."""
        elements = self._native.elements()
        return None if elements is None else _read_only(elements)

    @cached_property
    def labels(self) -> list[str]:
        """A name for each element: cycle notation, ``"r^2s"``, ``"3"``, .."""
        return self._native.labels()

    def index(self, label: str) -> int:
        """The index of the element with that label. Raises ValueError where there is none.

        >>> import irreplens
        >>> irreplens.Group("s3").index("(0 2)")
        5
        """
        try:
            return self.labels.index(to_text("label", label))
        except ValueError:
            raise ValueError(
                f"{self.name} has no element {shown(label)}; there are {', '.join(self.labels[:6])}, .."
            ) from None

    @cached_property
    def table(self) -> NDArray[np.int32]:
        """(n, n): entry [x, y] is the index of x*y. Read-only, the library's own memory."""
        return self._native.table()

    @cached_property
    def inverse(self) -> NDArray[np.int32]:
        """(n,): the index of the inverse of each element. Read-only."""
        return self._native.inverses()

    @cached_property
    def element_orders(self) -> NDArray[np.int32]:
        """(n,): the order of each element. Read-only."""
        return _read_only(self._native.element_orders())

    @cached_property
    def classes(self) -> list[list[int]]:
        """The conjugacy classes, each a list of elements, the identity's first.

        >>> import irreplens
        >>> irreplens.Group("s3").classes
        [[0], [3, 4, 5], [1, 2]]
        """
        return [list(members) for _, _, members in self._native.classes()]

    @cached_property
    def class_of(self) -> NDArray[np.int32]:
        """(n,): the place in :attr:`classes` of each element's class. Read-only."""
        return _read_only(self._native.class_of())

    @property
    def generators(self) -> list[int]:
        """A small set of elements that generates the group."""
        return self._native.generators

    @property
    def centre(self) -> list[int]:
        """The elements that commute with all."""
        return self._native.centre

    # Subgroups.

    @cached_property
    def subgroup_classes(self) -> list[list[Subgroup]]:
        """All subgroups, conjugate ones together, by order and then by size of the class.

        Raises ValueError where there are more than 100,000. S_6 takes 0.1 s.

        >>> import irreplens
        >>> [len(members) for members in irreplens.Group("s3").subgroup_classes]
        [1, 3, 1, 1]
        """
        classes = self._native.subgroup_classes()
        return [[Subgroup(self, tuple(elements)) for elements, _ in members] for members in classes]

    @property
    def subgroups(self) -> list[Subgroup]:
        """All subgroups, in the order of :attr:`subgroup_classes`.

        >>> import irreplens
        >>> [h.order for h in irreplens.Group("s3").subgroups]
        [1, 2, 2, 2, 3, 6]
        """
        return [subgroup for members in self.subgroup_classes for subgroup in members]

    def subgroup(self, generators: Sequence[int | str]) -> Subgroup:
        """The subgroup that elements generate, given as indices or labels. Raises ValueError for what is no element."""
        given = to_list("generators", generators, self.order)
        indices = [self.index(x) if isinstance(x, str) else self._element(x) for x in given]
        return Subgroup(self, tuple(self._native.generated_subgroup(indices)))

    def cosets(self, subgroup: Subgroup | Sequence[int], side: str = "left") -> list[list[int]]:
        """The cosets of a subgroup: xH = {x*h} (``side="left"``) or Hx = {h*x} (``"right"``).

        Each is ascending, and they come in the order of their least elements. Raises ValueError for elements that are
        no subgroup.

        >>> import irreplens
        >>> g = irreplens.Group("s3")
        >>> g.cosets([0, 3]), g.cosets([0, 3], side="right")
        ([[0, 3], [1, 5], [2, 4]], [[0, 3], [1, 4], [2, 5]])
        """
        if not isinstance(side, str) or side not in ("left", "right"):
            raise ValueError(f"side: {shown(side)}, where 'left' or 'right' is needed")
        elements = subgroup.elements if isinstance(subgroup, Subgroup) else to_list("subgroup", subgroup, self.order)
        return self._native.cosets([self._element(x) for x in elements], side == "left")

    def _element(self, x: Any) -> int:
        if 0 <= (element := to_integer("element", x)) < self.order:
            return element
        raise ValueError(f"{self.name}: {shown(x)} is no element; they are 0 to {self.order - 1}")

    # Representations.

    @cached_property
    def irreps(self) -> Irreps:
        """All irreps, by place or by name: ``g.irreps[2]``, ``g.irreps["standard"]``.

        >>> import irreplens
        >>> [irrep.dimension for irrep in irreplens.Group("a5").irreps]
        [1, 4, 5, 3, 3]
        """
        by_class = self.character_table
        rows = self._native.irreps()
        irreps = []
        for i, (name, dimension, kind, partition) in enumerate(rows):
            values = by_class[i][self.class_of]
            if np.iscomplexobj(values) and not values.imag.any():
                values = np.ascontiguousarray(values.real)
            parts = None if partition is None else tuple(partition)
            irreps.append(Irrep(name, dimension, kind, parts, _read_only(values), self._native, i))
        return Irreps(irreps)

    @cached_property
    def character_table(self) -> NDArray[Any]:
        """(irreps, classes): float64, or complex128 where a value is not real. Read-only.

        >>> import irreplens
        >>> irreplens.Group("s3").character_table.round().astype(int).tolist()
        [[1, 1, 1], [1, -1, 1], [2, 0, -1]]
        """
        return _read_only(np.asarray(self._native.character_values()))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """What real functions split into: the irreps, a complex one and its conjugate together, in irreps.txt's order.

        >>> import irreplens
        >>> [(block.name, block.size) for block in irreplens.Group("c5").blocks]
        [('trivial', 1), ('freq_1', 2), ('freq_2', 2)]
        """
        return tuple(
            Block(name, dimension, kind, None if partition is None else tuple(partition), _read_only(character))
            for name, dimension, kind, partition, character in self._native.blocks()
        )

    # Fourier analysis.

    def fourier(self, f: Any) -> dict[str, NDArray[Any]]:
        """The Fourier transform F(rho) = sum_x f(x) rho(x), by irrep.

        f: (n,) one function on the group, or (n, k) functions side by side; float32 or float64, real or complex; NumPy,
        torch on the CPU, or anything with DLPack. Packed float64 is read in place, everything else once copied.

        Returns (d, d) for each irrep's name, or (d, d, k). Raises ValueError for another shape, dtype or device, and
        for NaN.

        >>> import irreplens
        >>> g = irreplens.Group("s3")
        >>> f = np.array([1.0, 0, 0, 2, 0, 0])
        >>> F = g.fourier(f)
        >>> F["trivial"].tolist(), F["sign"].tolist()
        ([[3.0]], [[-1.0]])
        >>> bool(np.allclose(g.inverse_fourier(F), f))
        True
        """
        functions = to_numpy("f", f)
        if np.iscomplexobj(functions):
            real, imag = self.fourier(functions.real), self.fourier(functions.imag)
            return {name: real[name] + 1j * imag[name] for name in real}
        columns = self._columns("f", functions)
        result = {}
        for i, irrep in enumerate(self.irreps):
            re, im = self._native.fourier(i, columns)
            shape = (irrep.dimension, irrep.dimension) + functions.shape[1:]
            result[irrep.name] = (re if im is None else re + 1j * im).reshape(shape)
        return result

    def inverse_fourier(self, coefficients: Mapping[str, Any]) -> NDArray[Any]:
        """The function with these coefficients, f(x) = 1/n sum_rho d tr(rho(x)^* F(rho)).

        coefficients: (d, d), or (d, d, k), for every irrep's name, as :meth:`fourier` returns them.

        Returns (n,) or (n, k): float64 where irreps and coefficients are real, else complex128. Raises ValueError that
        names the irrep for a missing one, a wrong shape or NaN.
        """
        if not isinstance(coefficients, Mapping):
            raise ValueError(f"coefficients: a {type(coefficients).__name__}, where a dict by irrep is needed")
        unknown = [name for name in coefficients if name not in self.irreps.names]
        if unknown:
            raise ValueError(
                f"coefficients: {self.name} has no irrep {shown(unknown[0])}; there are {', '.join(self.irreps.names)}"
            )
        tail: tuple[int, ...] | None = None
        parts: list[Any] = []
        for irrep in self.irreps:
            what = f"coefficients[{irrep.name!r}]"
            if irrep.name not in coefficients:
                raise ValueError(f"coefficients: {irrep.name} is missing; all irreps are needed")
            array = to_numpy(what, coefficients[irrep.name])
            square = (irrep.dimension, irrep.dimension)
            if array.ndim not in (2, 3) or array.shape[:2] != square or (tail is not None and array.shape[2:] != tail):
                needed = shape_text(square + (tail if tail is not None else ())) + (
                    "" if tail else " or (d,d,k)" if tail is None else ""
                )
                raise ValueError(f"{what}: shape {shape_text(array.shape)}, where {needed} is needed")
            tail = array.shape[2:]
            rows = array.reshape((irrep.dimension**2,) + (tail or (1,)))
            imag = to_float64(what, rows.imag) if np.iscomplexobj(rows) else None
            parts.append((to_float64(what, rows.real), imag))
        assert tail is not None
        re, im = self._native.inverse_fourier(parts, tail[0] if tail else 1)
        return (re if im is None else re + 1j * im).reshape((self.order,) + tail)

    def project(self, irrep: Irrep | Block | str | int, f: Any) -> NDArray[np.float64]:
        """The part of f in one irrep's block: (P f)(g) = d/n sum_h chi(g h^-1) f(h).

        irrep: an irrep or block, its name, or its place among :attr:`irreps`. A complex irrep is projected with its
        conjugate, so that real functions stay real.

        f: as :meth:`fourier` takes it, real. Returns its shape, float64. The parts of all :attr:`blocks` sum to f.

        >>> import irreplens
        >>> g = irreplens.Group("s3")
        >>> g.project("trivial", np.array([1.0, 2, 3, 4, 5, 9])).tolist()
        [4.0, 4.0, 4.0, 4.0, 4.0, 4.0]
        """
        functions = to_numpy("f", f)
        columns = self._columns("f", functions)
        return self._native.project(self._block(irrep), columns).reshape(functions.shape)

    def shares(self, f: Any, per_column: bool = False) -> dict[str, Any]:
        """The share of f's squared norm in each block, |P f|^2 / |f|^2, which sum to 1; all 0 for f = 0.

        f: as :meth:`fourier` takes it, real; of (n, k) functions all together, as the analysis measures weight
        matrices, or with ``per_column`` each by itself, (k,).

        >>> import irreplens
        >>> g = irreplens.Group("c4")
        >>> g.shares([1.0, 0, 1, 0])
        {'trivial': 0.5, 'sign': 0.5, 'freq_1': 0.0}
        """
        functions, per_column = to_numpy("f", f), to_switch("per_column", per_column)
        energies = self._native.energies(self._columns("f", functions))
        totals = energies.sum(axis=0) if per_column and functions.ndim == 2 else energies.sum()
        shares = np.divide(
            energies if np.ndim(totals) else energies.sum(axis=1),
            totals,
            out=np.zeros_like(energies if np.ndim(totals) else energies[:, 0]),
            where=totals > 0,
        )
        return {block.name: (shares[i] if np.ndim(totals) else float(shares[i])) for i, block in enumerate(self.blocks)}

    def _columns(self, name: str, functions: NDArray[Any]) -> NDArray[np.float64]:
        """(n, k), packed float64."""
        if functions.ndim not in (1, 2) or functions.shape[0] != self.order:
            needed = f"({self.order},) or ({self.order},k)"
            raise ValueError(
                f"{name}: shape {shape_text(functions.shape)}, where {needed} is needed: "
                f"a value for each element of {self.name}"
            )
        return to_float64(name, functions).reshape(self.order, -1 if functions.size else 0)

    def _block(self, which: Irrep | Block | str | int) -> int:
        if isinstance(which, (Irrep, Block)):
            name = which.name
        elif isinstance(which, str):
            name = which
        elif 0 <= (place := to_integer("irrep", which)) < len(self.irreps):
            name = self.irreps.names[place]
        else:
            raise ValueError(f"irrep: {shown(which)} is none of 0 to {len(self.irreps) - 1}")
        names = [block.name for block in self.blocks]
        if name in names:
            return names.index(name)
        if name in self.irreps.names:  # the other one of a complex pair
            character = self.irreps[name].character
            for i, block in enumerate(self.blocks):
                if block.type == "complex" and np.allclose(block.character, 2 * character.real, atol=1e-9):
                    return i
        raise ValueError(f"irrep: {self.name} has no {shown(name)}; there are {', '.join(names)}")


def _group_of(arguments: dict[str, Any]) -> Group:
    return Group(**arguments)
