"""The rectifier that learns its slope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Pointwise, whole_number
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.elementwise import one_term
from simplecell.layers.terms import Cell, Slopes, grid, in_batch, in_image, value_at


class PReLU(Layer):
    """Keep what is positive, multiply the rest by a learned slope: one for all, or one per channel.

    y[n, k] = max(x[n, k], 0) + w[k] * min(x[n, k], 0)

    Args:
        num_parameters: 1, or the number of channels (features).

    Shapes: any, unchanged; axis 1 is the channels.
    Weights: weight (num_parameters,), which begins at 0.25; the input's dtype.
    Rules: NaN propagates. The gradient at exactly 0 is dy * w, as in PyTorch.
    Raises: ArgumentError for impossible arguments; ShapeError where num_parameters is neither 1 nor the channels.
    Source: He et al., Delving deep into rectifiers, 2015.

    >>> import numpy as np
    >>> prelu = PReLU(2)
    >>> x = np.array([[-1., -1.]])
    >>> prelu.forward(prelu.site((2,)), [x], {"weight": np.array([0.25, 0.5])}, base.EVALUATION)[0]
    array([[-0.25, -0.5 ]])
    """

    kind: ClassVar[str] = "PReLU"
    formula: ClassVar[str] = "y[k] = max(x[k], 0) + w[k] * min(x[k], 0)"
    starts: ClassVar[Mapping[str, float]] = {"weight": 0.25}

    num_parameters: int

    def __init__(self, num_parameters: int = 1, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "PReLU", surplus, "num_parameters=1, *, name=None",
            "PyTorch's PReLU(8, 0.25) is PReLU(8) here; the slopes begin at 0.25",
        )  # fmt: skip
        self._set(num_parameters=whole_number(num_parameters, "num_parameters", 1), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if self.num_parameters not in (1, shape[0]):
            raise ShapeError(
                f"needs one slope or one per channel: num_parameters {self.num_parameters}, but the input "
                f"{base.shape_text(shape)} has {shape[0]} channels"
            )
        cost = Cost(prod(shape))
        return Site(self, shapes, shape, tuple(Pointwise(s) for s in shape), {"weight": (self.num_parameters,)}, cost)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return np.where(xs[0] > 0, xs[0], xs[0] * self._slopes(xs[0], weights)), None

    def _slopes(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """The slopes, so that they lie along axis 1 of `x`."""
        return weights["weight"].reshape(-1, *(1,) * (x.ndim - 2))

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        (x,) = xs
        dx = np.where(x > 0, dy, dy * self._slopes(x, weights))
        parts = np.where(x > 0, 0, dy * x).astype(dy.dtype, copy=False)
        per_channel = parts.sum((0, *range(2, x.ndim)))
        return (dx,), {"weight": per_channel if self.num_parameters > 1 else per_channel.sum(keepdims=True)}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        x, slope = float(xs[0][unit]), float(weights["weight"][unit[0] if self.num_parameters > 1 else 0])
        factor = 1.0 if x > 0 else slope
        return one_term(unit, x, factor, x * factor, {"slope": slope} if x <= 0 else {})

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        x, w = float(xs[0][(cell.image, *cell.unit)]), weights["weight"]
        slope = 1.0 if x > 0 else float(w[cell.unit[0] % len(w)])
        return in_image(cell.image, np.array([cell.unit]), np.array([slope]), "slope")

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        (x,) = xs
        channels = place if self.num_parameters > 1 else range(x.shape[1])
        cells = grid(range(len(x)), channels, *map(range, x.shape[2:]))
        read = value_at(x, cells[:, 0], cells[:, 1:])
        return in_batch(cells, np.where(read > 0, 0.0, read), "slope")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        x = float(terms.inputs[0])
        key = "layers.prelu" if x <= 0 else "layers.relu.kept" if x > 0 else "layers.nan"
        return key, {"input": x, "value": terms.value, **terms.named}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


PReLU.EXAMPLES = (
    (PReLU(), ((2, 3, 4),)),
    (PReLU(3), ((3, 2, 2),)),
    (PReLU(5), ((5,),)),
    (PReLU(2), ((2, 4),)),
    (PReLU(1), ((1, 1),)),
)
