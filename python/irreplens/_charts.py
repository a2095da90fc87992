"""Figures for a notebook, as SVG: they need no package, and show wherever HTML does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 250, 64, 170, 28, 34
_COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")


def _text(x: float, y: float, text: str, anchor: str = "start", size: int = 11) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {place} fill="currentColor">{escape(text)}</text>'


def _ticks(low: float, high: float) -> list[float]:
    """Some four round numbers in a range."""
    if not high > low:
        return [low]
    step = 10.0 ** np.floor(np.log10((high - low) / 3))
    for factor in (1, 2, 5, 10):
        if (high - low) / (step * factor) <= 5:
            step *= factor
            break
    first = np.ceil(low / step - 1e-9) * step
    return [float(x) + 0.0 for x in np.arange(first, high + step * 1e-6, step)]  # + 0.0: no -0


def _number(x: float) -> str:
    return f"{x:.0e}".replace("e-0", "e-").replace("e+0", "e") if x and (abs(x) < 1e-3 or abs(x) >= 1e6) else f"{x:g}"


def line_chart(
    title: str, x: Sequence[float] | Any, lines: Mapping[str, Any], x_name: str = "epoch", log: bool = False
) -> str:
    """Lines over one axis; those of a logarithmic chart leave out what is not positive."""
    xs = np.asarray(x, dtype=float)
    ys = {name: np.asarray(values, dtype=float) for name, values in lines.items()}
    if log:
        ys = {name: np.log10(np.where(values > 0, values, np.nan)) for name, values in ys.items()}
    seen = np.concatenate([values[np.isfinite(values)] for values in ys.values()] or [np.zeros(0)])
    if not len(xs) or not len(seen):
        return ""
    low, high = float(seen.min()), float(seen.max())
    if log:
        low, high = np.floor(low), np.ceil(high)
    high = high if high > low else low + 1
    left, right = float(xs.min()), float(xs.max())
    right = right if right > left else left + 1

    def at_x(value: float) -> float:
        return _LEFT + (value - left) / (right - left) * (_WIDTH - _LEFT - _RIGHT)

    def at_y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 16, title, size=13)]
    stride = max(1, int((high - low) // 6) + (1 if (high - low) % 6 else 0)) if log else 1
    for tick in [float(x) for x in np.arange(low, high + 1, stride)] if log else _ticks(low, high):
        y = at_y(tick)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="currentColor" stroke-opacity=".15"/>')
        parts.append(_text(_LEFT - 6, y + 4, f"1e{int(tick)}" if log else _number(tick), "end"))
    for tick in _ticks(left, right):
        parts.append(_text(at_x(tick), _HEIGHT - _BOTTOM + 15, _number(tick), "middle"))
    parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 4, x_name, "middle"))
    for i, (name, values) in enumerate(ys.items()):
        colour = _COLOURS[i % len(_COLOURS)]
        path, pen_up = [], True
        for a, b in zip(xs, values):
            if not np.isfinite(b):
                pen_up = True
                continue
            path.append(f"{'M' if pen_up else 'L'}{at_x(float(a)):.1f} {at_y(float(b)):.1f}")
            pen_up = False
        parts.append(f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        y = _TOP + 14 * i + 6
        parts.append(f'<path d="M{_WIDTH - _RIGHT + 10} {y}h18" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(_WIDTH - _RIGHT + 34, y + 4, name))
    longest = max(len(name) for name in ys)
    return _figure(title, _HEIGHT, parts, max(_WIDTH, _WIDTH - _RIGHT + 44 + 6 * longest))


def bar_chart(title: str, bars: Mapping[str, float]) -> str:
    """A bar for each name, of values from 0 to 1."""
    height = _TOP + 20 * len(bars) + 8
    parts = [_text(8, 16, title, size=13)]
    for i, (name, value) in enumerate(bars.items()):
        y, length = _TOP + 20 * i, max(0.0, min(1.0, value)) * 340 if np.isfinite(value) else 0.0
        parts.append(_text(150, y + 13, name, "end"))
        parts.append(f'<rect x="158" y="{y + 2}" width="{length:.1f}" height="14" fill="{_COLOURS[0]}"/>')
        parts.append(_text(164 + length, y + 13, f"{value:.3f}"))
    return _figure(title, height, parts)


def _figure(title: str, height: int, parts: list[str], width: int = _WIDTH) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" style="display:block" '
        f'aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif">{"".join(parts)}</svg>'
    )


class Chart:
    """Lines over one axis, which a notebook shows as SVG."""

    def __init__(self, title: str, x_name: str, x: Any, lines: Mapping[str, Any], log: bool = False) -> None:
        self.title, self.x_name, self.x, self.lines, self.log = title, x_name, x, dict(lines), log

    @property
    def svg(self) -> str:
        """The figure."""
        return line_chart(self.title, self.x, self.lines, self.x_name, self.log)

    def plotly(self) -> Any:
        """The same as a figure of Plotly's. Raises ImportError where plotly is not installed."""
        import plotly.graph_objects as graph

        figure = graph.Figure([graph.Scatter(x=self.x, y=y, name=name, mode="lines") for name, y in self.lines.items()])
        figure.update_layout(title=self.title, xaxis_title=self.x_name)
        if self.log:
            figure.update_yaxes(type="log")
        return figure

    def _repr_html_(self) -> str:
        return self.svg


def table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table; numbers aligned right, with four digits, and a dash where there is none."""

    def cell(value: Any) -> str:
        if isinstance(value, float):
            return f'<td style="text-align:right;white-space:nowrap">{"–" if value != value else f"{value:.4g}"}</td>'
        if isinstance(value, int):
            return f'<td style="text-align:right">{value}</td>'
        return f'<td style="text-align:left">{escape(str(value))}</td>'

    head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in header)
    body = "".join("<tr>" + "".join(map(cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
