"""A `.keras` archive: a zip of the configuration, as JSON, and the weights, as HDF5. Nothing in it is executed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simplecell.errors import FileError, MissingExtra
from simplecell.files.hdf5 import read_hdf5
from simplecell.layers.base import Array

CONFIG, ABOUT, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_LONGEST_TEXT = 64 << 20
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, OverflowError,
)  # fmt: skip
"""What Python's zip reader raises for damaged, encrypted or strangely packed archives."""


@dataclass(frozen=True)
class Archive:
    """The model's configuration, and its weights by their paths in the HDF5 file."""

    config: Mapping[str, Any]
    weights: Mapping[str, Array]


def opened(path: str | os.PathLike[str]) -> Archive:
    """The archive of a model that Keras 3 saved.

    Raises: MissingExtra without h5py; FileError for anything else than such an archive.
    """
    place = os.fspath(path)
    try:
        with zipfile.ZipFile(path) as archive:
            about, config = (_json(archive, name) for name in (ABOUT, CONFIG))
            version = str(about.get("keras_version"))
            if not version.startswith("3."):
                raise FileError(f"saved by Keras {version[:20]}; load it and save it again with Keras 3")
            with tempfile.TemporaryDirectory(prefix="simplecell-") as folder:
                return Archive(config, read_hdf5(_unpacked(archive, Path(folder))))
    except MissingExtra:
        raise
    except FileNotFoundError:
        raise FileError(f"{place}: there is no such file") from None
    except FileError as error:
        raise FileError(f"{place}: {error}") from None
    except _DAMAGED as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise FileError(f"{place}: not a .keras archive, or damaged: {said}") from error


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The one member of that name; Keras packs without compression, so none is much larger than the archive."""
    found = [info for info in archive.infolist() if info.filename == name]
    if len(found) != 1:
        raise FileError(f"not a .keras archive: it has {len(found)} members {name!r}")
    size, whole = found[0].file_size, sum(info.compress_size for info in archive.infolist())
    if size > 8 * whole + (1 << 20):
        raise FileError(f"{name} unpacks to {size:,} bytes out of {whole:,}; Keras does not write such archives")
    return found[0]


def _json(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    member = _member(archive, name)
    if member.file_size > _LONGEST_TEXT:
        raise FileError(f"{name} has {member.file_size:,} bytes; at most {_LONGEST_TEXT:,} are read")
    try:
        table = json.loads(archive.read(member).decode("utf-8"))
    except RecursionError:
        raise FileError(f"{name} is nested too deeply") from None
    if not isinstance(table, dict):
        raise FileError(f"{name} is not a JSON object")
    return table


def _unpacked(archive: zipfile.ZipFile, folder: Path) -> Path:
    """The weights as a file of their own, under our name."""
    target = folder / "weights.h5"
    with archive.open(_member(archive, WEIGHTS)) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)
    return target
