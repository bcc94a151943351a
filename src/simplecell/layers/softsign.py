"""Softsign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementary


class Softsign(Elementary):
    """Squeeze each value between -1 and 1, more slowly than tanh does.

    y = x / (1 + |x|)

    Shapes: any, unchanged.
    Rules: NaN propagates; infinities give NaN, as in PyTorch.
    Source: Bergstra et al., Quadratic polynomials learn better image features, 2009.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> softsign = Softsign()
    >>> softsign.forward(softsign.site((2,)), [np.array([[-1., 3.]])], {}, EVALUATION)[0]
    array([[-0.5 ,  0.75]])
    """

    kind: ClassVar[str] = "Softsign"
    formula: ClassVar[str] = "y = x / (1 + |x|)"

    def value(self, x: Array) -> Array:
        return x / (1 + np.abs(x))

    def slope(self, x: Array) -> Array:
        return 1 / np.square(1 + np.abs(x))

    def said(self) -> str:
        return "x / (1 + |x|)"

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Softsign.EXAMPLES = ((Softsign(), ((2, 3, 4),)), (Softsign(), ((5,),)))
