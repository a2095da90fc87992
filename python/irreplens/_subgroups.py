"""Subgroups of a group, and their cosets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._groups import Group


@dataclass(frozen=True)
class Subgroup:
    """A subgroup, by its elements.

    >>> import irreplens
    >>> h = irreplens.Group("s4").subgroup(["(0 1 2)"])
    >>> h.order, h.index, h.labels
    (3, 8, ['()', '(0 2 1)', '(0 1 2)'])
    """

    group: Group = field(repr=False, compare=False)
    elements: tuple[int, ...]
    """Indices of its elements, ascending."""

    @property
    def order(self) -> int:
        """The number of its elements."""
        return len(self.elements)

    @property
    def index(self) -> int:
        """The number of its cosets."""
        return self.group.order // self.order

    @property
    def labels(self) -> list[str]:
        """The names of its elements."""
        return [self.group.labels[x] for x in self.elements]

    def cosets(self, side: str = "left") -> list[list[int]]:
        """The cosets xH (``side="left"``) or Hx (``"right"``), as :meth:`Group.cosets` gives them."""
        return self.group.cosets(self, side)

    @property
    def fixed_dimensions(self) -> dict[str, int]:
        """For each irrep the dimension of the vectors that the subgroup fixes, 1/h sum_h chi(h).

        A function that is constant on the cosets has no share in an irrep where this is 0.

        >>> import irreplens
        >>> s3 = irreplens.Group("s4").subgroup(["(0 1)", "(0 1 2)"])
        >>> s3.fixed_dimensions
        {'trivial': 1, 'sign': 0, 'standard': 1, 'standard_sign': 0, 's4_2d': 0}
        """
        numbers = self.group._native.fixed_dimensions(list(self.elements))
        return {irrep.name: dimension for irrep, dimension in zip(self.group.irreps, numbers)}
