"""Another order of the axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import entries, whole_number
from simplecell.layers import base, rearranging
from simplecell.layers.base import Array, Box, Layer, Shape, Site


class Permute(rearranging.Rearranging):
    """Put the axes in another order.

    y[n, i[d0], i[d1], ...] = x[n, i0, i1, ...]

    Args:
        dims: for each axis of the output the axis of the input, counted from 0 without the batch: channels are 0.

    Shapes: x (n, *s) -> y (n, s[d0], s[d1], ...).
    Rules: values are unchanged; what was a channel may become a row.
    Raises: ArgumentError unless dims are 0, 1, ... in some order; ShapeError for an input with another number of axes.
    Source: as torch.permute, whose axes count the batch: permute(x, (0, 2, 3, 1)) is Permute((1, 2, 0)).

    >>> import numpy as np
    >>> turned = Permute((1, 0))
    >>> turned.forward(turned.site((2, 2)), [np.array([[[1., 2.], [3., 4.]]])], {}, base.EVALUATION)[0]
    array([[[1., 3.],
            [2., 4.]]])
    """

    kind: ClassVar[str] = "Permute"
    formula: ClassVar[str] = "y[i[d0], i[d1], ...] = x[i0, i1, ...]"

    dims: tuple[int, ...]

    def __init__(self, dims: Sequence[int], *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "Permute", surplus, "dims, *, name=None", f"the axes go in one tuple: Permute({(dims, *surplus)!r})"
        )
        given = entries(dims)
        if given is None or sorted(whole_number(d, "an axis of dims", 0) for d in given) != list(range(len(given))):
            raise ArgumentError(f"dims must be the axes 0, 1, ... without the batch in their new order, got {dims!r}")
        self._set(dims=tuple(dims), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if len(shape) != len(self.dims):
            raise ShapeError(
                f"dims {self.dims} order {len(self.dims)} axes, got {base.shape_text(shape)} with {len(shape)} "
                "(the batch is not counted)"
            )
        return rearranging.rearranged(self, shapes, tuple(shape[d] for d in self.dims))

    def there(self, site: Site, x: Array) -> Array:
        return x.transpose(0, *(d + 1 for d in self.dims))

    def back(self, site: Site, y: Array) -> Array:
        return y.transpose(0, *(d + 1 for d in self._inverse))

    @property
    def _inverse(self) -> list[int]:
        return np.argsort(self.dims).tolist()

    def reads(self, site: Site, box: Box) -> tuple[tuple[Box, ...], ...]:
        """The same box with its axes put back."""
        return ((tuple(box[d] for d in self._inverse),) if all(box) else (),)

    def read_by(self, site: Site, box: Box, source: int = 0) -> tuple[Box, ...]:
        """The same box with its axes in the new order."""
        return (tuple(box[d] for d in self.dims),) if all(box) else ()

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Permute.EXAMPLES = (
    (Permute((1, 2, 0)), ((2, 3, 4),)),
    (Permute((1, 0)), ((2, 3),)),
    (Permute((3, 0, 2, 1)), ((2, 1, 3, 2),)),
    (Permute((0,)), ((3,),)),
)
