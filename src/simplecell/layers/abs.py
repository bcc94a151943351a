"""Absolute values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementary


class Abs(Elementary):
    """Drop the sign.

    y = |x|

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient is dy times the sign of x, and 0 at exactly 0, as in PyTorch.
    Source: as torch.abs.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> abs = Abs()
    >>> abs.forward(abs.site((2,)), [np.array([[-2., 3.]])], {}, EVALUATION)[0]
    array([[2., 3.]])
    """

    kind: ClassVar[str] = "Abs"
    formula: ClassVar[str] = "y = |x|"

    def value(self, x: Array) -> Array:
        return np.abs(x)

    def slope(self, x: Array) -> Array:
        return np.sign(x)

    def said(self) -> str:
        return "|x|"

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Abs.EXAMPLES = ((Abs(), ((2, 3, 4),)), (Abs(), ((5,),)))
