"""A folder of pictures, one folder per class, read from the disk as training goes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from simplecell.data import decoding
from simplecell.data.dataset import Images, Made, Targets
from simplecell.data.draws import Draw
from simplecell.data.preprocessing import Preprocessing
from simplecell.errors import ArgumentError, DataError, FileError, SimplecellError, message

ENDINGS: Final = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".ppm", ".pgm"))
_NAMED: Final = 10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PictureFolder(Made):
    """Pictures on the disk with their classes. `folder` makes one; nothing but names is kept in memory.

    Rules: each picture is decoded anew whenever it is asked for, through `preprocessing`.
    """

    files: tuple[str, ...]
    targets: Targets
    classes: tuple[str, ...]
    name: str
    preprocessing: Preprocessing

    def __len__(self) -> int:
        return len(self.files)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.preprocessing.shape

    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images:
        return self.preprocessing.pictures([self.files[row] for row in rows])

    def take(self, indices: Sequence[int] | NDArray[np.integer[Any]], name: str | None = None) -> PictureFolder:
        rows = np.asarray(indices, np.int64)
        files = tuple(self.files[row] for row in rows)
        return replace(self, files=files, targets=self.targets[rows], name=name or self.name)


def folder(
    path: str | os.PathLike[str],
    size: int | tuple[int, int] | None = None,
    *,
    channels: Literal[1, 3] | None = None,
    classes: Sequence[str] | None = None,
    damaged: Literal["refuse", "skip"] = "refuse",
    preprocessing: Preprocessing | None = None,
) -> PictureFolder:
    """Make a data set of a folder that holds one folder of pictures per class.

    Args:
        size: (height, width) of the images, one number for both; that of the pictures if all have the same.
        channels: 1 or 3; that of the pictures if all have the same.
        classes: the classes in their order, for a test set that must have the training set's; else the folders' names.
        damaged: "refuse" names what cannot be read, "skip" leaves it out and says how many in the data set's name.
        preprocessing: how pictures become images, in place of `size` and `channels`.

    Rules: classes and files are sorted by name; files that are not called like pictures, and hidden ones, do not
    count. Every picture is decoded once here, so that none can stop a training later.
    Raises: FileError if there is no such folder; DataError for classes without pictures, pictures that do not decode
    (named and counted), or sizes and colours that differ where none are given.
    """
    if damaged not in ("refuse", "skip"):
        raise ArgumentError(f"damaged={damaged!r}: 'refuse' or 'skip' is needed")
    place = Path(path)
    names, files = _listed(place, classes)
    flat = [(str(file), label) for label, name in enumerate(names) for file in files[name]]
    looks, wrong = _looked_at([file for file, _ in flat])
    if wrong and damaged == "refuse":
        shown = [reason for _, reason in wrong[:_NAMED]]
        shown += [f"... and {len(wrong) - _NAMED:,} more"] if len(wrong) > _NAMED else []
        rule = f"{len(wrong):,} of {len(flat):,} pictures cannot be read:"
        raise DataError(message(str(place), rule, shown, ["remove them", "damaged='skip' (--skip-damaged)"]))
    bad = {file for file, _ in wrong}
    kept = [(file, label) for file, label in flat if file not in bad]
    _check_classes(place, names, np.array([label for _, label in kept], np.int64))
    made = preprocessing or Preprocessing(*_form(place, looks, size, channels))
    name = place.name + (f" ({len(bad)} damaged left out)" if bad else "")
    return PictureFolder(
        tuple(file for file, _ in kept), np.array([label for _, label in kept], np.int64), tuple(names), name, made
    )


def class_folders(place: Path) -> list[str]:
    """The names of the folders in `place` that are not hidden, sorted."""
    try:
        return sorted(entry.name for entry in os.scandir(place) if entry.is_dir() and not entry.name.startswith("."))
    except OSError as cause:
        raise FileError(f"{place}: cannot be read: {cause.strerror}") from cause


def _listed(place: Path, classes: Sequence[str] | None) -> tuple[list[str], dict[str, list[Path]]]:
    """(classes, picture files by class)."""
    found = class_folders(place)
    if not found:
        rule = "no folders in it: a data set of pictures has one folder per class."
        raise DataError(message(str(place), rule, remedies=["put the pictures of a class into a folder of its name"]))
    names = list(classes) if classes is not None else found
    strange = sorted(set(found) ^ set(names))
    if strange:
        rule = f"its classes are {', '.join(found)}; {', '.join(names)} are needed."
        raise DataError(message(str(place), rule, remedies=[f"the same folders in both: {', '.join(strange)} differ"]))
    files = {name: _pictures_in(place / name) for name in names}
    empty = [name for name in names if not files[name]]
    if empty:
        rule = f"no pictures in {', '.join(empty)}."
        raise DataError(message(str(place), rule, remedies=["add pictures", "remove the folder"]))
    return names, files


def _pictures_in(place: Path) -> list[Path]:
    found = (Path(root) / name for root, _, names in os.walk(place) for name in names)
    return sorted(file for file in found if file.suffix.lower() in ENDINGS and not file.name.startswith("."))


def _looked_at(files: Sequence[str]) -> tuple[set[tuple[int, int, int]], list[tuple[str, str]]]:
    """(every (channels, height, width) that occurs, the files that do not decode with the reason)."""
    looks: set[tuple[int, int, int]] = set()
    wrong: list[tuple[str, str]] = []
    for file in files:
        try:
            looks.add(decoding.look(file))
        except SimplecellError as reason:
            wrong.append((file, str(reason)))
    return looks, wrong


def _check_classes(place: Path, names: Sequence[str], targets: NDArray[np.int64]) -> None:
    counts = np.bincount(targets, minlength=len(names))
    gone = [name for name, count in zip(names, counts, strict=True) if not count]
    if gone:
        raise DataError(f"{place}: no picture of {', '.join(gone)} can be read")


def _form(
    place: Path, looks: set[tuple[int, int, int]], size: int | tuple[int, int] | None, channels: int | None
) -> tuple[int, int, int]:
    """(channels, height, width) as asked for, or as all pictures have them."""
    colours = sorted({c for c, _, _ in looks})
    if channels is None and len(colours) > 1:
        rule = "gray pictures among coloured ones."
        raise DataError(message(str(place), rule, remedies=["channels=3 for colour", "channels=1 for gray"]))
    sizes = sorted({(h, w) for _, h, w in looks})
    if size is None and len(sizes) > 1:
        shown = ", ".join(f"{h}x{w}" for h, w in sizes[:4]) + (", ..." if len(sizes) > 4 else "")
        rule = f"pictures of {len(sizes)} sizes (height x width): {shown}."
        raise DataError(message(str(place), rule, remedies=["size=(height, width) to resize them to (--size)"]))
    height, width = sizes[0] if size is None else (size, size) if isinstance(size, int) else size
    return channels or colours[0], height, width
