"""The sigmoid made of straight lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise


class HardSigmoid(Elementwise):
    """A sigmoid of three straight lines: 0 up to -3, 1 from 3 on, a ramp between.

    y = min(max(x + 3, 0), 6) / 6

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient is dy / 6 strictly between -3 and 3 and 0 elsewhere, as in PyTorch.
    Source: Howard et al., Searching for MobileNetV3, 2019.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> hard = HardSigmoid()
    >>> hard.forward(hard.site((3,)), [np.array([[-4., 0., 1.5]])], {}, EVALUATION)[0]
    array([[0.  , 0.5 , 0.75]])
    """

    kind: ClassVar[str] = "HardSigmoid"
    formula: ClassVar[str] = "y = min(max(x + 3, 0), 6) / 6"

    def value(self, x: Array) -> Array:
        return np.clip(x + 3, 0, 6) / 6

    def slope(self, x: Array) -> Array:
        return np.where((x > -3) & (x < 3), 1 / 6, 0.0)

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.hardsigmoid", {}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


HardSigmoid.EXAMPLES = ((HardSigmoid(), ((2, 3, 4),)), (HardSigmoid(), ((5,),)))
