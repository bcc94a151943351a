"""MNIST and its likes: images and labels in IDX files, plain or gzip."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from simplecell.data.dataset import ArrayDataset
from simplecell.data.preprocessing import Preprocessing
from simplecell.errors import DataError, FileError

_TYPES: Final = {
    0x08: np.dtype(">u1"), 0x09: np.dtype(">i1"), 0x0B: np.dtype(">i2"), 0x0C: np.dtype(">i4"), 0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}  # fmt: skip
_MOST_BYTES: Final = 1 << 33
DIGITS: Final = tuple("0123456789")
FASHION: Final = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Read the array of an IDX file, plain or gzip.

    two zeros, a type, the number of axes n; n sizes of 4 bytes, the most significant first; the values in C order

    Raises: FileError for a file that cannot be read; DataError if it is no IDX file, or its length is not what its
    header says.
    Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, "The IDX file format".
    """
    place = os.fspath(path)
    try:
        with open(place, "rb") as plain:
            zipped = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            if not zipped:
                return _read(plain, place)
            with gzip.open(plain) as unzipped:
                return _read(unzipped, place)
    except (EOFError, zlib.error, gzip.BadGzipFile) as cause:
        raise DataError(f"{place}: a damaged gzip file: {cause}") from cause
    except OSError as cause:
        if isinstance(cause, FileError):
            raise
        raise FileError(f"{place}: cannot be read: {cause.strerror or cause}") from cause


def _read(file: _Readable, place: str) -> NDArray[Any]:
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _TYPES or not 1 <= head[3] <= 4:
        raise DataError(f"{place}: not an IDX file: it begins with {head.hex(' ') or 'nothing'}")
    kind, axes = _TYPES[head[2]], head[3]
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise DataError(f"{place}: ends inside its header")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    needed = math.prod(shape) * kind.itemsize
    says = f"{'x'.join(map(str, shape))} values of {kind.itemsize} byte(s)"
    if needed > _MOST_BYTES:
        raise DataError(f"{place}: its header says {says}; at most {_MOST_BYTES:,} bytes are read")
    content = _at_most(file, needed + 1)
    if len(content) != needed:
        there = f"{len(content):,} bytes" if len(content) < needed else "more"
        raise DataError(f"{place}: its header says {says}, {needed:,} bytes; {there} follow")
    return np.frombuffer(content, kind).reshape(shape).astype(kind.newbyteorder("="), copy=False)


def _at_most(file: _Readable, count: int) -> bytes:
    """As many bytes as there are, up to `count`, taken piece by piece: a header alone makes nobody allocate."""
    parts: list[bytes] = []
    while count and (part := file.read(min(count, 1 << 24))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def idx(
    images: str | os.PathLike[str], labels: str | os.PathLike[str], classes: tuple[str, ...] = DIGITS, name: str = "idx"
) -> ArrayDataset:
    """Make a data set of a file of images (n, h, w) and one of labels (n,), both of bytes, as MNIST has them.

    Raises: as `read_idx`; DataError for other shapes, or labels that are no class.
    """
    pixels, targets = read_idx(images), read_idx(labels)
    for place, array, rank in ((images, pixels, 3), (labels, targets, 1)):
        if array.ndim != rank or array.dtype != np.uint8:
            shape = "x".join(map(str, array.shape))
            raise DataError(f"{os.fspath(place)}: {array.dtype} of shape {shape}; bytes of rank {rank} are needed")
    scaled = pixels[:, np.newaxis].astype(np.float32) / np.float32(255)
    form = Preprocessing(1, *pixels.shape[1:], invert="auto") if pixels.size else None
    return ArrayDataset(scaled, targets.astype(np.int64), classes, name, form)


def found(place: Path, name: str) -> Path | None:
    """The file of an official name in a folder: as it is called, with .gz, or with the dot that some copies have."""
    options = (name, f"{name}.gz", name.replace("-idx", ".idx"), f"{name.replace('-idx', '.idx')}.gz")
    return next((place / option for option in options if (place / option).is_file()), None)
