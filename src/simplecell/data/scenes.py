"""Drawn scenes: material for lessons, benchmarks and tests, of any number and size, from a seed alone.

Every image is a function of the seed and its number. Shapes are drawn from signed distances (below 0 inside), so that
their edges are smooth at any size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from simplecell.data.dataset import Images, Made, Targets
from simplecell.data.draws import Draw, uniform
from simplecell.data.preprocessing import Preprocessing
from simplecell.errors import ArgumentError
from simplecell.geometry import whole_number
from simplecell.objectives.records import Array

Task = Literal["classes", "angle", "boxes"]
TASKS: Final[tuple[Task, ...]] = ("classes", "angle", "boxes")
OBJECTS: Final = 3
"""Objects in a scene of the task "boxes"."""
_LARGEST: Final = 512
_ROOM: Final = 1 << 21
"""Pixels that are drawn at once."""

# The columns of an object's random numbers, and how many there are.
_X, _Y, _SIZE, _ANGLE, _INK, _KIND, _NUMBERS = 0, 1, 2, 3, slice(4, 7), 7, 8
_GROUND, _SLOPE, _GRAIN, _STRENGTH, _GROUND_NUMBERS = slice(0, 3), slice(3, 5), 5, 6, 7


def _disk(x: Array, y: Array) -> Array:
    return np.hypot(x, y) - 1


def _ring(x: Array, y: Array) -> Array:
    return abs(np.hypot(x, y) - 0.75) - 0.25


def _square(x: Array, y: Array) -> Array:
    return np.maximum(abs(x), abs(y)) - 0.7


def _triangle(x: Array, y: Array) -> Array:
    return np.maximum(abs(x) * 0.866 + y * 0.5, -y) - 0.5


def _cross(x: Array, y: Array) -> Array:
    wide = np.maximum(abs(x) - 0.95, abs(y) - 0.3)
    return np.minimum(wide, np.maximum(abs(x) - 0.3, abs(y) - 0.95))


def _stroke(x: Array, y: Array) -> Array:
    return np.hypot(x - np.clip(x, -0.85, 0.85), y) - 0.15


def _stripes(x: Array, y: Array) -> Array:
    return np.maximum(np.maximum(abs(x), abs(y)) - 0.7, abs(abs(x) - 0.4) - 0.15)


def _checks(x: Array, y: Array) -> Array:
    return np.maximum(np.maximum(abs(x), abs(y)) - 0.7, np.minimum(np.maximum(-x, -y), np.maximum(x, y)))


def _arrow(x: Array, y: Array) -> Array:
    """A stroke with a head at the end to which its angle points."""
    head = np.maximum(abs(y) * 0.8 + x * 0.6 - 0.57, 0.1 - x)
    return np.minimum(np.maximum(abs(x + 0.4) - 0.55, abs(y) - 0.15), head)


KINDS: Final[dict[str, Callable[[Array, Array], Array]]] = {
    "disk": _disk, "ring": _ring, "square": _square, "triangle": _triangle, "cross": _cross, "stroke": _stroke,
    "stripes": _stripes, "checks": _checks,
}  # fmt: skip
"""The classes: signed distance as a function of the place, where the shape's radius is 1."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shapes(Made):
    """Scenes that are drawn when they are asked for. `shapes` makes it; `numbers` are the images that are in it."""

    size: int
    seed: int
    task: Task
    channels: int
    numbers: NDArray[np.int64]
    name: str

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.channels, self.size, self.size

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(KINDS) if self.task == "classes" else ()

    @property
    def preprocessing(self) -> Preprocessing:
        return Preprocessing(self.channels, self.size, self.size)

    @property
    def targets(self) -> Targets:
        """Classes (n,); the angle's cosine and sine (n, 2); or for each object, from left to right, the box around its
        circle as shares of the side (left, top, right, bottom) and its class: (n, OBJECTS * 5)."""
        objects = self._objects(self.numbers)
        if self.task == "classes":
            return _kinds(objects[:, 0])
        if self.task == "angle":
            angle = 2 * np.pi * objects[:, 0, _ANGLE]
            return np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
        x, y, radius = _places(objects)
        boxes = [x - radius, y - radius, x + radius, y + radius, _kinds(objects).astype(np.float64)]
        return np.stack(boxes, 2).reshape(len(objects), -1).astype(np.float32)

    def take(self, indices: Sequence[int] | NDArray[np.integer[Any]], name: str | None = None) -> Shapes:
        return replace(self, numbers=self.numbers[np.asarray(indices, np.int64)], name=name or self.name)

    def gather(self, rows: NDArray[np.integer[Any]], draw: Draw | None = None) -> Images:
        numbers, room = self.numbers[rows], max(1, _ROOM // self.size**2)
        parts = [self._drawn(numbers[first : first + room]) for first in range(0, len(numbers), room)]
        return np.concatenate(parts) if parts else np.zeros((0, *self.shape), np.float32)

    def _objects(self, numbers: NDArray[np.int64]) -> Array:
        """(n, objects, _NUMBERS) random numbers; several objects in columns from left to right."""
        count = OBJECTS if self.task == "boxes" else 1
        u = uniform((self.seed, 0), numbers, count * _NUMBERS).reshape(len(numbers), count, _NUMBERS)
        u[:, :, _SIZE] = 0.3 + 0.7 * u[:, :, _SIZE]
        if count > 1:
            u[:, :, _X] = (np.arange(count) + 0.2 + 0.6 * u[:, :, _X]) / count
            u[:, :, _SIZE] *= 0.3
        return u

    def _drawn(self, numbers: NDArray[np.int64]) -> Images:
        images = self._ground(numbers)
        objects = self._objects(numbers)
        for at in range(objects.shape[1]):
            one = objects[:, at]
            cover = self._cover(one)[:, None]
            ink = one[:, _INK] if self.channels == 3 else one[:, _INK].mean(1, keepdims=True)
            ground = images.mean((2, 3))
            ink = np.where(abs(ink - ground) < 0.3, (ground + 0.5) % 1, ink)[:, :, None, None]
            images += cover * (ink.astype(np.float32) - images)
        return images

    def _ground(self, numbers: NDArray[np.int64]) -> Images:
        """A colour that changes slowly across the image, with grain."""
        u = uniform((self.seed, 1), numbers, _GROUND_NUMBERS)
        ground = 0.2 + 0.6 * (u[:, _GROUND] if self.channels == 3 else u[:, :1])
        steps = np.linspace(-0.15, 0.15, self.size, dtype=np.float32)
        slope = (2 * u[:, _SLOPE] - 1).astype(np.float32)
        plane = slope[:, :1, None] * steps[None, :, None] + slope[:, 1:, None] * steps[None, None, :]
        plane += self._grain(u[:, _GRAIN]) * (0.15 * u[:, _STRENGTH, None, None]).astype(np.float32)
        shaded: Images = ground.astype(np.float32)[:, :, None, None] + plane[:, None].astype(np.float32)
        return np.clip(shaded, 0, 1, out=shaded)

    def _grain(self, begins: Array) -> Images:
        """One noise for all images of the size, each beginning elsewhere in it: (n, size, size), -0.5 to 0.5."""
        noise = uniform((self.seed, 2), np.arange(self.size**2), 1).astype(np.float32).reshape(-1) - np.float32(0.5)
        twice = np.concatenate([noise, noise]).reshape(-1)
        starts = (begins * self.size**2).astype(np.int64)
        return np.stack([twice[start : start + self.size**2] for start in starts]).reshape(-1, self.size, self.size)

    def _cover(self, u: Array) -> Array:
        """How much of each pixel the object covers, 0 to 1: (n, size, size)."""
        x, y, radius = (part.astype(np.float32)[:, None, None] for part in _places(u))
        angle = (2 * np.pi * u[:, _ANGLE]).astype(np.float32)[:, None, None]
        pixels = (np.arange(self.size, dtype=np.float32) + np.float32(0.5)) / np.float32(self.size)
        across, down = pixels[None, None, :] - x, pixels[None, :, None] - y
        cos, sin = np.cos(angle), np.sin(angle)
        right, up = (cos * across - sin * down) / radius, (sin * across + cos * down) / radius
        if self.task == "angle":
            distance = _arrow(right, up)
        else:
            kinds, distance = _kinds(u), np.empty_like(right)
            for kind, form in enumerate(KINDS.values()):
                of = kinds == kind
                distance[of] = form(right[of], up[of])
        return np.clip(0.5 - distance * radius * np.float32(self.size), 0, 1)


def _kinds(u: Array) -> NDArray[np.int64]:
    return (u[..., _KIND] * len(KINDS)).astype(np.int64)


def _places(u: Array) -> tuple[Array, Array, Array]:
    """(x, y, radius) as shares of the side; all of the object lies inside the image."""
    radius = 0.12 + 0.24 * u[..., _SIZE]
    x, y = (radius + (1 - 2 * radius) * u[..., at] for at in (_X, _Y))
    return x, y, radius


def shapes(n: int, size: int = 32, seed: int = 0, task: Task = "classes", *, channels: Literal[1, 3] = 3) -> Shapes:
    """Make a data set of `n` drawn scenes of size x size pixels: a shape, stroke or texture on a shaded ground.

    Args:
        size: from 8 to 512.
        task: "classes", the kind of the object (one of KINDS); "angle", where an arrow points, as (cosine, sine);
            "boxes", three objects from left to right, five values each: left, top, right, bottom, class.

    Rules: image i depends on size, seed, task, channels and i alone, so a longer set begins with the shorter one.
    Images are drawn when they are asked for and not kept. Angles grow anticlockwise from the right.
    Raises: ArgumentError for numbers out of range.

    >>> data = shapes(100, 24, seed=1)
    >>> data, data[7][1] == shapes(8, 24, seed=1)[7][1]
    (<shapes: 100 images of 24x24x3, 8 classes>, True)
    """
    if whole_number(size, "size", 8) > _LARGEST:
        raise ArgumentError(f"size must be from 8 to {_LARGEST}, got {size}")
    if task not in TASKS:
        raise ArgumentError(f"unknown task {task!r}; known: {', '.join(TASKS)}")
    if channels not in (1, 3):
        raise ArgumentError(f"channels must be 1 or 3, got {channels!r}")
    name = "shapes" if task == "classes" else f"shapes of {task}"
    numbers = np.arange(whole_number(n, "n", 1), dtype=np.int64)
    return Shapes(size, whole_number(seed, "seed", 0), task, channels, numbers, name)
