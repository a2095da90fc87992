"""Training, in memory or into run directories."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, overload

import numpy as np

from . import _native
from ._arguments import shown, to_integer, to_list, to_path, to_switch, to_text
from ._configs import Config, configured
from ._runs import LOG_COLUMNS, Run, load

Callback = Callable[[int, dict[str, Any]], Any]
_MOST_SEEDS = 1024  # as the program's --seeds


@overload
def train(
    what: str | os.PathLike[str] | Config,
    *,
    seeds: None = None,
    out: str | os.PathLike[str] | None = None,
    callback: Callback | None = None,
    overwrite: bool = False,
    device: str = "auto",
    keep_checkpoints: bool = False,
    **settings: Any,
) -> Run: ...
@overload
def train(
    what: str | os.PathLike[str] | Config,
    *,
    seeds: Iterable[int],
    out: str | os.PathLike[str] | None = None,
    callback: Callback | None = None,
    overwrite: bool = False,
    device: str = "auto",
    keep_checkpoints: bool = False,
    **settings: Any,
) -> list[Run]: ...
def train(
    what: str | os.PathLike[str] | Config,
    *,
    seeds: Iterable[int] | None = None,
    out: str | os.PathLike[str] | None = None,
    callback: Callback | None = None,
    overwrite: bool = False,
    device: str = "auto",
    keep_checkpoints: bool = False,
    **settings: Any,
) -> Run | list[Run]:
    """Trains a network to multiply in a group; with ``seeds``, one for each, as one computation.

    what: a preset's name (``"s5"``), a cfg.json's path, or its content as a dict.

    seeds: the seeds of the start weights, as ``range(8)``, at most 1024; then a list of runs is returned. Without, one
    :class:`Run`.

    out: a run directory, or a folder for ``seed_0``, ..: training is saved there as ``irreplens train`` saves it,
    goes on where it was stopped, and takes no memory for checkpoints. None trains in memory.

    callback: gets the epoch and the metrics at every checkpoint, a dict of ``train_loss``, ``test_loss`` (nats),
    ``train_acc``, ``test_acc``; with ``seeds`` arrays, NaN for those that have diverged. ``return False`` stops.

    device: ``"auto"``, the GPU where one can be used; ``"cpu"``, ``"cuda"``.

    keep_checkpoints: keeps the weights at every checkpoint in memory, so that :func:`analyze` measures them.

    settings: ``epochs``, ``lr``, ``weight_decay``, ``beta1``, ``beta2``, ``frac_train``, ``embed_dim``, ``hidden_dim``,
    ``seed``, ``split_seed``, ``checkpoint_every``, ``model``, ``optimizer``, ..: as the options of the program.

    Python's lock is released. Ctrl-C, and a kernel's interrupt, save what goes to ``out`` and raise KeyboardInterrupt.

    Raises ValueError in one line that names the setting; DivergenceError when no run stays finite (others are warned
    of, and marked by :attr:`Run.diverged`); OSError for a directory that cannot be written or is in use; RuntimeError
    for a device that cannot be used.

    >>> import irreplens
    >>> run = irreplens.train("s3", epochs=401, checkpoint_every=200)
    >>> list(run.training["epoch"])
    [0, 200, 400]
    >>> run.weights["W_U"].shape
    (64, 6)
    >>> [r.config["seed"] for r in irreplens.train("s3", seeds=[0, 5], epochs=10)]
    [0, 5]
    """
    configs = _configs(what, seeds, settings)
    directories: list[str] = []
    if out is not None:
        folder = to_path("out", out)
        directories = [str(folder)] if seeds is None else [str(folder / f"seed_{c['seed']}") for c in configs]
    if callback is not None and not callable(callback):
        raise ValueError(f"callback: a {type(callback).__name__} cannot be called")

    def told(epoch: int, rows: list[tuple[float, ...]]) -> bool:
        assert callback is not None
        columns = np.array(rows).T
        metrics = {name: float(c[0]) if seeds is None else c for name, c in zip(LOG_COLUMNS[1:], columns)}
        return callback(epoch, metrics) is not False

    texts = [json.dumps(config) for config in configs]
    outcomes, divergence = _native.train(
        texts,
        directories,
        to_switch("overwrite", overwrite),
        to_text("device", device),
        told if callback is not None else None,
        to_switch("keep_checkpoints", keep_checkpoints),
    )
    if divergence and all(outcome["diverged"] is not None for outcome in outcomes):
        raise _native.DivergenceError(divergence)
    if divergence:
        warnings.warn(divergence, stacklevel=2)
    runs = [_run(config, directories[i] if directories else None, outcomes[i]) for i, config in enumerate(configs)]
    return runs[0] if seeds is None else runs


def _configs(what: Any, seeds: Iterable[int] | None, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    if seeds is None:
        return [configured(what, settings)]
    if settings.get("seed") is not None:
        raise ValueError("seed and seeds exclude each other")
    wanted = [to_integer("seeds", seed) for seed in to_list("seeds", seeds, _MOST_SEEDS)]
    if not wanted or len(set(wanted)) != len(wanted):
        raise ValueError("seeds: at least one, and none of them twice")
    return [configured(what, {**settings, "seed": seed}) for seed in wanted]


def _run(config: dict[str, Any], directory: str | None, outcome: dict[str, Any]) -> Run:
    if directory is None:
        weights = outcome["weights"] or {}
        return Run(config, None, weights, dict(outcome["checkpoints"]), outcome["log"], outcome["diverged"])
    run = load(directory)
    run.diverged = outcome["diverged"]
    return run


def set_threads(threads: int) -> None:
    """The number of CPU threads from now on; the physical cores until then. No result depends on it.

    Raises ValueError for a number outside 1..1024, RuntimeError while another thread computes.
    """
    if not 1 <= (number := to_integer("threads", threads)) <= 1024:
        raise ValueError(f"threads: {shown(threads)} is outside 1..1024")
    _native.set_threads(number)
