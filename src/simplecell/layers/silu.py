"""The sigmoid linear unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise
from simplecell.layers.sigmoid import logistic


class SiLU(Elementwise):
    """Let each value through a gate that it opens itself: its own sigmoid. Also called Swish.

    y = x * g,  g = 1 / (1 + exp(-x))

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity times the shut gate is NaN, as in PyTorch.
    Source: Elfwing et al., Sigmoid-weighted linear units for neural network function approximation in reinforcement
    learning, 2018; Ramachandran et al., Searching for activation functions, 2017.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> silu = SiLU()
    >>> silu.forward(silu.site((2,)), [np.array([[0., np.log(3.)]])], {}, EVALUATION)[0].round(6)
    array([[0.      , 0.823959]])
    """

    kind: ClassVar[str] = "SiLU"
    formula: ClassVar[str] = "y = x / (1 + exp(-x))"

    def value(self, x: Array) -> Array:
        return x * logistic(x)

    def slope(self, x: Array) -> Array:
        return logistic(x) * (1 + x * logistic(-x))

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return "layers.silu", {"gate": float(logistic(np.array(x)))}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


SiLU.EXAMPLES = ((SiLU(), ((2, 3, 4),)), (SiLU(), ((5,),)))
