"""Multiplying values: gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import mul
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Axis, Pointwise, Whole
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image


class Mul(Layer):
    """Multiply two or more values place by place, as a gate does: `sc.Mul()(x, gate)`.

    y = x0 * x1 * ...

    Shapes: inputs with the same axes; along each the same size, or 1, which stands for all places: a gate (c, 1, 1)
    over (c, h, w).
    Rules: multiplied from left to right. The gradient of an input is that of y times the others, summed over the places
    for which it stands. No weight is learned, so no MAC is counted.
    Raises: ShapeError for sizes that are neither equal nor 1.
    Source: as torch.mul; Hu et al., Squeeze-and-excitation networks, 2018.

    >>> import numpy as np
    >>> gated = Mul()
    >>> x, gate = np.array([[[1., 2.], [3., 4.]]]), np.array([[[10.], [0.]]])
    >>> gated.forward(gated.site((2, 2), (2, 1)), [x, gate], {}, base.EVALUATION)[0]
    array([[[10., 20.],
            [ 0.,  0.]]])
    """

    kind: ClassVar[str] = "Mul"
    formula: ClassVar[str] = "y = x0 * x1 * ..."
    arity: ClassVar[tuple[int, int | None]] = (2, None)

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("Mul", surplus, "*, name=None", "values are multiplied by calling it: sc.Mul()(a, b)")
        self._set(name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        if len(shapes) < 2:
            raise ShapeError(f"needs two or more inputs, got {len(shapes)}")
        said = " and ".join(map(base.shape_text, shapes))
        if len({len(shape) for shape in shapes}) > 1:
            raise ShapeError(f"needs inputs with the same number of axes, got {said}; a gate for each channel is Cx1x1")
        output = tuple(map(max, *shapes))
        if any(n not in (1, size) for shape in shapes for n, size in zip(shape, output, strict=True)):
            raise ShapeError(f"needs inputs of equal shape, or 1 along an axis, got {said}")
        return Site(self, shapes, output, _axes(shapes[0], output), {}, Cost())

    def axes(self, site: Site, source: int) -> tuple[Axis, ...]:
        return _axes(site.inputs[source], site.output)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return reduce(mul, xs), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        dxs: list[Array] = []
        for source, x in enumerate(xs):
            others = reduce(mul, [*xs[:source], *xs[source + 1 :]])
            spread = [k for k, n in enumerate(x.shape) if k and n != dy.shape[k]]
            dxs.append((dy * others).sum(tuple(spread), keepdims=True))
        return tuple(dxs), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        """Every factor, and the product so far."""
        at = np.array([[min(i, n - 1) for i, n in zip(unit, shape, strict=True)] for shape in site.inputs])
        values = np.array([float(x[tuple(place)]) for x, place in zip(xs, at, strict=True)])
        so_far, count = np.multiply.accumulate(values), len(xs)
        return Terms(
            "product", np.arange(count), at, np.ones(count, bool), values, np.ones(count), so_far, None,
            float(so_far[-1]),
        )  # fmt: skip

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        others = [x[cell.image] for number, x in enumerate(xs) if number != cell.source]
        found = [x[tuple(np.minimum(at, np.array(x.shape) - 1).T)].astype(np.float64) for x in others]
        return in_image(cell.image, at, reduce(mul, found), "slope")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.mul", {"terms": len(terms.inputs), "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def _axes(shape: Shape, output: Shape) -> tuple[Axis, ...]:
    """How the output's axes read one input: place by place, or its one value everywhere."""
    return tuple(Pointwise(n) if n == size else Whole(n, size) for n, size in zip(shape, output, strict=True))


Mul.EXAMPLES = (
    (Mul(), ((2, 2, 3), (2, 1, 1))),
    (Mul(), ((5,), (5,), (5,))),
    (Mul(), ((1, 3), (2, 3), (2, 1))),
)
