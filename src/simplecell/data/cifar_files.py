"""CIFAR-10 and CIFAR-100 from their binary version, in the archive as it comes or unpacked."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from simplecell.data.dataset import ArrayDataset
from simplecell.data.preprocessing import Preprocessing
from simplecell.errors import DataError, FileError

_PIXELS: Final = 3 * 32 * 32
_MOST_BYTES: Final = 1 << 29
_PARTS: Final = {
    10: (tuple(f"data_batch_{number}.bin" for number in range(1, 6)), ("test_batch.bin",), "batches.meta.txt"),
    100: (("train.bin",), ("test.bin",), "fine_label_names.txt"),
}
ARCHIVES: Final = {10: "cifar-10-binary.tar.gz", 100: "cifar-100-binary.tar.gz"}
_FOLDERS: Final = {10: "cifar-10-batches-bin", 100: "cifar-100-binary"}


def cifar(path: str | os.PathLike[str], classes: int) -> tuple[ArrayDataset, ArrayDataset]:
    """Return the training and the test set of CIFAR-10 or CIFAR-100 (its 100 fine labels).

    Args:
        path: the archive (cifar-10-binary.tar.gz), or the folder of its .bin files, or one that holds either.

    Rules: records are a label (CIFAR-100: a coarse and a fine one), then 32x32 bytes of red, green, blue. The archive
    is read where it lies; nothing is unpacked to the disk.
    Raises: FileError if there is none; DataError for a file that is not a whole number of records.
    Source: A. Krizhevsky, Learning multiple layers of features from tiny images, 2009.
    """
    training, testing, names = _PARTS[classes]
    files = _contents(Path(path), classes, (*training, *testing, names))
    lines = files[names].decode("utf-8", "replace").split("\n") if names in files else []
    called = tuple(line.strip() for line in lines if line.strip()) or tuple(map(str, range(classes)))
    if len(called) != classes:
        raise DataError(f"{os.fspath(path)}: {names} has {len(called)} names; {classes} are needed")
    name = f"cifar{classes}"
    return (
        _data_set([(part, files[part]) for part in training], called, f"{name}/train"),
        _data_set([(part, files[part]) for part in testing], called, f"{name}/test"),
    )


def place_of(path: Path, classes: int) -> Path | None:
    """Where in `path` the data lies: the archive or the folder of its files; None if it is not there."""
    first = _PARTS[classes][0][0]
    if path.is_file():
        return path if path.name == ARCHIVES[classes] else None
    for option in (path, path / _FOLDERS[classes]):
        if (option / first).is_file() and (option / _PARTS[classes][1][0]).is_file():
            return option
    archive = path / ARCHIVES[classes]
    return archive if archive.is_file() else None


def _contents(path: Path, classes: int, wanted: Sequence[str]) -> dict[str, bytes]:
    """The wanted files by name."""
    place = place_of(path, classes)
    if place is None:
        raise FileError(f"{path}: neither {ARCHIVES[classes]} nor its .bin files are there")
    try:
        if place.is_dir():
            contents = {name: (place / name).read_bytes() for name in wanted if (place / name).is_file()}
        else:
            with tarfile.open(place, "r:gz") as archive:
                contents = dict(_members(archive, wanted))
    except (tarfile.TarError, EOFError, OSError) as cause:
        raise FileError(f"{place}: cannot be read: {cause}") from cause
    missing = [name for name in wanted if name.endswith(".bin") and name not in contents]
    if missing:
        raise FileError(f"{place}: {', '.join(missing)} is missing")
    return contents


def _members(archive: tarfile.TarFile, wanted: Sequence[str]) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for member in archive:
        name = member.name.rpartition("/")[2]
        if name in wanted and member.isfile() and member.size <= _MOST_BYTES:
            file = archive.extractfile(member)
            found += [(name, file.read())] if file else []
    return found


def _data_set(parts: Sequence[tuple[str, bytes]], classes: tuple[str, ...], name: str) -> ArrayDataset:
    labels = 1 if len(classes) == 10 else 2
    record = labels + _PIXELS
    for part, content in parts:
        if not content or len(content) % record:
            raise DataError(f"{name}: {part} has {len(content):,} bytes, not a whole number of {record}-byte records")
    rows = np.frombuffer(b"".join(content for _, content in parts), np.uint8).reshape(-1, record)
    images = rows[:, labels:].reshape(-1, 3, 32, 32).astype(np.float32) / np.float32(255)
    return ArrayDataset(images, rows[:, labels - 1].astype(np.int64), classes, name, Preprocessing(3, 32, 32))
