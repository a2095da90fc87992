"""What users hand in, as NumPy arrays: checked, and without a copy where the layout allows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arguments import first_line

_ON_THE_CPU = (1, 3, 11, 13)  # DLPack's codes: the CPU, and memory of CUDA and ROCm that the CPU reads


def shape_text(shape: tuple[int | str, ...]) -> str:
    """``(120,120)``, as the programs write shapes."""
    return "(" + ",".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def to_numpy(name: str, value: Any) -> NDArray[Any]:
    """The array behind a NumPy array, a torch, JAX or other DLPack tensor on the CPU, or nested lists.

    Raises ValueError for a tensor on another device, a masked array, and for what is no array.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name}: a masked array, whose masked entries have no value; fill them first")
    if isinstance(value, np.ndarray):
        return np.asarray(value)
    if hasattr(value, "__dlpack_device__"):
        if hasattr(value, "detach"):  # torch: what needs a gradient does not hand out its memory
            value = value.detach()
        try:
            kind = int(value.__dlpack_device__()[0])
        except Exception as error:
            raise ValueError(f"{name}: does not say where it lies: {first_line(error)}") from None
        if kind not in _ON_THE_CPU:
            device = getattr(value, "device", f"DLPack device {kind}")
            raise ValueError(f"{name}: lies on {device}; move it to the CPU first, as {name}.cpu() does")
        try:
            return np.from_dlpack(value)
        except Exception:  # a layout or type that DLPack, or this NumPy, does not know: by a copy then
            pass
    try:
        array = np.asarray(value)
    except Exception as error:
        raise ValueError(f"{name}: cannot be read as an array: {first_line(error)}") from None
    return array


def require_finite(name: str, array: NDArray[Any]) -> None:
    """Raises ValueError that names the first entry that is not finite."""
    if array.size == 0 or np.isfinite(np.sum(array)) or np.isfinite(array).all():
        return
    place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    raise ValueError(f"{name}: the entry at {shape_text(place)} is {array[place]}; all must be finite")


def to_float64(name: str, array: NDArray[Any]) -> NDArray[np.float64]:
    """Packed float64: the array itself where it is that, else a copy. Raises ValueError for other kinds of numbers."""
    if array.dtype not in (np.float64, np.float32) and array.dtype.kind not in "biu":
        raise ValueError(f"{name}: dtype {array.dtype}, where float32 or float64 is needed")
    result = np.ascontiguousarray(array, dtype=np.float64)
    require_finite(name, result)
    return result


def to_int32(name: str, value: Any, shape: tuple[int | str, ...]) -> NDArray[np.int32]:
    """Packed int32 of so many dimensions. Raises ValueError for numbers that are no integers or do not fit."""
    array = to_numpy(name, value)
    if array.ndim != len(shape):
        raise ValueError(f"{name}: shape {shape_text(array.shape)}, where {shape_text(shape)} is needed")
    if array.dtype.kind not in "iu":
        if array.dtype.kind != "f" or not np.array_equal(array, np.trunc(array)):
            raise ValueError(f"{name}: dtype {array.dtype}, where integers are needed")
    if array.size and (array.min() < -(2**31) or array.max() >= 2**31):
        raise ValueError(f"{name}: an entry does not fit into 32 bits")
    return np.ascontiguousarray(array, dtype=np.int32)
