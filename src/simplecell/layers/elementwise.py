"""What the kinds share that apply one function to each value alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simplecell.geometry import Pointwise
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image


class Elementwise(Layer):
    """Base of the kinds whose output is a function of the input at the same place; it has no learned weights.

    A kind states its function and the function's slope, for arrays of any float dtype, and how one value is told. What
    multiplies values that the layer does not learn counts as no MAC.
    """

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(self.kind, surplus, "*, name=None", "it has no arguments besides its name")
        self._set(name=base.checked_name(name))

    def value(self, x: Array) -> Array:
        """The function, place by place."""
        raise NotImplementedError

    def slope(self, x: Array) -> Array:
        """Its derivative, place by place."""
        raise NotImplementedError

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        """Key of the sentence about the value at `x`, which is not NaN, and the numbers in it besides the input and the
        value."""
        raise NotImplementedError

    def _said(self, x: float) -> tuple[str, dict[str, float]]:
        return ("layers.nan", {}) if math.isnan(x) else self.told(x)

    def factor(self, x: float) -> float | None:
        """What `x` is multiplied with, where the rule is a product; None for any other function."""
        return None

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        return Site(self, shapes, shape, tuple(Pointwise(s) for s in shape), {}, Cost())

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        with np.errstate(over="ignore", invalid="ignore"):  # infinities give what IEEE says
            return self.value(xs[0]).astype(xs[0].dtype, copy=False), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        with np.errstate(over="ignore", invalid="ignore"):
            return ((dy * self.slope(xs[0])).astype(dy.dtype, copy=False),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        x = float(xs[0][unit])
        with np.errstate(over="ignore", invalid="ignore"):
            y = float(self.value(np.array([x]))[0])
            return one_term(unit, x, self.factor(x), y, self._said(x)[1])

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        with np.errstate(over="ignore", invalid="ignore"):
            slope = self.slope(xs[0][(cell.image, *cell.unit)].astype(np.float64).reshape(1))
        return in_image(cell.image, np.array([cell.unit]), slope.astype(np.float64), "slope")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        x = float(terms.inputs[0])
        return self._said(x)[0], {"input": x, "value": terms.value, **terms.named}


def one_term(unit: Unit, x: float, factor: float | None, y: float, named: Mapping[str, float]) -> Terms:
    """The terms of a value that comes from one input: their product, or a function of it where `factor` is None."""
    weight = 1.0 if factor is None else factor
    return Terms(
        "function" if factor is None else "sum", np.zeros(1, np.int64), np.array([unit]), np.ones(1, bool),
        np.array([x]), np.array([weight]), np.array([y]), None, y, named=named,
    )  # fmt: skip


class Elementary(Elementwise):
    """A kind of which there is no more to say than its formula with its numbers in it."""

    def said(self) -> str:
        """The formula of x with the layer's numbers in it."""
        raise NotImplementedError

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.elementary", {}

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        key, numbers = super().sentence(site, unit, terms)
        return key, numbers | ({"formula": self.said()} if key == "layers.elementary" else {})
