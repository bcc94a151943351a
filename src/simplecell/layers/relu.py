"""The rectifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simplecell.geometry import Pointwise
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit


@dataclass(frozen=True, init=False)
class ReLU(Layer):
    """Keep what is positive, replace the rest by 0.

    y = max(x, 0)

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient at exactly 0 is 0, as in PyTorch.
    Source: Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, 2010.

    >>> import numpy as np
    >>> relu = ReLU()
    >>> relu.forward(relu.site((3,)), [np.array([[-1., 0., 2.]])], {}, base.EVALUATION)[0]
    array([[0., 0., 2.]])
    """

    kind: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = "y = max(x, 0)"

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("ReLU", surplus, "*, name=None", "it has no arguments besides its name")
        self._set(name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        return Site(self, shapes, shape, tuple(Pointwise(s) for s in shape), {}, Cost())

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return np.maximum(xs[0], 0), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (np.where(xs[0] > 0, dy, 0).astype(dy.dtype),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        x = float(xs[0][unit])
        y = float(np.maximum(x, 0.0))
        factor = 0.0 if x <= 0 else 1.0
        return Terms(
            "sum", np.zeros(1, np.int64), np.array([unit]), np.ones(1, bool), np.array([x]), np.array([factor]),
            np.array([y]), None, y,
        )  # fmt: skip

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        x = float(terms.inputs[0])
        key = "layers.relu.kept" if x > 0 else "layers.relu.cut" if x <= 0 else "layers.relu.nan"
        return key, {"input": x, "value": terms.value}

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return xs[0]

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


ReLU.EXAMPLES = ((ReLU(), ((2, 3, 4),)), (ReLU(), ((5,),)))
