"""Which representations does a network use that multiplies in a finite group?

>>> import irreplens
>>> irreplens.Group("s5").irreps.names
['trivial', 'sign', 'standard', 'standard_sign', 's5_5d_a', 's5_5d_b', 's5_6d']
"""

from ._groups import Group
from ._irreps import Block, Irrep, Irreps
from ._native import DivergenceError
from ._subgroups import Subgroup

__all__ = ["Block", "DivergenceError", "Group", "Irrep", "Irreps", "Subgroup"]
