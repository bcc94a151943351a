"""What the kinds share that join values of equal shape, place by place."""

from __future__ import annotations

from typing import ClassVar

from simplecell.errors import ShapeError
from simplecell.geometry import Pointwise
from simplecell.layers import base
from simplecell.layers.base import Cost, Layer, Shape, Site


class Joining(Layer):
    """Base of the kinds with two or more inputs of one shape, whose output has it too; nothing is learned."""

    arity: ClassVar[tuple[int, int | None]] = (2, None)

    def site(self, *shapes: Shape) -> Site:
        if len(shapes) < 2:
            raise ShapeError(f"needs two or more inputs, got {len(shapes)}")
        if len(set(shapes)) > 1:
            raise ShapeError(f"needs inputs of equal shape, got {' and '.join(map(base.shape_text, shapes))}")
        return Site(self, shapes, shapes[0], tuple(Pointwise(s) for s in shapes[0]), {}, Cost())
