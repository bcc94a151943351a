"""Entries picked by their indices."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Pointwise, entries, whole_number
from simplecell.layers import base, selecting
from simplecell.layers.base import Layer, Shape, Site


@dataclass(frozen=True, slots=True)
class Listed:
    """An axis along which output `i` reads the input that a list names.

    >>> Listed(4, (3, 0, 3)).reads(1), Listed(4, (3, 0, 3)).read_by(3)
    ((0,), (0, 2))
    """

    inputs: int
    indices: tuple[int, ...]

    @property
    def outputs(self) -> int:
        return len(self.indices)

    def reads(self, i: int) -> tuple[int, ...]:
        return (self.indices[i],)

    def read_by(self, j: int) -> tuple[int, ...]:
        order = sorted((index, i) for i, index in enumerate(self.indices))
        first, last = bisect_left(order, (j, 0)), bisect_left(order, (j + 1, 0))
        return tuple(i for _, i in order[first:last])


class Take(selecting.Selecting):
    """Pick entries along one axis by their indices, in any order, any of them more than once.

    y[n, ..., i, ...] = x[n, ..., indices[i], ...]

    Args:
        indices: what to pick, counted from 0.
        axis: along which, counted from 0 without the batch: 0 are the channels.

    Shapes: along the axis as many as there are indices; the others unchanged.
    Rules: an entry that is picked twice gets both gradients, one that is not 0.
    Raises: ArgumentError for no indices; ShapeError for an index or axis that the input does not have.
    Source: as torch.index_select.

    >>> import numpy as np
    >>> picked = Take((2, 0))
    >>> picked.forward(picked.site((3,)), [np.array([[1., 2., 3.]])], {}, base.EVALUATION)[0]
    array([[3., 1.]])
    """

    kind: ClassVar[str] = "Take"
    formula: ClassVar[str] = "y[..., i, ...] = x[..., indices[i], ...]"

    indices: tuple[int, ...]
    axis: int

    def __init__(self, indices: Sequence[int], *surplus: object, axis: int = 0, name: str | None = None) -> None:
        base.refuse_surplus("Take", surplus, "indices, *, axis=0, name=None", "the indices go in one tuple")
        given = entries(indices)
        if given is None or not given:
            raise ArgumentError(f"indices must be a tuple of at least one whole number, got {indices!r}")
        self._set(
            indices=tuple(whole_number(i, "an index", 0) for i in given),
            axis=whole_number(axis, "axis", 0),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if self.axis >= len(shape):
            raise ShapeError(f"takes along axis {self.axis}, got {base.shape_text(shape)} with {len(shape)} axes")
        if max(self.indices) >= shape[self.axis]:
            raise ShapeError(
                f"index {max(self.indices)} does not exist: {base.shape_text(shape)} has {shape[self.axis]} along axis "
                f"{self.axis}, counted from 0"
            )
        axes = [Listed(n, self.indices) if k == self.axis else Pointwise(n) for k, n in enumerate(shape)]
        return selecting.selected(self, shapes, axes)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Take.EXAMPLES = ((Take((1, 0, 1)), ((2, 2, 3),)), (Take((2,), axis=1), ((2, 3),)), (Take((4, 0)), ((5,),)))
