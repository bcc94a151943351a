"""The exponential linear unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise


class ELU(Elementwise):
    """Keep what is positive, bend the rest smoothly towards -alpha.

    y = x where x > 0, alpha * (exp(x) - 1) elsewhere

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity gives -alpha. exp(x) - 1 keeps its digits near 0. The gradient at exactly 0 is
    dy * alpha, as in PyTorch.
    Raises: ArgumentError unless alpha is a finite number of at least 0.
    Source: Clevert et al., Fast and accurate deep network learning by exponential linear units, 2016.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> elu = ELU(2.0)
    >>> elu.forward(elu.site((2,)), [np.array([[-np.log(2.), 3.]])], {}, EVALUATION)[0]
    array([[-1.,  3.]])
    """

    kind: ClassVar[str] = "ELU"
    formula: ClassVar[str] = "y = x where x > 0, alpha * (exp(x) - 1) elsewhere"

    alpha: float

    def __init__(self, alpha: float = 1.0, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("ELU", surplus, "alpha=1.0, *, name=None", "alpha is its only argument")
        self._set(alpha=base.checked_number(alpha, "alpha", least=0), name=base.checked_name(name))

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def slope(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, self.alpha * np.exp(np.minimum(x, 0)))

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return ("layers.relu.kept", {}) if x > 0 else ("layers.elu", {"alpha": self.alpha})

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


ELU.EXAMPLES = ((ELU(), ((2, 3, 4),)), (ELU(0.5), ((5,),)), (ELU(0), ((3, 4),)))
