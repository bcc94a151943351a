"""Softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from simplecell.geometry import Pointwise, Whole
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image


class Softmax(Layer):
    """Turn scores into probabilities that sum to 1, over the features or, at each place of an image, its channels.

    y[n, k] = exp(x[n, k] - m[n]) / sum over c of exp(x[n, c] - m[n]),  m[n] = max over c of x[n, c]

    Shapes: (n, f) or (n, c, h, w), unchanged; axis 1 is the one that sums to 1.
    Rules: m cancels and keeps exp from overflowing. NaN or +infinity makes its whole group NaN, and so does a group
    of nothing but -infinity. No multiplications.
    Source: Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990.

    >>> import numpy as np
    >>> softmax = Softmax()
    >>> softmax.forward(softmax.site((2,)), [np.array([[0., np.log(3.)]])], {}, base.EVALUATION)[0]
    array([[0.25, 0.75]])
    """

    kind: ClassVar[str] = "Softmax"
    formula: ClassVar[str] = "y[k] = exp(x[k] - m) / sum exp(x[c] - m), m = max x[c]"

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(self.kind, surplus, "*, name=None", "it works over the channels and has no arguments")
        self._set(name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        axes = (Whole(shape[0], shape[0]), *(Pointwise(s) for s in shape[1:]))
        return Site(self, shapes, shape, axes, {}, Cost())

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        with np.errstate(invalid="ignore"):  # infinity - infinity is NaN, as the rules say
            e = np.exp(xs[0] - xs[0].max(axis=1, keepdims=True))
            y = e / e.sum(axis=1, keepdims=True)
        return y, y

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        y = saved
        return (y * (dy - (dy * y).sum(axis=1, keepdims=True)),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        channels = np.arange(site.output[0])
        at = np.stack([channels, *(np.full_like(channels, i) for i in unit[1:])], axis=1)
        x = xs[0][(slice(None), *unit[1:])].astype(np.float64)
        with np.errstate(invalid="ignore"):
            e = np.exp(x - x.max())
            value = float(e[unit[0]] / e.sum())
        named = {"largest": float(x.max()), "sum": float(e.sum())}
        source, real = np.zeros(len(x), np.int64), np.ones(len(x), bool)
        return Terms("ratio", source, at, real, x, np.ones(len(x)), e, None, value, unit[0], named)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        y = self._at_place(site, xs[0][cell.image], cell.unit)
        own = cell.unit[0]
        slopes = -y * y[own]
        slopes[own] = y[own] * np.delete(y, own).sum()  # y * (1 - y), exact where y is nearly 1
        return in_image(cell.image, at, slopes, "slope")

    def _at_place(self, site: Site, x: Array, unit: Unit) -> Array:
        """The outputs of all channels at a unit's place, in float64."""
        column = x[(slice(None), *unit[1:])].astype(np.float64)
        return self.forward(site, [column[None]], {}, base.EVALUATION)[0][0]

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.softmax", {
            "channel": unit[0], "terms": len(terms.inputs), "input": float(terms.inputs[unit[0]]),
            "largest": terms.named["largest"], "power": float(terms.products[unit[0]]), "sum": terms.named["sum"],
            "value": terms.value,
        }  # fmt: skip

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Softmax.EXAMPLES = ((Softmax(), ((5,),)), (Softmax(), ((3, 2, 4),)), (Softmax(), ((1,),)))
