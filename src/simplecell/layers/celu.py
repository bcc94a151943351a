"""The continuously differentiable exponential linear unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise


class CELU(Elementwise):
    """Keep what is positive, bend the rest towards -alpha without a kink at 0, whatever alpha is.

    y = x where x > 0, alpha * (exp(x / alpha) - 1) elsewhere

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity gives -alpha. The gradient at exactly 0 is dy.
    Raises: ArgumentError unless alpha is a finite number above 0.
    Source: Barron, Continuously differentiable exponential linear units, 2017.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> celu = CELU(2.0)
    >>> celu.forward(celu.site((2,)), [np.array([[-2 * np.log(2.), 3.]])], {}, EVALUATION)[0]
    array([[-1.,  3.]])
    """

    kind: ClassVar[str] = "CELU"
    formula: ClassVar[str] = "y = x where x > 0, alpha * (exp(x / alpha) - 1) elsewhere"

    alpha: float

    def __init__(self, alpha: float = 1.0, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("CELU", surplus, "alpha=1.0, *, name=None", "alpha is its only argument")
        self._set(alpha=base.checked_number(alpha, "alpha", above=0), name=base.checked_name(name))

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0) / self.alpha))

    def slope(self, x: Array) -> Array:
        return np.exp(np.minimum(x, 0) / self.alpha)

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return ("layers.relu.kept", {}) if x > 0 else ("layers.celu", {"alpha": self.alpha})

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


CELU.EXAMPLES = ((CELU(), ((2, 3, 4),)), (CELU(0.5), ((5,),)), (CELU(3), ((3, 4),)))
