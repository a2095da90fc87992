"""What a trained network does: the analysis of the program ``analyze``, as Python objects."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _charts, _native
from ._arguments import shown, to_path, to_switch, to_text
from ._arrays import require_finite, to_numpy
from ._configs import Config, configured
from ._frames import column, column_names, frame
from ._groups import Group
from ._metrics import irrep_columns, irrep_table_html
from ._runs import Run, as_missing, load


class Report:
    """The report of an analysis: one self-contained page with every figure. A notebook shows it in a frame."""

    def __init__(self, html: str) -> None:
        self.html = html
        """The page."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page. Raises OSError where that cannot be done."""
        file = to_path("path", path)
        _native.write_file(str(file), self.html)
        return file

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{escape(self.html)}" style="width:100%;height:900px;border:0"></iframe>'


class Analysis:
    """What a network does, in its group's own terms; a notebook shows its tables and figures. By :func:`analyze`."""

    def __init__(self, native: _native.Analysis, run: Run) -> None:
        self._native = native
        self.run = run
        """What was analysed."""

    @property
    def group(self) -> Group:
        """Its group."""
        return self.run.group

    @cached_property
    def metrics(self) -> dict[str, float]:
        """Every metric of the final model by its published name, as summary_metrics.json has them."""
        return dict(self._native.metrics())

    @property
    def epoch(self) -> int:
        """The epoch of the final model."""
        return self._native.epoch

    @property
    def key_irreps(self) -> list[str]:
        """The irreps that the network uses: logit similarity above 0.005, in the order of key_reps.txt."""
        return self._native.key_irreps()

    @property
    def key_irreps_in_order(self) -> list[str]:
        """The same in the order in which training found them; empty where there are no checkpoints."""
        return self._native.key_irreps_in_order()

    @cached_property
    def irreps(self) -> Any:
        """A row an irrep: its similarity, shares and losses. A DataFrame; without pandas a dict of arrays."""
        return frame(irrep_columns(self.metrics, [block.name for block in self.group.blocks]))

    @cached_property
    def training(self) -> Any:
        """Every metric at every checkpoint, as metrics.csv has them. A DataFrame; without pandas a dict of arrays."""
        epochs, names, values = self._native.training()
        return frame(
            {"epoch": np.array(epochs, dtype=np.int64), **{name: values[:, i] for i, name in enumerate(names)}}
        )

    def plot(self, *metrics: str, log: bool = False) -> _charts.Chart:
        """Metrics through training as a figure. Raises ValueError for a name that is no column of :attr:`training`."""
        training = self.training
        known = column_names(training)
        if not metrics:
            raise ValueError(f"plot: name a metric or more; there are {', '.join(known[:6])}, ..")
        for name in metrics:
            if not isinstance(name, str) or name not in known:
                raise ValueError(
                    f"plot: there is no metric {shown(name)} through training; "
                    f"its columns are {', '.join(known[:6])}, .."
                )
        lines = {name: column(training, name) for name in metrics}
        title = "Through training" if len(metrics) > 1 else metrics[0]
        return _charts.Chart(title, "epoch", column(training, "epoch"), lines, to_switch("log", log))

    @property
    def skipped(self) -> list[str]:
        """A line for each checkpoint that could not be read."""
        return self._native.skipped

    @cached_property
    def document(self) -> dict[str, Any]:
        """All that ``analyze --json`` prints; docs/analyze.md lists its fields."""
        document: dict[str, Any] = json.loads(self._native.document())
        return document

    @cached_property
    def neurons(self) -> Any:
        """A row a neuron: the irreps that it serves before and after the relu, and how strongly.

        A DataFrame; without pandas a dict of arrays. ``share_R`` is the share of the neuron's input in irrep R,
        ``x_R``, ``y_R`` and ``xy_R`` those of its variance that functions of rho(a), rho(b) and rho(ab) carry.
        """
        rows = self.document["neurons"]["all"]
        columns: dict[str, list[Any]] = {
            name: [row[name] for row in rows] for name in (rows[0] if rows else {}) if name != "shares"
        }
        for irrep in self.key_irreps:
            for k, part in enumerate(("share", "x", "y", "xy")):
                columns[f"{part}_{irrep}"] = [row["shares"][irrep][k] for row in rows]
        return frame(columns)

    @cached_property
    def maps(self) -> dict[str, dict[str, Any]]:
        """By key irrep, its way through the unembedding: ``labels``, ``unembed`` (H, m), ``hidden`` (m, m), ..

        In theory ``hidden`` is ``scale`` times the identity.
        """
        maps: dict[str, dict[str, Any]] = {}
        for entry in self.document["maps"]:
            fields = {
                name: _matrix_of(value) if name in ("hidden", "unembed") else value for name, value in entry.items()
            }
            maps[str(fields.pop("irrep"))] = fields
        return maps

    @property
    def circuits(self) -> dict[str, Any] | None:
        """The coset and rho-set views as circuits.json has them; None where there are none. See docs/circuits.md."""
        circuits: dict[str, Any] | None = self.document.get("circuits")
        return circuits

    @property
    def spectrum(self) -> Any:
        """The shares of every irrep in the weights, a row an irrep. A DataFrame; without pandas a dict of arrays."""
        return frame({"irrep": [block.name for block in self.group.blocks], **self.document["spectrum"]})

    def report(self, path: str | os.PathLike[str] | None = None) -> Report:
        """The report; written to ``path`` if one is given. Raises OSError where that cannot be done."""
        report = Report(self._native.report_html())
        if path is not None:
            report.save(path)
        return report

    def write(self, directory: str | os.PathLike[str]) -> Path:
        """Writes the files of the program ``analyze``: report.html, metrics.csv, summary_metrics.json, .."""
        path = to_path("directory", directory)
        path.mkdir(parents=True, exist_ok=True)
        self._native.write(str(path))
        return path

    def __repr__(self) -> str:
        return f"Analysis({self.run.name}, key irreps {', '.join(self.key_irreps) or 'none'})"

    def _repr_html_(self) -> str:
        parts = [
            f"<b>{escape(self.run.name)}</b>: key irreps "
            + escape(", ".join(self.key_irreps_in_order or self.key_irreps) or "none")
        ]
        names = (
            "train_loss",
            "test_loss",
            "test_acc",
            "percent_logits_explained",
            "total_hidden_restricted_loss",
            "total_hidden_excluded_loss",
        )
        parts.append(_charts.table(["metric", "value"], [[n, self.metrics[n]] for n in names if n in self.metrics]))
        parts.append(irrep_table_html(self.metrics, [block.name for block in self.group.blocks]))
        training = self.training
        if len(column(training, "epoch")) > 1:
            epochs = column(training, "epoch")
            losses = {
                n: column(training, n)
                for n in ("train_loss", "test_loss", "total_hidden_restricted_loss")
                if n in column_names(training)
            }
            parts.append(_charts.line_chart("Loss, nats", epochs, losses, log=True))
            similarity = {irrep: column(training, f"logit_{irrep}_rep_trace_similarity") for irrep in self.key_irreps}
            parts.append(_charts.line_chart("Logit similarity of the key irreps", epochs, similarity))
        parts += [f"<p><small>{escape(note)}</small></p>" for note in self.document["footnotes"]]
        return "".join(parts)


def analyze(
    what: Run | str | os.PathLike[str] | Mapping[str, Any],
    *,
    config: str | os.PathLike[str] | Config | None = None,
    final_only: bool = False,
    before_relu: float = 0.9,
    after_relu: float = 0.5,
    off: float = 1e-3,
    device: str = "auto",
    circuits: bool = True,
) -> Analysis:
    """Takes a trained network apart: which irreps it uses, where, and how much they explain.

    what: a :class:`Run`; a run directory or a published one; or a state dict, weights by name (NumPy, torch on the CPU,
    ..), with ``config`` saying what they are of: a preset's name, a cfg.json or its content.

    final_only: leaves the checkpoints out.

    circuits: also takes the coset and rho-set views, of networks that have them; see docs/circuits.md.

    before_relu, after_relu, off: thresholds of the neurons' clusters, shares in 0..1.

    The figures are those of ``irreplens analyze``, bit for bit. Python's lock is released, and Ctrl-C raises
    KeyboardInterrupt.

    Raises FileNotFoundError; ValueError in one line that names file or tensor, and both shapes.

    >>> import irreplens
    >>> run = irreplens.train("s3", epochs=1000, seed=1, keep_checkpoints=True)
    >>> a = irreplens.analyze(run)
    >>> sorted(a.metrics)[:2]
    ['all_loss', 'hidden_excluded_loss_sign_rep']
    >>> len(a.training["epoch"])
    6
    >>> irreplens.analyze(run.weights, config=run.config).metrics["all_loss"] == a.metrics["all_loss"]
    True
    """
    for name, value in (("before_relu", before_relu), ("after_relu", after_relu), ("off", off)):
        if isinstance(value, bool) or not isinstance(value, (int, float, np.floating)) or not 0 <= value <= 1:
            raise ValueError(f"{name} {shown(value)} is no share; it must be in 0..1")
    if isinstance(what, Mapping):
        run = _run_of_weights(what, config)
    elif config is not None:
        raise ValueError("config: goes with a state dict; a run has its own")
    elif isinstance(what, (str, os.PathLike)):
        run = load(what)
    elif isinstance(what, Run):
        run = what
    else:
        raise ValueError(f"analyze: a {type(what).__name__}, where a run, a path or a state dict is needed")
    shares = (float(before_relu), float(after_relu), float(off))
    options = (to_switch("final_only", final_only), *shares, to_text("device", device), to_switch("circuits", circuits))
    try:
        if run.directory is not None:
            return Analysis(_native.analyze(str(run.directory), *options), run)
        with tempfile.TemporaryDirectory(prefix="irreplens_") as folder:
            return Analysis(_native.analyze(str(run.save(Path(folder) / run.name)), *options), run)
    except ValueError as error:
        raise as_missing(error) from None


def _matrix_of(entry: Mapping[str, Any]) -> NDArray[np.float64]:
    return np.array(entry["values"], dtype=np.float64).reshape(entry["rows"], entry["cols"])


def _run_of_weights(weights: Mapping[str, Any], config: Any) -> Run:
    if config is None:
        raise ValueError("config: a state dict needs one: a preset's name, a cfg.json or its content")
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, value in weights.items():
        array = to_numpy(to_text("state dict", name), value)
        if array.dtype not in (np.float32, np.float64):
            raise ValueError(f"{name}: dtype {array.dtype}, where float32 or float64 is needed")
        with np.errstate(over="ignore"):  # what float32 cannot hold is named below
            arrays[name] = np.ascontiguousarray(array, dtype=np.float32)
        require_finite(name, arrays[name])
    if not arrays:
        raise ValueError("state dict: there are no weights in it")
    sizes: dict[str, Any] = {}
    shapes = {name: array.shape for name, array in arrays.items()}
    if not isinstance(config, Mapping) and len(shapes.get("W_x", ())) == 2 and len(shapes.get("W", ())) == 2:
        sizes = {"embed_dim": shapes["W_x"][1], "hidden_dim": shapes["W"][1]}  # a preset of another size is meant
    return Run(configured(config, sizes), None, arrays, {}, None)
