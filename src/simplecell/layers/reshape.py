"""Another shape for the same values in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import entries, whole_number
from simplecell.layers import base, rearranging
from simplecell.layers.base import Layer, Shape, Site


class Reshape(rearranging.Reshaping):
    """Give the values of an image another shape, in the same order.

    y[p] = x[q] where p and q have the same place in row-major order

    Args:
        shape: the new shape without the batch; one size may be -1: what is left over.

    Shapes: x (n, *any) -> y (n, *shape) with as many values.
    Rules: the order is C, H, W whatever the memory order of the engine. Values are unchanged.
    Raises: ArgumentError for a shape that is none; ShapeError where the numbers of values differ.
    Source: as numpy.reshape and PyTorch's Unflatten.

    >>> import numpy as np
    >>> shaped = Reshape((2, -1))
    >>> shaped.forward(shaped.site((4,)), [np.array([[1., 2., 3., 4.]])], {}, base.EVALUATION)[0]
    array([[[1., 2.],
            [3., 4.]]])
    """

    kind: ClassVar[str] = "Reshape"
    formula: ClassVar[str] = "y[p] = x[q], p and q at the same place in row-major order"

    shape: Shape

    def __init__(self, shape: int | Sequence[int], *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "Reshape", surplus, "shape, *, name=None", f"the shape goes in one tuple: Reshape({(shape, *surplus)!r})"
        )
        given = entries(shape)
        sizes = tuple(
            -1 if size == -1 else whole_number(size, "a size of shape", 1)
            for size in ((shape,) if given is None else given)
        )
        if not 1 <= len(sizes) <= 4 or sizes.count(-1) > 1:
            raise ArgumentError(f"shape has 1 to 4 sizes, of which one may be -1, without the batch; got {shape!r}")
        self._set(shape=sizes, name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        values, known = prod(shape), abs(prod(self.shape))
        if values % known if -1 in self.shape else values != known:
            wanted = "x".join(str(size) if size > 0 else "?" for size in self.shape)
            raise ShapeError(
                f"{base.shape_text(shape)} = {values} values do not fill {wanted}"
                + (f": {values} % {known} = {values % known}" if -1 in self.shape else f" = {known}")
            )
        output = tuple(values // known if size == -1 else size for size in self.shape)
        return rearranging.rearranged(self, shapes, output)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Reshape.EXAMPLES = (
    (Reshape((3, 4)), ((2, 3, 2),)),
    (Reshape((2, -1, 2)), ((12,),)),
    (Reshape(-1), ((2, 3),)),
    (Reshape((1, 2, 2, 3)), ((4, 3),)),
)
