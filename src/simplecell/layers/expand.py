"""One value repeated along an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Pointwise, Whole, entries, whole_number
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit


class Expand(Layer):
    """Repeat values along the axes of size 1 until the input has a given shape.

    y[n, i] = x[n, i'], where i' is i with 0 along the axes of size 1

    Args:
        shape: the new shape without the batch.

    Shapes: x (n, *s) -> y (n, *shape), where each size of s is that of shape, or 1.
    Rules: the gradient of a value is the sum over its copies.
    Raises: ArgumentError for a shape that is none; ShapeError where a size is neither equal nor 1.
    Source: as torch.Tensor.expand.

    >>> import numpy as np
    >>> wide = Expand((2, 2))
    >>> wide.forward(wide.site((2, 1)), [np.array([[[1.], [2.]]])], {}, base.EVALUATION)[0]
    array([[[1., 1.],
            [2., 2.]]])
    """

    kind: ClassVar[str] = "Expand"
    formula: ClassVar[str] = "y[i] = x[i'], i' = i with 0 along axes of size 1"

    shape: Shape

    def __init__(self, shape: Sequence[int], *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("Expand", surplus, "shape, *, name=None", "the shape goes in one tuple")
        given = entries(shape)
        if given is None or not given:
            raise ArgumentError(f"shape must be a tuple with a size for each axis, got {shape!r}")
        self._set(shape=tuple(whole_number(size, "a size of shape", 1) for size in given), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if len(shape) != len(self.shape) or any(n not in (1, m) for n, m in zip(shape, self.shape, strict=True)):
            raise ShapeError(
                f"{base.shape_text(shape)} does not spread over {base.shape_text(self.shape)}: along each axis the "
                "sizes must be equal, or the input's 1"
            )
        base.check_bytes(self.shape, "Expand output")
        axes = tuple(Pointwise(n) if n == m else Whole(n, m) for n, m in zip(shape, self.shape, strict=True))
        return Site(self, shapes, self.shape, axes, {}, Cost())

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return np.broadcast_to(xs[0], (len(xs[0]), *self.shape)), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        sizes = zip(site.inputs[0], self.shape, strict=True)
        spread = tuple(axis for axis, (n, m) in enumerate(sizes, start=1) if n != m)
        return (dy.sum(spread, keepdims=True),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        place = tuple(min(i, n - 1) for i, n in zip(unit, site.inputs[0], strict=True))
        return base.moved_term(place, float(xs[0][place]))

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.moved", {"unit": unit, "place": tuple(terms.at[0].tolist()), "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Expand.EXAMPLES = ((Expand((2, 2, 3)), ((2, 1, 1),)), (Expand((4,)), ((1,),)), (Expand((2, 3)), ((2, 3),)))
