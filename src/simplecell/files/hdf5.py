"""The arrays of an HDF5 file, read by h5py in a process of its own."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simplecell.errors import MissingExtra
from simplecell.files.apart import read_apart, serve

_OWN_MEMORY = 4 << 30
_DEEPEST, _MOST = 32, 100_000
"""Groups inside each other, and objects, at most: hard links can make a small file endless."""


def read_hdf5(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Every array of numbers by its path in the file (`layers/conv2d/vars/0`).

    Raises: MissingExtra without h5py; FileError in one line for a file that is damaged or refers to other files.
    """
    if find_spec("h5py") is None:
        raise MissingExtra("h5py", "keras", "reading Keras's weights")
    return read_apart(__name__, path)


def tensors_of(path: str) -> dict[str, NDArray[Any]]:
    """The same in this process; ValueError for what is not read."""
    import h5py

    found: dict[str, NDArray[Any]] = {}
    left = _MOST
    with h5py.File(path, "r") as file:
        groups: list[tuple[str, Any]] = [("", file)]
        while groups:
            at, group = groups.pop()
            for name in group:
                left -= 1
                place = f"{at}{name}"
                if not left or place.count("/") > _DEEPEST:
                    raise ValueError(f"more than {_MOST:,} objects, or {_DEEPEST} groups inside each other")
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise ValueError(f"{place!r} is a link to elsewhere")
                member = group[name]
                if isinstance(member, h5py.Group):
                    groups.append((f"{place}/", member))
                elif isinstance(member, h5py.Dataset):
                    found[place] = _array(place, member, os.path.getsize(path))
    return found


def _array(place: str, data: Any, size: int) -> NDArray[Any]:
    """One array; it lies in this file, and is no larger than it."""
    if data.external or data.is_virtual:
        raise ValueError(f"{place!r} has its data in another file")
    if data.dtype.kind not in "fiub":
        raise ValueError(f"{place!r} holds {data.dtype}, not numbers")
    if data.shape is None or data.size * data.dtype.itemsize > size:
        raise ValueError(f"{place!r} claims the shape {data.shape}, more than the file holds")
    return np.asarray(data[()])


if __name__ == "__main__":
    serve(tensors_of, _OWN_MEMORY)
