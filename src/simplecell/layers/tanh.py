"""The hyperbolic tangent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise
from simplecell.layers.sigmoid import logistic


class Tanh(Elementwise):
    """Squeeze any number into the interval from -1 to 1.

    y = tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))

    Shapes: any, unchanged.
    Rules: NaN propagates; infinities give -1 and 1. The gradient dy * (1 - y*y) keeps its digits where y is near 1:
    1 - y*y = 4 * s * (1 - s), s = 1 / (1 + exp(-2x)).
    Source: LeCun et al., Efficient backprop, 1998.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> tanh = Tanh()
    >>> tanh.forward(tanh.site((2,)), [np.array([[0., np.log(3.)]])], {}, EVALUATION)[0]
    array([[0. , 0.8]])
    """

    kind: ClassVar[str] = "Tanh"
    formula: ClassVar[str] = "y = tanh(x)"

    def value(self, x: Array) -> Array:
        return np.tanh(x)

    def slope(self, x: Array) -> Array:
        return 4 * logistic(2 * x) * logistic(-2 * x)

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.tanh", {}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Tanh.EXAMPLES = ((Tanh(), ((2, 3, 4),)), (Tanh(), ((5,),)))
