"""The rectifier with a ceiling of 6."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise
from simplecell.layers.relu import kept_or_cut


class ReLU6(Elementwise):
    """Keep what lies between 0 and 6; what is below becomes 0, what is above 6.

    y = min(max(x, 0), 6)

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient at exactly 0 and at exactly 6 is 0, as in PyTorch.
    Source: Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010; used by MobileNet.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> relu6 = ReLU6()
    >>> relu6.forward(relu6.site((3,)), [np.array([[-1., 2., 8.]])], {}, EVALUATION)[0]
    array([[0., 2., 6.]])
    """

    kind: ClassVar[str] = "ReLU6"
    formula: ClassVar[str] = "y = min(max(x, 0), 6)"

    def value(self, x: Array) -> Array:
        return np.clip(x, 0, 6)

    def slope(self, x: Array) -> Array:
        return np.where((x > 0) & (x < 6), 1.0, 0.0)

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.relu6.capped" if x > 6 else kept_or_cut(x), {}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


ReLU6.EXAMPLES = ((ReLU6(), ((2, 3, 4),)), (ReLU6(), ((5,),)))
