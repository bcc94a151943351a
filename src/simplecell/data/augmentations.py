"""Augmentations: how an image is changed at random each time it is seen, so that few images teach like many.

Each is a record of its settings and one function of a batch (n, c, h, w), from 0 (black) to 1 (white), and of uniform
random numbers (n, draws), a row per image. What moves in from outside is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simplecell.data.dataset import Images
from simplecell.errors import ArgumentError
from simplecell.geometry import whole_number
from simplecell.objectives import Record
from simplecell.objectives.records import Array, number


@dataclass(frozen=True)
class Augmentation(Record):
    """Base of the augmentations. `draws` is how many random numbers one image takes."""

    draws: ClassVar[int]

    def apply(self, images: Images, u: Array) -> Images:
        """The batch changed, in the same shape; `images` may be changed in place."""
        raise NotImplementedError


@dataclass(frozen=True)
class Flip(Augmentation):
    """Mirror left and right with a probability.

    y[i, j] = x[i, w-1-j] where u < probability

    >>> Flip(1.0).apply(np.array([[[[1., 2., 3.]]]], np.float32), np.zeros((1, 1)))
    array([[[[3., 2., 1.]]]], dtype=float32)
    """

    kind: ClassVar[str] = "flip"
    formula: ClassVar[str] = "y[i, j] = x[i, w-1-j] where u < probability"
    draws: ClassVar[int] = 1

    probability: float = 0.5

    def __post_init__(self) -> None:
        _share(self, "probability")

    def apply(self, images: Images, u: Array) -> Images:
        turned = u[:, 0] < self.probability
        images[turned] = images[turned][..., ::-1]
        return images


@dataclass(frozen=True)
class Shift(Augmentation):
    """Move by whole pixels, up to so many in each direction: the same as padding and a random crop of the old size.

    y[i, j] = x[i + a, j + b], a and b from -pixels to pixels, each as likely

    >>> Shift(1).apply(np.array([[[[1., 2., 3.]]]], np.float32), np.array([[0.5, 0.99]]))  # a = 0, b = 1
    array([[[[2., 3., 0.]]]], dtype=float32)
    """

    kind: ClassVar[str] = "shift"
    formula: ClassVar[str] = "y[i, j] = x[i + a, j + b], a and b from -pixels to pixels"
    draws: ClassVar[int] = 2

    pixels: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", whole_number(self.pixels, "pixels", 0))

    def apply(self, images: Images, u: Array) -> Images:
        p, (h, w) = self.pixels, images.shape[2:]
        padded = np.pad(images, ((0, 0), (0, 0), (p, p), (p, p)))
        for n, (top, left) in enumerate((u * (2 * p + 1)).astype(int)):
            images[n] = padded[n, :, top : top + h, left : left + w]
        return images


@dataclass(frozen=True)
class Crop(Augmentation):
    """Cut out a part of the image and enlarge it to the old size, by bilinear weights.

    the part has the image's proportions, a side of `least` to 1 of the image's, and lies anywhere in it

    >>> Crop(0.5).apply(np.ones((1, 1, 4, 4), np.float32), np.zeros((1, 3))).shape
    (1, 1, 4, 4)
    """

    kind: ClassVar[str] = "crop"
    formula: ClassVar[str] = "y = a part of x with sides of least to 1 of its own, resized to x's size"
    draws: ClassVar[int] = 3

    least: float = 0.7

    def __post_init__(self) -> None:
        _share(self, "least")

    def apply(self, images: Images, u: Array) -> Images:
        h, w = images.shape[2:]
        side = (self.least + (1 - self.least) * u[:, 0])[:, None, None]
        top, left = ((1 - side) * size * u[:, at, None, None] for at, size in ((1, h), (2, w)))
        rows, columns = _pixels(h, w)
        return _sampled(images, top + side * (rows + 0.5) - 0.5, left + side * (columns + 0.5) - 0.5, clamp=True)


@dataclass(frozen=True)
class Rotate(Augmentation):
    """Turn about the centre, by bilinear weights.

    by an angle from -degrees to degrees, each as likely; above 0 is anticlockwise

    >>> x = np.array([[[[0., 1., 0.], [0., 0., 0.], [0., 0., 0.]]]], np.float32)
    >>> Rotate(90).apply(x, np.array([[1.0]]))[0, 0].round(6)  # what was above lies left
    array([[0., 0., 0.],
           [1., 0., 0.],
           [0., 0., 0.]], dtype=float32)
    """

    kind: ClassVar[str] = "rotate"
    formula: ClassVar[str] = "y = x turned about its centre by -degrees to degrees"
    draws: ClassVar[int] = 1

    degrees: float = 10.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "degrees", number(self.degrees, "degrees", 0, 180.000001))

    def apply(self, images: Images, u: Array) -> Images:
        h, w = images.shape[2:]
        angle = np.deg2rad(self.degrees * (2 * u[:, 0] - 1))[:, None, None]
        rows, columns = _pixels(h, w)
        y, x = rows - (h - 1) / 2, columns - (w - 1) / 2
        cos, sin = np.cos(angle), np.sin(angle)
        return _sampled(images, cos * y + sin * x + (h - 1) / 2, cos * x - sin * y + (w - 1) / 2)


@dataclass(frozen=True)
class Brightness(Augmentation):
    """Make lighter or darker.

    y = x * f, f from 1 - amount to 1 + amount, kept within 0..1

    >>> Brightness(0.5).apply(np.full((1, 1, 1, 1), 0.5, np.float32), np.zeros((1, 1))).item()
    0.25
    """

    kind: ClassVar[str] = "brightness"
    formula: ClassVar[str] = "y = x * f, f from 1 - amount to 1 + amount"
    draws: ClassVar[int] = 1

    amount: float = 0.2

    def __post_init__(self) -> None:
        _share(self, "amount")

    def apply(self, images: Images, u: Array) -> Images:
        return np.clip(images * _factors(self.amount, u), 0, 1, out=images)


@dataclass(frozen=True)
class Contrast(Augmentation):
    """Strengthen or weaken the differences from the image's mean.

    y = m + (x - m) * f, f from 1 - amount to 1 + amount, kept within 0..1; m the mean of the image

    >>> Contrast(0.5).apply(np.array([[[[0., 1.]]]], np.float32), np.zeros((1, 1)))
    array([[[[0.25, 0.75]]]], dtype=float32)
    """

    kind: ClassVar[str] = "contrast"
    formula: ClassVar[str] = "y = m + (x - m) * f, f from 1 - amount to 1 + amount, m = mean x"
    draws: ClassVar[int] = 1

    amount: float = 0.2

    def __post_init__(self) -> None:
        _share(self, "amount")

    def apply(self, images: Images, u: Array) -> Images:
        mean = images.mean((1, 2, 3), keepdims=True)
        return np.clip(mean + (images - mean) * _factors(self.amount, u), 0, 1, out=images)


@dataclass(frozen=True)
class Erase(Augmentation):
    """Blank out a rectangle with a probability, so that no single part is relied on.

    its sides are a tenth to `most` of the image's; it lies anywhere in the image

    Source: Zhong et al., Random erasing data augmentation, 2017, with sides instead of areas and zeros inside.

    >>> Erase(1.0, most=1.0).apply(np.ones((1, 1, 2, 2), np.float32), np.full((1, 5), 0.999)).sum().item()
    0.0
    """

    kind: ClassVar[str] = "erase"
    formula: ClassVar[str] = "y = x, with a rectangle of 0.1 to most of its sides set to 0 where u < probability"
    draws: ClassVar[int] = 5

    probability: float = 0.5
    most: float = 0.5

    def __post_init__(self) -> None:
        _share(self, "probability")
        _share(self, "most")

    def apply(self, images: Images, u: Array) -> Images:
        h, w = images.shape[2:]
        for n in np.flatnonzero(u[:, 0] < self.probability):
            rows, columns = (
                max(1, round(size * (0.1 + (self.most - 0.1) * u[n, at]))) for at, size in ((1, h), (2, w))
            )
            top, left = int(u[n, 3] * (h - rows + 1)), int(u[n, 4] * (w - columns + 1))
            images[n, :, top : top + rows, left : left + columns] = 0
        return images


def _share(record: Augmentation, name: str) -> None:
    """ArgumentError unless the setting is a number from 0 to 1."""
    value = number(getattr(record, name), name, 0)
    if value > 1:
        raise ArgumentError(f"{name} must be from 0 to 1, got {value:g}")
    object.__setattr__(record, name, value)


def _factors(amount: float, u: Array) -> Array:
    return (1 + amount * (2 * u - 1)).astype(np.float32)[:, :, None, None]


def _pixels(h: int, w: int) -> tuple[Array, Array]:
    return np.arange(h, dtype=np.float64)[None, :, None], np.arange(w, dtype=np.float64)[None, None, :]


def _sampled(images: Images, y: Array, x: Array, clamp: bool = False) -> Images:
    """The images at real-valued places (n, h, w) by bilinear weights; outside is 0, or with `clamp` the border."""
    n, _, h, w = images.shape
    y, x = np.broadcast_to(y, (n, h, w)), np.broadcast_to(x, (n, h, w))
    if clamp:
        y, x = np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)
    top, left = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    which, total = np.arange(n)[:, None, None], np.zeros_like(images)
    for down in (0, 1):
        for right in (0, 1):
            row, column = top + down, left + right
            weight = (1 - abs(y - row)) * (1 - abs(x - column))
            weight = np.where((row >= 0) & (row < h) & (column >= 0) & (column < w), weight, 0).astype(np.float32)
            taken = images[which, :, row.clip(0, h - 1), column.clip(0, w - 1)]
            total += weight[:, None] * taken.transpose(0, 3, 1, 2)
    return total


AUGMENTATIONS: dict[str, type[Augmentation]] = {
    kind.kind: kind for kind in (Flip, Shift, Crop, Rotate, Brightness, Contrast, Erase)
}
"""Every augmentation by name."""
