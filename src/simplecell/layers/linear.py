"""The fully-connected layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Whole, whole_number
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, grid, in_batch, in_image


class Linear(Layer):
    """Weigh all inputs: each output value is every input times a weight of its own, summed, plus its bias.

    y[n, o] = b[o] + sum over i of x[n, i] * w[o, i]

    Args:
        out_features: number of output values.
        bias: whether b is there.
        in_features: checked against the input when given.

    Shapes: x (n, in_features) -> y (n, out_features).
    Weights: weight (out_features, in_features), bias (out_features,); the input's dtype.
    Rules: NaN and infinity pass as IEEE says.
    Raises: ArgumentError for impossible arguments; ShapeError for an image (Flatten comes first) or a wrong length.

    >>> import numpy as np
    >>> fc = Linear(1)
    >>> w = {"weight": np.array([[1., 10., 100.]]), "bias": np.array([0.5])}
    >>> fc.forward(fc.site((3,)), [np.array([[1., 2., 3.]])], w, base.EVALUATION)[0]
    array([[321.5]])
    """

    kind: ClassVar[str] = "Linear"
    formula: ClassVar[str] = "y[o] = b[o] + sum x[i] * w[o,i]"

    out_features: int
    bias: bool
    in_features: int | None

    def __init__(
        self,
        out_features: int,
        *surplus: object,
        bias: bool = True,
        in_features: int | None = None,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "Linear", surplus, "out_features, *, ...",
            "PyTorch's Linear(400, 120) is Linear(120, in_features=400) here, and in_features may be left out",
        )  # fmt: skip
        self._set(
            out_features=whole_number(out_features, "out_features", 1),
            bias=base.checked_flag(bias, "bias"),
            in_features=None if in_features is None else whole_number(in_features, "in_features", 1),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if len(shape) != 1:
            product = f"{'*'.join(map(str, shape))} = {prod(shape)}"
            raise ShapeError(f"needs plain features, got {base.shape_text(shape)}: put sc.Flatten() before ({product})")
        (features,) = shape
        if self.in_features not in (None, features):
            raise ShapeError(f"needs {self.in_features} inputs, got {features}")
        weights: dict[str, Shape] = {"weight": (self.out_features, features)}
        if self.bias:
            weights["bias"] = (self.out_features,)
        base.check_bytes(weights["weight"], "Linear weight")
        axes = (Whole(features, self.out_features),)
        return Site(self, shapes, (self.out_features,), axes, weights, Cost(features * self.out_features))

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        y = xs[0] @ weights["weight"].T
        return (y + weights["bias"] if self.bias else y), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        dws = {"weight": dy.T @ xs[0]} | ({"bias": dy.sum(0)} if self.bias else {})
        return (dy @ weights["weight"],), dws

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        x, w = xs[0].astype(np.float64), weights["weight"][unit[0]].astype(np.float64)
        bias = float(weights["bias"][unit[0]]) if self.bias else None
        products = x * w
        at = np.arange(len(x)).reshape(-1, 1)
        value = float(products.sum() + (bias or 0.0))
        return Terms("sum", np.zeros(len(x), np.int64), at, np.ones(len(x), bool), x, w, products, bias, value)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        place = np.stack([at[:, 0], np.full(len(at), cell.unit[0])], axis=1)
        return in_image(cell.image, at, weights["weight"][:, cell.unit[0]], "weight", place)

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        cells = grid(range(len(xs[0])), place[:1])
        if key == "bias":
            return in_batch(cells, np.ones(len(cells)), "one")
        return in_batch(cells, xs[0][:, place[1]].astype(np.float64), "input", np.full((len(cells), 1), place[1]))

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        key = "layers.linear" if self.bias else "layers.linear.no_bias"
        return key, {"feature": unit[0], "terms": len(terms.inputs), "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Linear.EXAMPLES = (
    (Linear(3), ((5,),)),
    (Linear(1, bias=False, in_features=4), ((4,),)),
    (Linear(6), ((1,),)),
)
