"""Softplus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise
from simplecell.layers.sigmoid import logistic


class Softplus(Elementwise):
    """A rectifier without a kink; `beta` says how sharply it bends.

    y = log(1 + exp(beta * x)) / beta, and simply x where beta * x > threshold

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity gives 0. Small values keep their digits. Beyond the threshold the gradient is dy,
    as in PyTorch.
    Raises: ArgumentError unless beta is a finite number above 0 and threshold a finite number.
    Source: Dugas et al., Incorporating second-order functional knowledge for better option pricing, 2000.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> softplus = Softplus()
    >>> softplus.forward(softplus.site((2,)), [np.array([[0., 21.]])], {}, EVALUATION)[0].round(6)
    array([[ 0.693147, 21.      ]])
    """

    kind: ClassVar[str] = "Softplus"
    formula: ClassVar[str] = "y = log(1 + exp(beta * x)) / beta"

    beta: float
    threshold: float

    def __init__(self, beta: float = 1.0, *surplus: object, threshold: float = 20.0, name: str | None = None) -> None:
        base.refuse_surplus(
            "Softplus", surplus, "beta=1.0, *, threshold=20.0, name=None",
            "PyTorch's Softplus(1, 20) is Softplus(1, threshold=20) here",
        )  # fmt: skip
        self._set(
            beta=base.checked_number(beta, "beta", above=0),
            threshold=base.checked_number(threshold, "threshold"),
            name=base.checked_name(name),
        )

    def value(self, x: Array) -> Array:
        return np.where(x * self.beta > self.threshold, x, np.logaddexp(x * self.beta, 0) / self.beta)

    def slope(self, x: Array) -> Array:
        return np.where(x * self.beta > self.threshold, 1, logistic(x * self.beta))

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        if x * self.beta > self.threshold:
            return "layers.softplus.linear", {"beta": self.beta, "threshold": self.threshold}
        return "layers.softplus", {"beta": self.beta}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Softplus.EXAMPLES = (
    (Softplus(), ((2, 3, 4),)),
    (Softplus(2, threshold=1), ((5,),)),
    (Softplus(0.5), ((3, 4),)),
)
