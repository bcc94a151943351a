"""Tensors of an ONNX file as arrays: everything is checked against the bytes that are there before memory is taken."""

from __future__ import annotations

import os
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from simplecell.errors import FileError
from simplecell.interchange.onnx.operators.shapes import TYPES
from simplecell.layers.base import Array

_FIELDS = {
    1: "float_data", 10: "int32_data", 6: "int32_data", 5: "int32_data", 4: "int32_data", 3: "int32_data",
    2: "int32_data", 9: "int32_data", 7: "int64_data", 11: "double_data", 12: "uint64_data", 13: "uint64_data",
}  # fmt: skip
"""Where a tensor without raw bytes keeps its values."""


def array_of(tensor: Any, folder: Path | None) -> Array:
    """The values of a TensorProto. External data is read only from inside `folder`, the model's own."""
    shape, kind = tuple(tensor.dims), TYPES.get(tensor.data_type)
    place = f"tensor {tensor.name!r}"
    if kind is None:
        raise FileError(f"{place}: data type {tensor.data_type} is not supported; supported: {sorted(TYPES)}")
    if len(shape) > 16 or any(not 0 <= size < 2**31 for size in shape):
        raise FileError(f"{place}: the shape {shape[:16]} is impossible")
    count, size = prod(shape), np.dtype(kind).itemsize
    if tensor.data_location == 1:
        return _external(tensor, place, folder, count * size).view(kind).reshape(shape)
    if tensor.HasField("raw_data"):
        raw = tensor.raw_data
        if len(raw) != count * size:
            raise FileError(f"{place}: {shape} of {np.dtype(kind)} are {count * size} bytes, the file has {len(raw)}")
        return np.frombuffer(raw, np.dtype(kind).newbyteorder("<")).reshape(shape)
    values = getattr(tensor, _FIELDS[tensor.data_type])
    if len(values) != count:
        raise FileError(f"{place}: {shape} are {count} values, the file has {len(values)}")
    if kind is np.float16:
        return np.array(values, np.uint16).view(np.float16).reshape(shape)
    return np.array(values).astype(kind).reshape(shape)


def _external(tensor: Any, place: str, folder: Path | None, nbytes: int) -> Array:
    """Bytes from another file in the model's folder."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    if folder is None:
        raise FileError(f"{place}: its data is in the file {location!r}; give from_onnx a path, not bytes")
    path, home = Path(os.path.realpath(folder / location)), Path(os.path.realpath(folder))
    if not location or not path.is_relative_to(home) or not path.is_file():
        raise FileError(f"{place}: its data is in {location!r}, which is not a file inside the model's folder")
    try:
        offset, length = int(entries.get("offset", 0)), int(entries.get("length", nbytes))
    except ValueError:
        raise FileError(f"{place}: offset and length of its external data are not numbers") from None
    if length != nbytes or offset < 0 or offset + length > path.stat().st_size:
        raise FileError(f"{place}: needs {nbytes} bytes at {offset} of {location!r}, which has {path.stat().st_size}")
    return np.fromfile(path, np.uint8, nbytes, offset=offset)
