"""The logistic sigmoid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise


class Sigmoid(Elementwise):
    """Squeeze any number into the interval from 0 to 1: a score into the probability of yes.

    y = 1 / (1 + exp(-x))

    Shapes: any, unchanged.
    Rules: NaN propagates; infinities give 0 and 1. Computed from exp(-|x|), which never overflows. The gradient
    dy * y * (1 - y) keeps its digits where y is near 1.
    Source: the logistic function, Verhulst, 1838; as a unit, Rumelhart et al., Learning representations by
    back-propagating errors, 1986.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> sigmoid = Sigmoid()
    >>> sigmoid.forward(sigmoid.site((2,)), [np.array([[0., np.log(3.)]])], {}, EVALUATION)[0]
    array([[0.5 , 0.75]])
    """

    kind: ClassVar[str] = "Sigmoid"
    formula: ClassVar[str] = "y = 1 / (1 + exp(-x))"

    def value(self, x: Array) -> Array:
        return logistic(x)

    def slope(self, x: Array) -> Array:
        return logistic(x) * logistic(-x)

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.sigmoid", {}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def logistic(x: Array) -> Array:
    """1 / (1 + exp(-x)) without overflow; logistic(-x) is 1 - logistic(x) with all its digits."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


Sigmoid.EXAMPLES = ((Sigmoid(), ((2, 3, 4),)), (Sigmoid(), ((5,),)))
