"""A learned scale and offset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Pointwise, entries, whole_number
from simplecell.layers import base
from simplecell.layers.base import Cost, Layer, Mode, Shape, Site
from simplecell.layers.terms import Array, Cell, Slopes, Terms, Unit, grid, in_batch, in_image, value_at


class Affine(Layer):
    """Multiply by learned numbers and add learned numbers, one for each place of `shape`, spread over the input.

    y[n, i] = x[n, i] * w[i'] + b[i'], where i' is i with 0 along the axes of size 1

    Args:
        shape: of weight and bias: along each axis the input's size, or 1, which stands for all places; (c, 1, 1) is one
            number per channel.
        weight, bias: whether there is each.

    Shapes: any, unchanged.
    Weights: weight (*shape), which begins at 1; bias (*shape), which begins at 0.
    Rules: NaN and infinity pass as IEEE says. The weights' gradients are summed over the places that they stand for.
    Raises: ArgumentError for neither weight nor bias; ShapeError where the shape does not spread over the input.
    Source: Jia et al., Caffe, 2014 (Scale and Bias layers).

    >>> import numpy as np
    >>> affine = Affine((2, 1), bias=False)
    >>> x = np.array([[[1., 2.], [3., 4.]]])
    >>> affine.forward(affine.site((2, 2)), [x], {"weight": np.array([[10.], [0.]])}, base.EVALUATION)[0]
    array([[[10., 20.],
            [ 0.,  0.]]])
    """

    kind: ClassVar[str] = "Affine"
    formula: ClassVar[str] = "y[i] = x[i] * w[i'] + b[i']"
    starts: ClassVar[Mapping[str, float]] = {"weight": 1.0, "bias": 0.0}

    shape: Shape
    weight: bool
    bias: bool

    def __init__(
        self, shape: Sequence[int], *surplus: object, weight: bool = True, bias: bool = True, name: str | None = None
    ) -> None:
        base.refuse_surplus(
            "Affine", surplus, "shape, *, weight=True, bias=True, name=None", "the shape goes in one tuple"
        )
        given = entries(shape)
        if given is None or not given:
            raise ArgumentError(f"shape must be a tuple with a size for each axis, got {shape!r}")
        if not base.checked_flag(weight, "weight") and not base.checked_flag(bias, "bias"):
            raise ArgumentError("give weight, bias or both; with neither nothing would be done")
        self._set(
            shape=tuple(whole_number(size, "a size of shape", 1) for size in given),
            weight=weight,
            bias=base.checked_flag(bias, "bias"),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if len(shape) != len(self.shape) or any(m not in (1, n) for m, n in zip(self.shape, shape, strict=True)):
            raise ShapeError(
                f"its shape {base.shape_text(self.shape)} must have the input's sizes or 1, got "
                f"{base.shape_text(shape)}"
            )
        weights = {key: self.shape for key in ("weight", "bias") if getattr(self, key)}
        axes = tuple(Pointwise(s) for s in shape)
        return Site(self, shapes, shape, axes, weights, Cost(prod(shape) if self.weight else 0))

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (y,) = xs
        y = y * weights["weight"] if self.weight else y
        return (y + weights["bias"] if self.bias else y), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        spread = tuple(axis for axis, size in enumerate(self.shape) if size == 1)
        given = {"weight": xs[0] * dy, "bias": dy}
        found = {key: given[key].sum(0).sum(spread, keepdims=True) for key in site.weights}
        return (dy * weights["weight"] if self.weight else dy,), found

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        place = tuple(min(i, size - 1) for i, size in zip(unit, self.shape, strict=True))
        x = np.array([float(xs[0][unit])])
        factor = np.array([float(weights["weight"][place]) if self.weight else 1.0])
        bias = float(weights["bias"][place]) if self.bias else None
        value = float(x[0] * factor[0]) + (bias or 0.0)
        return Terms(
            "sum", np.zeros(1, np.int64), np.array([unit]), np.ones(1, bool), x, factor, x * factor, bias, value
        )

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        place = tuple(min(i, size - 1) for i, size in zip(cell.unit, self.shape, strict=True))
        factor = float(weights["weight"][place]) if self.weight else 1.0
        return in_image(cell.image, np.array([cell.unit]), np.array([factor]), "slope" if self.weight else "one")

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        (x,) = xs
        spread = (range(n) if size == 1 else (i,) for i, size, n in zip(place, self.shape, x.shape[1:], strict=True))
        cells = grid(range(len(x)), *spread)
        if key == "bias":
            return in_batch(cells, np.ones(len(cells)), "one")
        return in_batch(cells, value_at(x, cells[:, 0], cells[:, 1:]), "input", cells[:, 1:])

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.affine", {
            "input": float(terms.inputs[0]), "factor": float(terms.weights[0]), "bias": terms.bias or 0.0,
            "value": terms.value,
        }  # fmt: skip

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Affine.EXAMPLES = (
    (Affine((2, 1, 1)), ((2, 2, 3),)),
    (Affine((3, 4), bias=False), ((3, 4),)),
    (Affine((1, 2), weight=False), ((3, 2),)),
    (Affine((5,)), ((5,),)),
)
