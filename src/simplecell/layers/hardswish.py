"""The SiLU made of straight lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise


class HardSwish(Elementwise):
    """Let each value through a gate that it opens itself: shut up to -3, open from 3 on, a ramp between.

    y = x * g,  g = min(max(x + 3, 0), 6) / 6

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity times the shut gate is NaN, as in PyTorch. The gradient is 0 up to -3 and dy from
    3 on.
    Source: Howard et al., Searching for MobileNetV3, 2019.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> swish = HardSwish()
    >>> swish.forward(swish.site((3,)), [np.array([[-3., 1.5, 4.]])], {}, EVALUATION)[0]
    array([[-0.   ,  1.125,  4.   ]])
    """

    kind: ClassVar[str] = "HardSwish"
    formula: ClassVar[str] = "y = x * min(max(x + 3, 0), 6) / 6"

    def value(self, x: Array) -> Array:
        return x * self.gate(x)

    def gate(self, x: Array) -> Array:
        """How far open the gate is: 0 to 1."""
        return np.clip(x + 3, 0, 6) / 6

    def slope(self, x: Array) -> Array:
        return np.where(x <= -3, 0.0, np.where(x < 3, x / 3 + 0.5, 1.0))

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.hardswish", {"gate": float(self.gate(np.array(x)))}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


HardSwish.EXAMPLES = ((HardSwish(), ((2, 3, 4),)), (HardSwish(), ((5,),)))
