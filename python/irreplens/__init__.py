"""Which representations does a network use that multiplies in a finite group?

:class:`Group` has the groups and their irreps, :func:`measure` the metrics of any network, :func:`train`, :func:`load`
and :func:`analyze` whole runs.

>>> import irreplens
>>> irreplens.Group("s5").irreps.names
['trivial', 'sign', 'standard', 'standard_sign', 's5_5d_a', 's5_5d_b', 's5_6d']
"""

from ._analysis import Analysis, Report, analyze
from ._charts import Chart
from ._configs import presets
from ._groups import Group
from ._irreps import Block, Irrep, Irreps
from ._measure import Measurement, measure
from ._native import DivergenceError
from ._native import version as __version__
from ._runs import Checkpoints, Run, load
from ._subgroups import Subgroup
from ._training import set_threads, train

__all__ = [
    "Analysis",
    "Block",
    "Chart",
    "Checkpoints",
    "DivergenceError",
    "Group",
    "Irrep",
    "Irreps",
    "Measurement",
    "Report",
    "Run",
    "Subgroup",
    "__version__",
    "analyze",
    "load",
    "measure",
    "presets",
    "set_threads",
    "train",
]
