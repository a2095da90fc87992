"""The metrics by irrep, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import _charts

_BY_IRREP = {
    "similarity": "logit_{}_rep_trace_similarity",
    "x_embed": "percent_x_embed_{}_rep",
    "y_embed": "percent_y_embed_{}_rep",
    "unembed": "percent_unembed_{}_rep",
    "hidden": "total_percent_hidden_{}_rep",
    "hidden_x": "percent_hidden_x_{}_rep",
    "hidden_y": "percent_hidden_y_{}_rep",
    "hidden_xy": "percent_hidden_xy_{}_rep",
    "hidden_restricted_loss": "hidden_restricted_loss_{}_rep",
    "hidden_excluded_loss": "hidden_excluded_loss_{}_rep",
    "logit_restricted_loss": "logit_restricted_loss_{}_rep",
    "logit_excluded_loss": "logit_excluded_loss_{}_rep",
}


def irrep_columns(metrics: Mapping[str, float], irreps: Sequence[str]) -> dict[str, list[Any]]:
    """A column a metric that some irrep has, in the order of ``irreps``; NaN where one has none."""
    columns: dict[str, list[Any]] = {"irrep": list(irreps)}
    for name, pattern in _BY_IRREP.items():
        values = [metrics.get(pattern.format(irrep), float("nan")) for irrep in irreps]
        if any(value == value for value in values):
            columns[name] = values
    return columns


def irrep_table_html(metrics: Mapping[str, float], irreps: Sequence[str]) -> str:
    """The same as a table, with a bar for each similarity; of many irreps those that matter most."""
    most = 12
    shown = list(irreps)
    if len(shown) > most:
        similarity = {irrep: metrics.get(_BY_IRREP["similarity"].format(irrep), 0.0) for irrep in shown}
        kept = sorted(shown, key=lambda irrep: -similarity[irrep])[:most]
        shown = [irrep for irrep in shown if irrep in kept]
    columns = irrep_columns(metrics, shown)
    rows = [list(row) for row in zip(*columns.values())]
    html = _charts.table(list(columns), rows)
    if "similarity" in columns:
        bars = {irrep: value for irrep, value in zip(shown, columns["similarity"]) if value == value}
        html += _charts.bar_chart("Logit similarity: how much the logits look like the irrep's character", bars)
    return html
