"""Trained runs: in memory, in a run directory, or published."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import _charts, _native
from ._arguments import read_text, to_path
from ._frames import column, frame
from ._groups import Group

if TYPE_CHECKING:
    from ._analysis import Analysis

Weights = dict[str, NDArray[np.float32]]
LOG_COLUMNS = ("epoch", "train_loss", "test_loss", "train_acc", "test_acc")
_MISSING = (": no such directory", ": no such file", ": no cfg.json", ": no model.safetensors")


def as_missing(error: ValueError) -> Exception:
    """A FileNotFoundError with the same line where the error says that a file is missing; else the error."""
    return FileNotFoundError(str(error)) if any(words in str(error) for words in _MISSING) else error


class Checkpoints(Mapping[int, Weights]):
    """The weights at each checkpoint, by epoch; read from the files when they are asked for."""

    def __init__(self, sources: Mapping[int, Any]) -> None:
        self._sources = dict(sources)

    def __getitem__(self, epoch: int) -> Weights:
        source = self._sources[epoch]
        return source if isinstance(source, dict) else _native.read_tensors(str(source))

    def __iter__(self) -> Iterator[int]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __repr__(self) -> str:
        return f"Checkpoints({len(self)} epochs)"


class Run:
    """A network that was trained: its settings, weights and log. :func:`train` and :func:`load` make them."""

    def __init__(
        self,
        config: dict[str, Any],
        directory: Path | None,
        weights: Weights | Path,
        checkpoints: Mapping[int, Any],
        log: NDArray[np.float64] | None,
        diverged: int | None = None,
    ) -> None:
        self.config = config
        """The content of cfg.json: ``lr``, ``num_epochs``, ``layers``, ``seed``, ..; its ``elements`` included."""
        self.directory = directory
        """Where it lies; None in memory."""
        self.diverged = diverged
        """The first epoch whose loss was not finite; None for a run that went well."""
        self.checkpoints = Checkpoints(checkpoints)
        """The weights at each checkpoint, by epoch; empty where none were kept."""
        self._weights = weights
        self._log = log

    @property
    def name(self) -> str:
        """The directory's name; in memory as the published runs are named, ``S5_MLP_seed1``."""
        if self.directory:
            return self.directory.name
        kinds = _native.model_kinds()
        return f"{self.group.name.upper()}_{kinds[self.config['model']][0]}_seed{self.config['seed']}"

    @cached_property
    def group(self) -> Group:
        """Its group, with elements in the order of the weights' rows."""
        return Group._wrap(_native.group_of_config(_config_text(self.config), str(self.directory or "config")))

    @cached_property
    def weights(self) -> Weights:
        """The final weights by name, float32: ``W_x`` (n, E), ``W_y`` (n, E), ``W`` (2E, H), ``W_U`` (H, n), ..

        While a run is unfinished, those of its last checkpoint.
        """
        return self._weights if isinstance(self._weights, dict) else _native.read_tensors(str(self._weights))

    @cached_property
    def training(self) -> Any:
        """Epoch, losses (nats) and accuracies at each checkpoint. A DataFrame; without pandas a dict of arrays.

        The train figures are from before the epoch's update, the test figures from after it.
        """
        log = self._log
        if log is None:
            path = (self.directory or Path()) / "training.csv"
            log = _read_log(path) if self.directory and path.exists() else np.zeros((0, len(LOG_COLUMNS)))
        columns: dict[str, Any] = {name: log[:, i] for i, name in enumerate(LOG_COLUMNS)}
        columns["epoch"] = log[:, 0].astype(np.int64)
        return frame(columns)

    @cached_property
    def train_pairs(self) -> NDArray[np.int64]:
        """The numbers k of the pairs (k // n, k % n) that it was trained on."""
        return _native.split_pairs(self.group.order, self.config["frac_train"], self.config["split_seed"])[0]

    def analyze(self, **options: Any) -> Analysis:
        """What it does: :func:`irreplens.analyze` of this run."""
        from ._analysis import analyze

        return analyze(self, **options)

    def save(self, directory: str | os.PathLike[str]) -> Path:
        """Writes a run directory that the programs read: settings, log, weights and checkpoints. Returns its path.

        Raises FileExistsError for a folder that is not empty; OSError where it cannot be written.
        """
        path = to_path("directory", directory)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise FileExistsError(f"{path}: is there already; a run is saved into a new or empty folder")
        (path / "checkpoints").mkdir(parents=True, exist_ok=True)
        _native.write_file(str(path / "cfg.json"), _config_text(self.config))
        log = [column(self.training, name) for name in LOG_COLUMNS]
        lines = [",".join(LOG_COLUMNS)]
        lines += [",".join([str(int(row[0])), *(f"{value:.17g}" for value in row[1:])]) for row in zip(*log)]
        if len(lines) > 1:
            _native.write_file(str(path / "training.csv"), "\n".join(lines) + "\n")
        for epoch, weights in self.checkpoints.items():
            write_weights(path / f"checkpoints/epoch_{epoch}.safetensors", weights)
        write_weights(path / "model.safetensors", self.weights)
        return path

    def __repr__(self) -> str:
        where = f"'{self.directory}'" if self.directory else "in memory"
        return f"Run({self.name}, {where}, {len(self.training['epoch'])} rows of log)"

    def _repr_html_(self) -> str:
        log = self.training
        losses = {name: column(log, name) for name in ("train_loss", "test_loss")}
        accuracies = {name: column(log, name) for name in ("train_acc", "test_acc")}
        epochs = column(log, "epoch")
        return (
            f"<b>{self.name}</b>"
            + _charts.line_chart("Loss, nats", epochs, losses, log=True)
            + _charts.line_chart("Accuracy", epochs, accuracies)
        )


def load(directory: str | os.PathLike[str]) -> Run:
    """The run in a directory: one of ``train``'s, or a published one, cfg.json and model.pt; nothing is executed.

    Raises FileNotFoundError for a missing folder or file, ValueError that names file and field for a broken one.
    """
    path = to_path("directory", directory)
    try:
        config, model, checkpoints = _native.find_run(str(path))
    except ValueError as error:
        raise as_missing(error) from None
    return Run(json.loads(config), path, Path(model), {epoch: Path(file) for epoch, file in checkpoints}, None)


def write_weights(path: Path, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Writes a safetensors file of float32 tensors."""
    _native.write_tensors(str(path), [(name, np.ascontiguousarray(w, dtype=np.float32)) for name, w in weights.items()])


def _config_text(config: Mapping[str, Any]) -> str:
    return json.dumps(config)


def _read_log(path: Path) -> NDArray[np.float64]:
    lines = read_text(path).splitlines()
    try:
        rows = [[float(cell) for cell in line.split(",")] for line in lines[1:] if line]
        if lines[:1] != [",".join(LOG_COLUMNS)] or any(len(row) != len(LOG_COLUMNS) for row in rows):
            raise ValueError
    except ValueError:
        raise ValueError(f"{path}: no log of a run; its columns are {', '.join(LOG_COLUMNS)}") from None
    return np.array(rows, dtype=np.float64).reshape(-1, len(LOG_COLUMNS))
