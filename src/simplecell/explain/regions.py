"""Sets of units, exactly: disjoint boxes, each the product of one set of indices per axis.

A window's field is one box (channels x rows x columns), with the holes that dilation and strides leave in its index
sets. Where branches meet the set is a union: a 1x3 and a 3x1 branch see a cross. A `Region` keeps such a union in
one canonical form, so that equal sets are equal values and counting is adding up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simplecell.layers.base import Array, Box, Shape, Unit


@dataclass(frozen=True)
class Region:
    """A set of units of a node with shape `shape`, as disjoint boxes.

    The form is canonical: slices along the first axis that are equal share a box, and so on inwards.

    >>> cross = Region.of((3, 3), [((0, 1, 2), (1,)), ((1,), (0, 1, 2))])
    >>> cross.boxes, cross.size, (1, 0) in cross, (0, 0) in cross
    ((((0, 2), (1,)), ((1,), (0, 1, 2))), 5, True, False)
    """

    shape: Shape
    boxes: tuple[Box, ...]

    @classmethod
    def of(cls, shape: Shape, boxes: Iterable[Box]) -> Region:
        """The union of `boxes`, which may overlap."""
        kept = _largest([box for box in boxes if all(box)])
        if len(kept) < 2:
            return cls(shape, tuple(kept))
        return cls.of_mask(mask_of(shape, kept))

    @classmethod
    def of_mask(cls, mask: Array) -> Region:
        """The set of the True cells of `mask`."""
        return cls(mask.shape, tuple(_decompose(mask)))

    @property
    def size(self) -> int:
        """Number of units in the set."""
        return sum(math.prod(map(len, box)) for box in self.boxes)

    @cached_property
    def hull(self) -> tuple[tuple[int, int], ...]:
        """First and last index along each axis; () for the empty set."""
        if not self.boxes:
            return ()
        return tuple(
            (min(b[axis][0] for b in self.boxes), max(b[axis][-1] for b in self.boxes))
            for axis in range(len(self.shape))
        )

    @property
    def holes(self) -> int:
        """Units inside the hull that are not in the set."""
        return math.prod(last - first + 1 for first, last in self.hull) - self.size if self.boxes else 0

    def __contains__(self, unit: Unit) -> bool:
        return any(all(i in indices for i, indices in zip(unit, box, strict=True)) for box in self.boxes)

    def mask(self) -> Array:
        """The set as an array of bools with the node's shape."""
        return mask_of(self.shape, self.boxes)


def mask_of(shape: Shape, boxes: Iterable[Box]) -> Array:
    """An array of bools, True in the cells of any box."""
    mask = np.zeros(shape, bool)
    for box in boxes:
        mask[np.ix_(*box)] = True
    return mask


def _largest(boxes: list[Box]) -> list[Box]:
    """The boxes without those that lie inside another one."""
    kept: list[Box] = []
    for box in sorted(set(boxes), key=lambda b: -math.prod(map(len, b))):
        if not any(_inside(box, larger) for larger in kept):
            kept.append(box)
    return kept


def _inside(box: Box, larger: Box) -> bool:
    return all(set(indices) <= set(around) for indices, around in zip(box, larger, strict=True))


def _decompose(mask: Array) -> list[Box]:
    """Disjoint boxes: equal slices along the first axis are grouped, and each group's slice is taken apart."""
    if mask.ndim == 1:
        indices = tuple(map(int, np.flatnonzero(mask)))
        return [(indices,)] if indices else []
    groups: dict[bytes, list[int]] = {}
    for i, part in enumerate(mask):
        groups.setdefault(part.tobytes(), []).append(i)
    return [(tuple(found), *inner) for found in groups.values() for inner in _decompose(mask[found[0]])]
