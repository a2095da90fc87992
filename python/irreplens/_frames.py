"""Tables for the user: pandas' where pandas is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def frame(columns: Mapping[str, Any]) -> Any:
    """A pandas DataFrame of these columns; a dict of NumPy arrays where pandas is not installed."""
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    try:
        import pandas
    except ImportError:
        return arrays
    return pandas.DataFrame(arrays)


def column(table: Any, name: str) -> Any:
    """One column of a table that :func:`frame` made, as an array."""
    return np.asarray(table[name])


def column_names(table: Any) -> list[str]:
    """The names of its columns."""
    return [str(name) for name in (table if isinstance(table, dict) else table.columns)]
