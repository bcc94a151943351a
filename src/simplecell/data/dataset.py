"""Data sets: images and targets that have been checked once, where they came in."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplecell.errors import ArgumentError, DataError, message

if TYPE_CHECKING:
    from simplecell.data.draws import Draw
    from simplecell.data.preprocessing import Preprocessing

Images = NDArray[np.float32]
Targets = NDArray[np.int64] | NDArray[np.float32]
Layout = Literal["NCHW", "NHWC", "NC", "NCL", "NCDHW"]


class Dataset(Protocol):
    """What training and evaluation need of a data set.

    Shapes: images (n, c, h, w) float32; targets (n,) int64, the number of each image's class, or (n, k) float32 values
    for regression. `classes` names the classes and is empty for regression. `shape` is one image's, without n.
    Rules: `gather` gives the images of some rows as a new array; with `draw`, (seed, epoch), as that epoch of training
    sees them, without as they are. `images` is all of them at once, however many. `take` is the data set of some rows.
    `preprocessing` says how pictures become such images; a model that is trained on them takes it over.
    """

    @property
    def images(self) -> Images: ...
    @property
    def targets(self) -> Targets: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def preprocessing(self) -> Preprocessing | None: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: SupportsIndex, /) -> tuple[Images, int | NDArray[np.float32]]: ...
    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images: ...
    def take(self, indices: Sequence[int] | NDArray[np.integer[Any]], name: str | None = None) -> Any: ...


class Made:
    """Base of the data sets whose images are made when they are asked for: what follows from `gather`."""

    __slots__ = ()

    @property
    def images(self: Dataset) -> Images:
        return self.gather(np.arange(len(self)))

    def __getitem__(self: Dataset, index: SupportsIndex, /) -> tuple[Images, int | NDArray[np.float32]]:
        at = operator.index(index)
        row = at + len(self) if at < 0 else at
        if not 0 <= row < len(self):
            raise IndexError(f"{self.name}: image {at} of {len(self)}")
        target: Any = self.targets[row]
        return self.gather(np.array([row]))[0], int(target) if self.targets.ndim == 1 else target

    def __repr__(self: Dataset) -> str:
        return described(self)


@dataclass(frozen=True, slots=True, eq=False)
class ArrayDataset:
    """A data set that lies in memory; checked when it is made. `arrays` makes one from looser forms.

    Shapes: as `Dataset`.
    Rules: `preprocessing` says how pictures become such images; a model that is trained on them takes it over. No NaN,
    no infinity; as many targets as images, at least one; classes from 0 to len(classes) - 1.
    Raises: DataError with the place and the numbers.

    >>> data = ArrayDataset(np.zeros((2, 1, 8, 8), np.float32), np.array([1, 0]), ("cat", "dog"), "pets")
    >>> image, target = data[0]
    >>> len(data), image.shape, target, data.classes[target]
    (2, (1, 8, 8), 1, 'dog')
    """

    images: Images
    targets: Targets
    classes: tuple[str, ...]
    name: str
    preprocessing: Preprocessing | None = None

    def __post_init__(self) -> None:
        _check_images(self.images, self.name)
        if len(self.targets) != len(self.images):
            raise DataError(f"{self.name}: {len(self.images):,} images but {len(self.targets):,} targets")
        _check_targets(self.targets, self.classes, self.name)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: SupportsIndex, /) -> tuple[Images, int | NDArray[np.float32]]:
        at = operator.index(index)
        target: Any = self.targets[at]
        return self.images[at], int(target) if self.targets.ndim == 1 else target

    @property
    def shape(self) -> tuple[int, ...]:
        return self.images.shape[1:]

    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images:
        return self.images.take(rows, axis=0)

    def __repr__(self) -> str:
        return described(self)

    def take(self, indices: Sequence[int] | NDArray[np.integer[Any]], name: str | None = None) -> ArrayDataset:
        """Return a data set of the images at `indices`, in that order, as copies."""
        rows = np.asarray(indices, np.int64)
        return replace(self, images=self.images[rows], targets=self.targets[rows], name=name or self.name)


def described(dataset: Dataset) -> str:
    """Return a data set on one line: how many images of which size, and what is asked about them."""
    channels, *sizes = dataset.shape
    goal = f"{len(dataset.classes)} classes" if dataset.classes else f"{dataset.targets.shape[1]} values each"
    return f"<{dataset.name}: {len(dataset):,} images of {_times((*sizes, channels))}, {goal}>"


def arrays(
    images: ArrayLike,
    targets: ArrayLike,
    classes: Sequence[str] | None = None,
    layout: Layout | None = None,
    name: str = "arrays",
) -> ArrayDataset:
    """Make a data set from arrays.

    Shapes: images (n, c, h, w), or (n, h, w, c) with layout="NHWC"; "NC" features, "NCL" signals, "NCDHW" volumes.
    Targets whole numbers (n,) for classes, floats (n, k) or (n,) for regression (one value each).
    Rules: uint8 images are divided by 255; floats stay as they are, in float32. Without `classes` the classes are
    called "0", "1", ... up to the largest target. Without `layout` the images are taken as NCHW, but refused when they
    look like NHWC.
    Raises: DataError for what cannot be used; ArgumentError for an unknown layout.

    >>> arrays(np.zeros((5, 28, 28, 3), np.uint8), [0, 1, 2, 1, 0], layout="NHWC")
    <arrays: 5 images of 28x28x3, 3 classes>
    """
    pixels = _floats(_array(images, f"{name} images"), f"{name} images")
    if layout not in (None, *_LAYOUTS):
        raise ArgumentError(message(f"layout {layout!r}", "is unknown.", remedies=[repr(known) for known in _LAYOUTS]))
    if pixels.ndim != len(layout or "NCHW"):
        raise DataError(_wrong_rank(f"{name} images", pixels.shape, layout or "NCHW"))
    if pixels.ndim == 4 and layout == "NHWC":
        pixels = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
    elif pixels.ndim == 4 and layout is None and _looks_nhwc(pixels.shape):
        raise DataError(
            message(
                f"{name} images",
                f"{_times(pixels.shape)} looks like (n, h, w, c); images are (n, c, h, w).",
                remedies=["layout='NHWC'", f"layout='NCHW' if each really has {pixels.shape[1]} channels"],
            )
        )
    return ArrayDataset(pixels, *goals_of(targets, classes, name), name)


_LAYOUTS: tuple[Layout, ...] = ("NCHW", "NHWC", "NC", "NCL", "NCDHW")


def _wrong_rank(place: str, shape: tuple[int, ...], layout: str) -> str:
    remedies = {2: ["layout='NC' for features"], 5: ["layout='NCDHW' for volumes"]}.get(len(shape), [])
    if len(shape) == 3:
        remedies = ["images[:, np.newaxis] for images of one channel", "layout='NCL' for signals"]
    needed = ", ".join(layout.lower())
    return message(place, f"rank {len(shape)} ({_times(shape)}); ({needed}) is needed.", remedies=remedies)


def _times(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _array(values: ArrayLike, place: str) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except ValueError as cause:
        raise DataError(f"{place}: not all of the same shape: {cause}") from cause
    if array.dtype.kind not in "iuf":
        raise DataError(f"{place}: dtype {array.dtype}; numbers are needed")
    return array


def _floats(array: NDArray[Any], place: str) -> Images:
    if array.dtype == np.uint8:
        return array.astype(np.float32) / np.float32(255)
    if array.dtype.kind in "iu":
        raise DataError(
            message(
                place,
                f"dtype {array.dtype}: it is not known which value is white.",
                remedies=["uint8 from 0 to 255", "floats scaled as the network shall read them"],
            )
        )
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, np.float32)


def _looks_nhwc(shape: tuple[int, ...]) -> bool:
    _, first, second, last = shape
    return last in (1, 3, 4) and first not in (1, 3, 4) and second > last and first > last


def goals_of(targets: ArrayLike, classes: Sequence[str] | None, name: str) -> tuple[Targets, tuple[str, ...]]:
    """Return targets of a looser form as a data set has them, checked, and the names of the classes.

    Raises: DataError with the place and the numbers.
    """
    goals = _goals(_array(targets, f"{name} targets"), name)
    if classes is None:
        classes = [str(label) for label in range(int(goals.max()) + 1)] if goals.ndim == 1 and goals.size else []
    _check_targets(goals, classes, name)
    return goals, tuple(classes)


def _goals(array: NDArray[Any], name: str) -> Targets:
    place = f"{name} targets"
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            values = np.ascontiguousarray(array, np.float32)
        return values[:, np.newaxis] if values.ndim == 1 else values
    if array.ndim == 2:
        rule = f"whole numbers of shape {_times(array.shape)}; classes have one number per image."
        remedies = ["targets.argmax(1) if they are one-hot", "floats for regression"]
        raise DataError(message(place, rule, remedies=remedies))
    return np.ascontiguousarray(array, np.int64)


def _check_images(images: NDArray[Any], name: str) -> None:
    place = f"{name} images"
    if images.dtype != np.float32:
        raise DataError(f"{place}: dtype {images.dtype}; float32 is needed")
    if not 2 <= images.ndim <= 5:
        raise DataError(_wrong_rank(place, images.shape, "NCHW"))
    if not images.size:
        raise DataError(f"{place}: {_times(images.shape)} holds nothing; at least one image is needed")
    where = _first_not_finite(images)
    if where is not None:
        n, *at = where
        axes = {1: ("feature",), 2: ("channel", "position"), 3: ("channel", "row", "column")}
        names = axes.get(len(at), ("channel", "depth", "row", "column"))
        spot = ", ".join(f"{axis} {index}" for axis, index in zip(names, at, strict=True))
        raise DataError(f"{place}: image {n} has {images[where]} at {spot}")


def _check_targets(targets: NDArray[Any], classes: Sequence[str], name: str) -> None:
    place = f"{name} targets"
    if targets.dtype == np.int64 and targets.ndim == 1:
        wrong = np.flatnonzero((targets < 0) | (targets >= len(classes)))
        if wrong.size:
            n = int(wrong[0])
            more = f" ({wrong.size:,} such targets)" if wrong.size > 1 else ""
            raise DataError(f"{place}: image {n} has class {targets[n]}; classes go from 0 to {len(classes) - 1}{more}")
    elif targets.dtype == np.float32 and targets.ndim == 2 and targets.shape[1]:
        where = _first_not_finite(targets)
        if where is not None:
            raise DataError(f"{place}: image {where[0]} has {targets[where]} as value {where[1]}")
        if classes:
            raise DataError(f"{place}: floats are for regression, which has no classes; {len(classes)} are named")
    else:
        rule = f"{targets.dtype} of shape {_times(targets.shape)}"
        raise DataError(f"{place}: {rule}; int64 (n,) for classes or float32 (n, k) for regression is needed")


def _first_not_finite(values: NDArray[Any]) -> tuple[int, ...] | None:
    """Return the place of the first NaN or infinity. A sum is quick and not finite if any value is not."""
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(values.sum(dtype=np.float64)):
            return None
    wrong = np.argwhere(~np.isfinite(values))
    return tuple(int(index) for index in wrong[0]) if wrong.size else None
