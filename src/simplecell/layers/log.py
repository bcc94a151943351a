"""The natural logarithm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementary


class Log(Elementary):
    """Take the natural logarithm of each value.

    y = log(x)

    Shapes: any, unchanged.
    Rules: 0 gives -infinity, what is negative NaN. NaN propagates. The gradient is dy / x.
    Source: as torch.log.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> log = Log()
    >>> log.forward(log.site((2,)), [np.array([[1., np.e]])], {}, EVALUATION)[0]
    array([[0., 1.]])
    """

    kind: ClassVar[str] = "Log"
    formula: ClassVar[str] = "y = log(x)"

    def value(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):  # log(0) is -infinity, as the rules say
            return np.log(x)

    def slope(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):
            return 1 / x

    def said(self) -> str:
        return "log(x)"

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Log.EXAMPLES = ((Log(), ((2, 3, 4),)), (Log(), ((5,),)))
