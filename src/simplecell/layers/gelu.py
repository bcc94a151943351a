"""The Gaussian error linear unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementwise
from simplecell.layers.sigmoid import logistic

_ROOT = math.sqrt(2 / math.pi)
_CUBE = 0.044715


class GELU(Elementwise):
    """Let each value through a gate that it opens itself: the share of normally distributed numbers below it.

    y = x * Phi(x),  Phi(x) = erfc(-x / sqrt(2)) / 2;  with approximate="tanh"
    y = x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x**3))) / 2

    Args:
        approximate: "none" or "tanh".

    Shapes: any, unchanged.
    Rules: NaN propagates; -infinity times the shut gate is NaN, as in PyTorch. erfc keeps the digits of small gates.
    Raises: ArgumentError for another approximation.
    Source: Hendrycks and Gimpel, Gaussian error linear units (GELUs), 2016.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> gelu = GELU()
    >>> gelu.forward(gelu.site((3,)), [np.array([[-1., 0., 1.]])], {}, EVALUATION)[0].round(6)
    array([[-0.158655,  0.      ,  0.841345]])
    """

    kind: ClassVar[str] = "GELU"
    formula: ClassVar[str] = "y = x * Phi(x), the share of a normal distribution below x"

    approximate: str

    def __init__(self, approximate: str = "none", *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("GELU", surplus, "approximate='none', *, name=None", "approximate is its only argument")
        if approximate not in ("none", "tanh"):
            raise ArgumentError(f"approximate must be 'none' (exact) or 'tanh', got {approximate!r}")
        self._set(approximate=approximate, name=base.checked_name(name))

    def value(self, x: Array) -> Array:
        return x * self.gate(x)

    def gate(self, x: Array) -> Array:
        """How far open the gate is: 0 to 1. (1 + tanh(u)) / 2 is 1 / (1 + exp(-2u))."""
        if self.approximate == "tanh":
            return logistic(2 * _ROOT * (x + _CUBE * x**3))
        wide = np.asarray(x, np.float64)
        values = map(math.erfc, (wide * -math.sqrt(0.5)).ravel().tolist())
        return (np.fromiter(values, np.float64, wide.size).reshape(wide.shape) / 2).astype(x.dtype)

    def slope(self, x: Array) -> Array:
        if self.approximate == "none":
            return self.gate(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        z = np.clip(x, -64, 64)  # beyond, the gate no longer moves, and x**3 could overflow
        return self.gate(x) + z * self.gate(z) * self.gate(-z) * 2 * _ROOT * (1 + 3 * _CUBE * z * z)

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        key = "layers.gelu" if self.approximate == "none" else "layers.gelu.tanh"
        return key, {"gate": float(self.gate(np.array(x)))}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


GELU.EXAMPLES = ((GELU(), ((2, 3, 4),)), (GELU(), ((5,),)), (GELU("tanh"), ((3, 4),)))
