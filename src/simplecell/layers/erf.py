"""The error function."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementary


class Erf(Elementary):
    """Apply the error function, of which the exact GELU is made.

    y = erf(x)

    Shapes: any, unchanged.
    Rules: NaN propagates; large values give -1 and 1.
    Source: Abramowitz and Stegun, Handbook of mathematical functions, 1964, 7.1.1.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> erf = Erf()
    >>> erf.forward(erf.site((2,)), [np.array([[0., 1.]])], {}, EVALUATION)[0].round(6)
    array([[0.      , 0.842701]])
    """

    kind: ClassVar[str] = "Erf"
    formula: ClassVar[str] = "y = erf(x)"

    def value(self, x: Array) -> Array:
        wide = np.asarray(x, np.float64)
        values = map(math.erf, wide.ravel().tolist())
        return np.fromiter(values, np.float64, wide.size).reshape(x.shape)

    def slope(self, x: Array) -> Array:
        return 2 / math.sqrt(math.pi) * np.exp(-np.square(x))

    def said(self) -> str:
        return "erf(x)"

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Erf.EXAMPLES = ((Erf(), ((2, 3, 4),)), (Erf(), ((5,),)))
