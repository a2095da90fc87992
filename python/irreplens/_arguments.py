"""What users hand in beside arrays: texts, paths and their files, lists and switches, checked."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np


def first_line(error: BaseException) -> str:
    """An exception's message, on one line."""
    return str(error).strip().split("\n")[0] or type(error).__name__


def shown(value: Any) -> str:
    """A value as Python writes it, for a message: on one line, and not longer than a line."""
    most = 60
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a value that cannot be written
        text = f"a {type(value).__name__}"
    return text if len(text) <= most else text[:most] + ".."


def to_text(name: str, value: Any) -> str:
    """The text itself. Raises ValueError for what is none, is no line, or none that UTF-8 can write."""
    if not isinstance(value, str):
        raise ValueError(f"{name}: a {type(value).__name__}, where a text is needed")
    if any(character < " " for character in value):
        raise ValueError(f"{name}: {shown(value)} is no line of text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{name}: {first_line(error)}") from None
    return value


def to_path(name: str, value: Any) -> Path:
    """The path. Raises ValueError for what is none."""
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(text, str):
        raise ValueError(f"{name}: a {type(value).__name__}, where a path is needed")
    return Path(to_text(name, text))


def to_switch(name: str, value: Any) -> bool:
    """True or False. Raises ValueError for what is neither."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise ValueError(f"{name}: {shown(value)}, where True or False is needed")


def to_integer(name: str, value: Any) -> int:
    """A whole number of Python's, NumPy's or torch's. Raises ValueError for what is none."""
    try:
        if not isinstance(value, (bool, np.bool_)):
            return operator.index(value)
    except Exception:  # what its own conversion raises says no more
        pass
    raise ValueError(f"{name}: {shown(value)}, where an integer is needed")


def to_list(name: str, values: Iterable[Any], most: int) -> list[Any]:
    """The items of anything that can be gone through. Raises ValueError for other things and for more than ``most``."""
    try:
        taken = list(islice(iter(values), most + 1))
    except Exception as error:
        raise ValueError(f"{name}: a {type(values).__name__}, where a list is needed: {first_line(error)}") from None
    if len(taken) > most:
        raise ValueError(f"{name}: more than {most}")
    return taken


def read_text(path: Path) -> str:
    """A file's text. Raises OSError; ValueError that names the file where it is no UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: {first_line(error)}") from None
