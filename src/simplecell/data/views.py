"""Data sets seen in another way: augmented at random, normalised, divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simplecell.data.augmentations import Augmentation
from simplecell.data.batching import batches
from simplecell.data.dataset import Dataset, Images, Made, Targets
from simplecell.data.draws import Draw, uniform
from simplecell.data.preprocessing import Preprocessing
from simplecell.errors import ArgumentError, DataError
from simplecell.objectives.records import number


@dataclass(frozen=True, slots=True, eq=False)
class View(Made):
    """A data set made from another one, image by image; the base of the others here."""

    inner: Dataset

    @property
    def targets(self) -> Targets:
        return self.inner.targets

    @property
    def classes(self) -> tuple[str, ...]:
        return self.inner.classes

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def shape(self) -> tuple[int, ...]:
        return self.inner.shape

    @property
    def preprocessing(self) -> Preprocessing | None:
        return self.inner.preprocessing

    def __len__(self) -> int:
        return len(self.inner)

    def take(self, indices: Sequence[int] | NDArray[np.integer[Any]], name: str | None = None) -> Any:
        return replace(self, inner=self.inner.take(indices, name))

    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class Augmented(View):
    """A data set whose images are changed at random each time training sees them, and never otherwise."""

    steps: tuple[Augmentation, ...]

    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images:
        images = self.inner.gather(rows, draw)
        if draw is None:
            return images
        u = uniform(draw, np.asarray(rows), sum(step.draws for step in self.steps))
        taken = 0
        for step in self.steps:
            images = step.apply(images, u[:, taken : taken + step.draws])
            taken += step.draws
        return images


@dataclass(frozen=True, slots=True, eq=False)
class Normalised(View):
    """A data set whose images are (x - mean) / std, channel by channel."""

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def preprocessing(self) -> Preprocessing | None:
        made = self.inner.preprocessing
        return made if made is None else replace(made, mean=self.mean, std=self.std)

    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images:
        axes = (-1, *(1,) * (len(self.shape) - 1))
        mean, std = (np.array(values, np.float32).reshape(axes) for values in (self.mean, self.std))
        return (self.inner.gather(rows, draw) - mean) / std


def augmented(dataset: Dataset, *steps: Augmentation) -> Augmented:
    """Return the data set with its images changed by `steps`, in order, whenever training sees them.

    Rules: the changes of image i in epoch e depend on the seed, e and i alone. Indexing, `.images` and evaluation see
    the images as they are. The images are expected from 0 to 1: normalise after augmenting, not before.
    Raises: ArgumentError for what is no augmentation; DataError for images without rows and columns.
    """
    for step in steps:
        if not isinstance(step, Augmentation):
            raise ArgumentError(f"an augmentation is needed, got {step!r}; fix: data.Flip(), data.Shift(2), ...")
    if len(dataset.shape) != 3:
        raise DataError(f"{dataset.name}: augmentations need images (c, h, w), these are {dataset.shape}")
    return Augmented(dataset, steps)


def statistics(dataset: Dataset, batch: int = 256) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and the standard deviation of each channel over all images, in float64.

    mean[c] = sum of x / N;  std[c] = sqrt(sum of (x - mean[c])^2 / N)

    Rules: a channel that never changes has the deviation 1, so that it can be divided by.
    """
    count, total, squares = 0, np.zeros(dataset.shape[0]), np.zeros(dataset.shape[0])
    for images, _ in batches(dataset, batch):
        flat = images.astype(np.float64).reshape(len(images), dataset.shape[0], -1)
        here = flat.shape[0] * flat.shape[2]
        mean = flat.mean((0, 2))
        apart = mean - (total / count if count else mean)
        squares += np.square(flat - mean[:, None]).sum((0, 2)) + apart**2 * count * here / (count + here)
        total, count = total + mean * here, count + here
    deviation = np.sqrt(squares / count)
    return tuple((total / count).tolist()), tuple(np.where(deviation > 0, deviation, 1.0).tolist())


def normalised(dataset: Dataset, mean: Sequence[float] | None = None, std: Sequence[float] | None = None) -> Normalised:
    """Return the data set with its images as (x - mean) / std, channel by channel.

    Rules: without numbers they are the data set's own (`statistics`). A model that is trained on it keeps them in its
    preprocessing; give the validation set those of the training set: `normalised(test, train.mean, train.std)`.
    Raises: ArgumentError for another number of them than channels, or a std that is not above 0.
    """
    if (mean is None) != (std is None):
        raise ArgumentError("normalised needs both mean and std, or neither")
    found = statistics(dataset) if mean is None or std is None else (tuple(mean), tuple(std))
    for what, values in zip(("mean", "std"), found, strict=True):
        if len(values) != dataset.shape[0]:
            raise ArgumentError(f"{what} has {len(values)} numbers, {dataset.name} has {dataset.shape[0]} channels")
        for value in values:
            number(value, f"a {what}", float("-inf") if what == "mean" else 1e-12)
    return Normalised(dataset, *found)


def split(dataset: Dataset, share: float, seed: int = 0) -> tuple[Any, Any]:
    """Divide a data set at random -> (the rest, `share` of it), both in the data set's order.

    order = images of each class by NumPy's PCG64 seeded with `seed`; the last round(share * count) of each go apart

    Rules: each class is divided by itself, so that both parts have all of them; values (regression) are one class.
    Raises: ArgumentError unless 0 < share < 1; DataError that names the classes too small to be in both parts.
    """
    if not 0 < number(share, "share", 0) < 1:
        raise ArgumentError(f"share must be above 0 and below 1, got {share}")
    generator = np.random.Generator(np.random.PCG64(seed))
    groups = dataset.targets if dataset.classes else np.zeros(len(dataset), np.int64)
    apart = np.zeros(len(dataset), bool)
    small: list[str] = []
    for label in range(max(1, len(dataset.classes))):
        rows = generator.permutation(np.flatnonzero(groups == label))
        count = round(share * len(rows))
        if not 0 < count < len(rows):
            small.append(f"{dataset.classes[label] if dataset.classes else 'images'} ({len(rows)})")
        apart[rows[len(rows) - count :]] = True
    if small:
        raise DataError(
            f"{dataset.name}: too few to divide by {share:g}: {', '.join(small)}; both parts need each class"
        )
    return dataset.take(np.flatnonzero(~apart)), dataset.take(np.flatnonzero(apart))
