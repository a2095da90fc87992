"""What defines a training run: the settings of a preset or of a cfg.json, and changes to them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from . import _native
from ._arguments import first_line, read_text, shown, to_path, to_text

_NAMES = {"epochs": "num_epochs"}
_FIELDS = (
    "lr",
    "num_epochs",
    "weight_decay",
    "frac_train",
    "seed",
    "split_seed",
    "checkpoint_every",
    "model",
    "optimizer",
    "unembed_bias",
    "decay_biases",
)
Config = Mapping[str, Any]


def presets() -> list[str]:
    """The names of all presets, as ``irreplens train`` knows them.

    >>> import irreplens
    >>> irreplens.presets()[:3]
    ['s3', 's4', 's5']
    """
    return _native.presets()


def configured(what: str | os.PathLike[str] | Config, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The checked settings of a preset's name, a cfg.json's path or its content, changed by ``settings``.

    Raises ValueError in one line that names the field, and FileNotFoundError.
    """
    follows = False
    where = "config"
    if isinstance(what, Mapping):
        config = _parsed(_text_of(what), where)
        follows = config["split_seed"] == config["seed"]
    elif isinstance(what, os.PathLike) or (isinstance(what, str) and (what.endswith(".json") or os.sep in what)):
        path = to_path("config", what)
        if path.is_dir():
            path = path / "cfg.json"
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file")
        where = str(path)
        config = _parsed(read_text(path), where)
        follows = config["split_seed"] == config["seed"]
    elif isinstance(what, str):
        text, follows = _native.preset(to_text("config", what))
        config = json.loads(text)
    else:
        raise ValueError(f"config: a {type(what).__name__}, where a preset's name, a path or a dict is needed")
    for name, value in sorted(settings.items(), key=lambda item: item[0] != "model"):  # sizes are those of the model
        if value is not None:
            _change(config, name, value)
    if follows and settings.get("split_seed") is None:
        config["split_seed"] = config["seed"]
    return _parsed(_text_of(config), where)


def _change(config: dict[str, Any], name: str, value: Any) -> None:
    field = _NAMES.get(name, name)
    if hasattr(value, "item"):  # a NumPy or torch scalar
        try:
            value = value.item()
        except Exception:
            raise ValueError(f"{name}: {shown(value)}, where one value is needed") from None
    kinds = _native.model_kinds()
    if field in ("beta1", "beta2"):
        config["betas"][int(field == "beta2")] = value
    elif any(field in layers for _, layers in kinds.values()):
        if isinstance(config["model"], str) and field not in kinds.get(config["model"], ("", [field]))[1]:
            raise ValueError(f"{field}: {config['model']} has no such size")
        config["layers"][field] = value
    elif field in _FIELDS:
        config[field] = value
    else:
        sizes = sorted({layer for _, layers in kinds.values() for layer in layers})
        known = ["epochs", "beta1", "beta2", *sizes, *(f for f in _FIELDS if f != "num_epochs")]
        raise ValueError(f"there is no setting '{name}'; there are {', '.join(known)}")


def _text_of(config: Config) -> str:
    try:
        return json.dumps(dict(config), default=_plain, allow_nan=False)
    except Exception as error:  # whatever a value's own conversion raises
        raise ValueError(f"config: {first_line(error)}") from None


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} is no setting")


def _parsed(text: str, where: str) -> dict[str, Any]:
    return dict(json.loads(_native.checked_config(text, where)))
