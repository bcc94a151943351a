"""Data sets of one's own pairs (image, target): in memory, asked for one by one, or put into a temporary file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplecell.data.dataset import ArrayDataset, Dataset, Images, Layout, Made, Targets, arrays, goals_of
from simplecell.data.draws import Draw
from simplecell.data.preprocessing import Preprocessing
from simplecell.errors import DataError, FileError, message

Pair = tuple[Any, Any]
DataLike = Dataset | tuple[NDArray[Any], NDArray[Any]] | Iterable[Pair]
"""What `as_dataset` makes a data set of."""


class Pairs(Protocol):
    """A sequence of pairs."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Any: ...


def pairs(
    items: Iterable[Pair], classes: Sequence[str] | None = None, name: str = "pairs", layout: Layout | None = None
) -> ArrayDataset:
    """Make a data set of any sequence or iterable of (image, target), read once and kept in memory.

    Shapes: images (c, h, w), all alike, or as `layout` says; targets as `arrays` takes them.
    Raises: as `arrays`; DataError if there are none, or an item is no pair.

    >>> pairs((np.full((1, 4, 4), i, np.float32), i % 2) for i in range(6))
    <pairs: 6 images of 4x4x1, 2 classes>
    """
    found = list(_checked(items, name))
    images = _stacked([image for image, _ in found], name)
    return arrays(images, [target for _, target in found], classes, layout, name)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lazy(Made):
    """Pairs that are asked for whenever their images are needed. `lazy` makes one; `rows` are those that are in it."""

    items: Pairs
    rows: NDArray[np.int64]
    targets: Targets
    classes: tuple[str, ...]
    name: str
    shape: tuple[int, ...]
    layout: Layout | None
    preprocessing: Preprocessing | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images:
        found = [np.asarray(_pair(self.items[row], row, self.name)[0]) for row in self.rows[rows].tolist()]
        images = arrays(_stacked(found, self.name), np.zeros(len(found)), None, self.layout, self.name).images
        if images.shape[1:] != self.shape:
            raise DataError(f"{self.name}: an image is now {images.shape[1:]}, the first one was {self.shape}")
        return images

    def take(self, indices: Sequence[int] | NDArray[np.integer[Any]], name: str | None = None) -> Lazy:
        at = np.asarray(indices, np.int64)
        return replace(self, rows=self.rows[at], targets=self.targets[at], name=name or self.name)


def lazy(
    items: Pairs | Iterable[Pair],
    classes: Sequence[str] | None = None,
    name: str = "lazy",
    layout: Layout | None = None,
    *,
    targets: ArrayLike | None = None,
) -> Lazy:
    """Make a data set of (image, target) whose images are not kept in memory.

    Args:
        items: a sequence (with a length and [i]), asked again whenever an image is needed; or any other iterable, also
            one without a length, read once into a temporary file that is gone when the data set is.
        targets: those of a sequence, which is otherwise gone through once to learn them.

    Shapes: as `pairs`.
    Rules: what a sequence gives for i must be the same each time; workers ask it from their own threads.
    Raises: as `pairs`; FileError if the file cannot be written.

    >>> lazy((np.full((1, 4, 4), i, np.float32), i % 2) for i in range(6))
    <lazy: 6 images of 4x4x1, 2 classes>
    """
    sequence: Any = items
    if not (hasattr(items, "__len__") and hasattr(items, "__getitem__")):
        sequence = _Spool(sequence, name)
        targets = sequence.targets
    if targets is None:
        targets = [_pair(sequence[row], row, name)[1] for row in range(len(sequence))]
    if not len(sequence):
        raise DataError(_NOTHING.format(name=name))
    goals, named = goals_of(targets, classes, name)
    if len(goals) != len(sequence):
        raise DataError(f"{name}: {len(sequence):,} images but {len(goals):,} targets")
    first = arrays(_stacked([_pair(sequence[0], 0, name)[0]], name), [0.0], None, layout, name)
    return Lazy(sequence, np.arange(len(sequence)), goals, named, name, first.shape, layout)


def as_dataset(data: DataLike) -> Dataset:
    """Return what may be given in place of a data set as one: (images, targets), or anything of pairs.

    Rules: a data set stays what it is; two arrays are `arrays`; a list or tuple of pairs is `pairs`, anything else that
    can be gone through is `lazy`.
    Raises: as these; DataError for anything else.
    """
    given: Any = data
    if hasattr(given, "gather"):
        return given
    if isinstance(given, tuple) and len(given) == 2 and all(isinstance(part, np.ndarray) for part in given):
        return arrays(*given)
    if isinstance(given, list | tuple):
        return pairs(given)
    if hasattr(given, "__iter__") or hasattr(given, "__getitem__"):
        return lazy(given)
    remedies = ["(images, targets)", "data.arrays(images, targets)", "an iterable of (image, target)"]
    raise DataError(message("data", f"a value of type {type(given).__name__} is no data set.", remedies=remedies))


_NOTHING = "{name}: there is nothing in it; at least one pair (image, target) is needed"


def _pair(one: Any, number: int, name: str) -> Pair:
    if not isinstance(one, tuple | list) or len(one) != 2:
        raise DataError(f"{name}: item {number} is a {type(one).__name__}; pairs (image, target) are needed")
    return np.asarray(one[0]), one[1]


def _checked(items: Iterable[Any], name: str) -> Iterator[Pair]:
    """The pairs of an iterable, their images of one shape and one type."""
    first: Any = None
    for number, one in enumerate(items):
        image, target = _pair(one, number, name)
        first = image if first is None else first
        if (image.shape, image.dtype) != (first.shape, first.dtype):
            found = f"image {number} is {image.shape} of {image.dtype}, the first one {first.shape} of {first.dtype}"
            raise DataError(f"{name}: {found}")
        yield image, target
    if first is None:
        raise DataError(_NOTHING.format(name=name))


def _stacked(images: Sequence[NDArray[Any]], name: str) -> NDArray[Any]:
    forms = sorted({f"{image.shape} of {image.dtype}" for image in images})
    if len(forms) > 1:
        raise DataError(f"{name}: images differ: {' and '.join(forms[:3])}")
    return np.stack(images)


class _Spool:
    """Images of one form in a temporary file without a name."""

    def __init__(self, items: Iterable[Any], name: str) -> None:
        self.file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as this does
        self.form, self.targets = np.zeros(0), list[Any]()
        for image, target in _checked(items, name):
            self.form = image
            self.targets.append(target)
            try:
                rest = memoryview(image.tobytes())
                while rest:
                    rest = rest[self.file.write(rest) :]
            except OSError as cause:
                place = f"{name}: {tempfile.gettempdir()}"
                raise FileError(f"{place}: cannot be written: {cause.strerror}; TMPDIR names another folder") from cause

    def __del__(self) -> None:
        self.file.close()

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, row: int) -> Pair:
        content = os.pread(self.file.fileno(), self.form.nbytes, row * self.form.nbytes)
        return np.frombuffer(content, self.form.dtype).reshape(self.form.shape), self.targets[row]
