"""From a picture to the numbers that a network reads. The preprocessing belongs to the model and is saved in it."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Literal, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from simplecell.data import decoding
from simplecell.data.dataset import Images
from simplecell.errors import ArgumentError, DataError, message

if TYPE_CHECKING:
    from PIL.Image import Image

_RESIZES: Final = ("box", "bilinear")
_INVERTS: Final = ("never", "always", "auto")
_LARGEST_SIDE: Final = 1 << 15


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How pictures of any size become images of (channels, height, width).

    y[c, i, j] = (p[c, i, j] - mean[c]) / std[c], with p the resized picture from 0 (black) to 1 (white), or 1 - p

    Args:
        channels: 1 (the picture's brightness, 0.299 R + 0.587 G + 0.114 B) or 3 (red, green, blue).
        resize: "box" averages what each pixel covers, "bilinear" weighs it by distance; the shape is not kept unless
            `shorter` is given.
        mean, std: one number per channel; () stands for 0 and 1.
        invert: "always" takes the negative; "auto" does where the background is light, because the network was
            trained on light ink on dark: where the median of a frame along the border is above one half.
        shorter: 0, or the length to which the picture's shorter side is resized, its shape kept, before the middle of
            (height, width) is cut out of it.

    Rules: transparent parts show white paper; photographs are turned as their EXIF note says; of an animation the
    first picture counts.
    Raises: ArgumentError for values that are none of these.

    >>> digits = Preprocessing(1, 8, 8, invert="auto")
    >>> white_paper = np.full((40, 30), 255, np.uint8)
    >>> digits.pictures(white_paper).shape, float(digits.pictures(white_paper).max())
    ((1, 1, 8, 8), 0.0)
    """

    channels: int
    height: int
    width: int
    resize: Literal["box", "bilinear"] = "box"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    invert: Literal["never", "always", "auto"] = "never"
    shorter: int = 0

    def __post_init__(self) -> None:
        for what in ("channels", "height", "width"):
            object.__setattr__(self, what, _whole(what, getattr(self, what)))
        if self.channels not in (1, 3):
            raise ArgumentError(f"preprocessing channels={self.channels}: pictures have 1 or 3")
        if self.shorter:
            object.__setattr__(self, "shorter", _whole("shorter", self.shorter))
            if self.shorter < max(self.height, self.width):
                raise ArgumentError(
                    f"preprocessing shorter={self.shorter}: {self.height}x{self.width} cannot be cut out of less"
                )
        for what, allowed in (("resize", _RESIZES), ("invert", _INVERTS)):
            if getattr(self, what) not in allowed:
                place = f"preprocessing {what}={getattr(self, what)!r}"
                raise ArgumentError(message(place, "is unknown.", remedies=[repr(value) for value in allowed]))
        for what in ("mean", "std"):
            object.__setattr__(self, what, _per_channel(what, getattr(self, what), self.channels))
        if min(self.std, default=1.0) <= 0:
            raise ArgumentError(f"preprocessing std={self.std}: it divides, so it must be above 0")

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one image: (channels, height, width)."""
        return self.channels, self.height, self.width

    def to_json(self) -> dict[str, Any]:
        """Return a table that JSON can hold and `from_json` reads back.

        >>> Preprocessing.from_json(Preprocessing(1, 8, 8).to_json()) == Preprocessing(1, 8, 8)
        True
        """
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> Preprocessing:
        """Read the table of `to_json`.

        Raises: ArgumentError if an entry is missing, unknown, or of another type.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(table, Mapping):
            raise ArgumentError(f"preprocessing: a table is needed, got {table!r}")
        if set(table) != names:
            raise ArgumentError(f"preprocessing: has {sorted(table)}; {sorted(names)} are needed")
        return cls(**table)

    def pictures(self, given: Any) -> Images:
        """Return pictures as the network reads them.

        Shapes: a file's path, a PIL picture, a uint8 array (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), or a list of
        these -> (n, channels, height, width) float32. A uint8 array of rank 4 is a list of pictures. Float arrays of
        exactly (channels, height, width), with or without a leading n, are what the network reads already: unchanged.
        Raises: DataError for what is not a picture, FileError for a file that cannot be read.
        """
        if isinstance(given, np.ndarray) and given.dtype.kind == "f":
            return self._ready(given)
        if isinstance(given, list | tuple) or (isinstance(given, np.ndarray) and given.ndim == 4):
            if not len(given):
                raise DataError("pictures: the list is empty")
            return np.concatenate([self.pictures(picture) for picture in given])
        return self._picture(decoding.opened(given, self.channels))[np.newaxis]

    def _ready(self, array: NDArray[Any]) -> Images:
        if array.ndim not in (3, 4) or array.shape[-3:] != self.shape:
            c, h, w = self.shape
            remedies = [f"float arrays of (c, h, w) = {self.shape}", "uint8 arrays of (h, w, 3) or (h, w), any size"]
            if array.ndim == 3 and array.shape == (h, w, c):
                remedies = ["array.transpose(2, 0, 1)"]
            rule = f"a float array of {array.shape} is not what the network reads."
            raise DataError(message("picture", rule, remedies=remedies))
        with np.errstate(over="ignore"):
            images: Images = np.ascontiguousarray(array, np.float32).reshape(-1, *self.shape)
        if not np.isfinite(images).all():
            n, c, y, x = (int(index) for index in np.argwhere(~np.isfinite(images))[0])
            raise DataError(f"picture {n}: {images[n, c, y, x]} at channel {c}, row {y}, column {x}")
        return images

    def _resized(self, picture: Image, height: int, width: int) -> Image:
        return decoding.resized(picture, width, height, self.resize)

    def _cut_out(self, picture: Image) -> Image:
        """The middle of the picture in its own shape, its shorter side resized; roundings are torchvision's."""
        least = min(picture.height, picture.width)
        height, width = (self.shorter * side // least for side in (picture.height, picture.width))
        if max(height, width) > _LARGEST_SIDE:
            raise DataError(
                f"picture: {picture.width}x{picture.height} is too long for a shorter side of {self.shorter}"
            )
        top, left = round((height - self.height) / 2), round((width - self.width) / 2)
        return self._resized(picture, height, width).crop((left, top, left + self.width, top + self.height))

    def _picture(self, picture: Image) -> Images:
        original = np.asarray(picture)
        smaller = self._cut_out(picture) if self.shorter else self._resized(picture, self.height, self.width)
        resized: Images = np.asarray(smaller, np.float32) / np.float32(255)
        if self.invert == "always" or (self.invert == "auto" and _light_border(original)):
            resized = 1 - resized
        planes = resized[np.newaxis] if self.channels == 1 else resized.transpose(2, 0, 1)
        mean = np.array(self.mean or (0.0,) * self.channels, np.float32)[:, np.newaxis, np.newaxis]
        std = np.array(self.std or (1.0,) * self.channels, np.float32)[:, np.newaxis, np.newaxis]
        return np.ascontiguousarray((planes - mean) / std, np.float32)


def _whole(what: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise ArgumentError(f"preprocessing {what}={value!r}: a whole number is needed")
    if not 1 <= operator.index(value) <= _LARGEST_SIDE:
        raise ArgumentError(f"preprocessing {what}={value}: 1 to {_LARGEST_SIDE:,} is possible")
    return operator.index(value)


def _per_channel(what: str, values: Any, channels: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(number) for number in values)
    except (TypeError, ValueError, OverflowError) as cause:
        raise ArgumentError(f"preprocessing {what}={values!r}: one number per channel is needed") from cause
    if len(numbers) not in (0, channels) or not all(map(math.isfinite, numbers)):
        raise ArgumentError(f"preprocessing {what}={numbers}: {channels} finite numbers are needed, or ()")
    return numbers


def _light_border(pixels: NDArray[np.uint8]) -> bool:
    """Tell whether the frame along the border, a sixteenth of the shorter side wide, is mostly light."""
    h, w = pixels.shape[:2]
    width = max(1, min(h, w) // 16)
    inside = np.zeros((h, w), bool)
    inside[width : h - width, width : w - width] = True
    return bool(np.median(pixels[~inside]) > 127)
