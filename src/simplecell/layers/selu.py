"""The self-normalising exponential linear unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise


class SELU(Elementwise):
    """An exponential linear unit with the two constants at which layer after layer keeps mean 0 and variance 1.

    y = scale * x where x > 0, scale * alpha * (exp(x) - 1) elsewhere, scale = 1.0507..., alpha = 1.6732...

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity gives -scale * alpha. The gradient at exactly 0 is dy * scale * alpha, as in
    PyTorch. Both constants are rounded to float64.
    Source: Klambauer et al., Self-normalizing neural networks, 2017, equation 14.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> selu = SELU()
    >>> selu.forward(selu.site((2,)), [np.array([[-np.log(2.), 1.]])], {}, EVALUATION)[0].round(4)
    array([[-0.879 ,  1.0507]])
    """

    kind: ClassVar[str] = "SELU"
    formula: ClassVar[str] = "y = scale * x where x > 0, scale * alpha * (exp(x) - 1) elsewhere"
    alpha: ClassVar[float] = 1.6732632423543772848170429916717
    scale: ClassVar[float] = 1.0507009873554804934193349852946

    def value(self, x: Array) -> Array:
        return self.scale * np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def slope(self, x: Array) -> Array:
        return self.scale * np.where(x > 0, 1.0, self.alpha * np.exp(np.minimum(x, 0)))

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        if x > 0:
            return "layers.selu.stretched", {"scale": self.scale}
        return "layers.selu.bent", {"alpha": self.alpha, "scale": self.scale}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


SELU.EXAMPLES = ((SELU(), ((2, 3, 4),)), (SELU(), ((5,),)))
