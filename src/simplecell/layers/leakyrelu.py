"""The leaky rectifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise


class LeakyReLU(Elementwise):
    """Keep what is positive, shrink the rest, so that no unit ever stops learning.

    y = x where x > 0, negative_slope * x elsewhere

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient at exactly 0 is dy * negative_slope, as in PyTorch.
    Raises: ArgumentError unless negative_slope is a finite number.
    Source: Maas et al., Rectifier nonlinearities improve neural network acoustic models, 2013.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> leaky = LeakyReLU(0.5)
    >>> leaky.forward(leaky.site((3,)), [np.array([[-1., 0., 2.]])], {}, EVALUATION)[0]
    array([[-0.5,  0. ,  2. ]])
    """

    kind: ClassVar[str] = "LeakyReLU"
    formula: ClassVar[str] = "y = x where x > 0, negative_slope * x elsewhere"

    negative_slope: float

    def __init__(self, negative_slope: float = 0.01, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "LeakyReLU", surplus, "negative_slope=0.01, *, name=None", "the slope below 0 is its only argument"
        )
        self._set(negative_slope=base.checked_number(negative_slope, "negative_slope"), name=base.checked_name(name))

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, x * self.negative_slope)

    def slope(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, self.negative_slope)

    def factor(self, x: float) -> float | None:
        return 1.0 if x > 0 else self.negative_slope

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return ("layers.relu.kept", {}) if x > 0 else ("layers.leakyrelu", {"slope": self.negative_slope})

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


LeakyReLU.EXAMPLES = ((LeakyReLU(), ((2, 3, 4),)), (LeakyReLU(0.2), ((5,),)), (LeakyReLU(-1), ((3, 4),)))
