"""The exponential function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementary


class Exp(Elementary):
    """Raise e to the power of each value.

    y = exp(x)

    Shapes: any, unchanged.
    Rules: NaN propagates; what is too large for a float is infinity.
    Source: as torch.exp.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> exp = Exp()
    >>> exp.forward(exp.site((2,)), [np.array([[0., 1.]])], {}, EVALUATION)[0].round(6)
    array([[1.      , 2.718282]])
    """

    kind: ClassVar[str] = "Exp"
    formula: ClassVar[str] = "y = exp(x)"

    def value(self, x: Array) -> Array:
        return np.exp(x)

    def slope(self, x: Array) -> Array:
        return np.exp(x)

    def said(self) -> str:
        return "exp(x)"

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Exp.EXAMPLES = ((Exp(), ((2, 3, 4),)), (Exp(), ((5,),)))
