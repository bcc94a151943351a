"""Mish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise
from simplecell.layers.sigmoid import logistic


class Mish(Elementwise):
    """Let each value through a gate that it opens itself: the hyperbolic tangent of its softplus.

    y = x * g,  g = tanh(log(1 + exp(x)))

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity times the shut gate is NaN, as in PyTorch. Computed from e = exp(-|x|), which
    never overflows: g = (1 + 2e) / (1 + 2e + 2ee) for x >= 0, (ee + 2e) / (ee + 2e + 2) below.
    Source: Misra, Mish: a self regularized non-monotonic activation function, 2019.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> mish = Mish()
    >>> mish.forward(mish.site((2,)), [np.array([[0., 1.]])], {}, EVALUATION)[0].round(6)
    array([[0.      , 0.865098]])
    """

    kind: ClassVar[str] = "Mish"
    formula: ClassVar[str] = "y = x * tanh(log(1 + exp(x)))"

    def value(self, x: Array) -> Array:
        return x * self.gate(x)

    def gate(self, x: Array) -> Array:
        """How far open the gate is: 0 to 1."""
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1 + 2 * e, e * (e + 2)) / self._whole(x, e)

    def slope(self, x: Array) -> Array:
        e, gate = np.exp(-np.abs(x)), self.gate(x)
        shut = np.where(x >= 0, 2 * e * e, 2) / self._whole(x, e)  # 1 - gate with all its digits
        return gate + x * shut * (1 + gate) * logistic(x)

    def _whole(self, x: Array, e: Array) -> Array:
        """The gate's denominator."""
        return np.where(x >= 0, 1 + 2 * e + 2 * e * e, e * (e + 2) + 2)

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.mish", {"gate": float(self.gate(np.array(x)))}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Mish.EXAMPLES = ((Mish(), ((2, 3, 4),)), (Mish(), ((5,),)))
