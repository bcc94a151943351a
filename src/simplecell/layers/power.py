"""Powers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementary


class Power(Elementary):
    """Raise each value to a fixed power: 0.5 is the square root, -1 the reciprocal.

    y = x**exponent

    Shapes: any, unchanged.
    Rules: as IEEE's pow: a negative value to a power that is not whole is NaN, 0 to a negative one infinity. NaN
    propagates unless the exponent is 0. The gradient is dy * exponent * x**(exponent - 1).
    Raises: ArgumentError for an exponent that is no number, not finite, or 0, which would forget its input.
    Source: as torch.pow with a number.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> root = Power(0.5)
    >>> root.forward(root.site((2,)), [np.array([[4., 9.]])], {}, EVALUATION)[0]
    array([[2., 3.]])
    """

    kind: ClassVar[str] = "Power"
    formula: ClassVar[str] = "y = x**exponent"

    exponent: float

    def __init__(self, exponent: float, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("Power", surplus, "exponent, *, name=None", "the exponent is its only argument")
        number = base.checked_number(exponent, "exponent")
        if number == 0:
            raise ArgumentError("exponent must not be 0: every output would be 1 whatever the input")
        self._set(exponent=number, name=base.checked_name(name))

    def value(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):  # 0 to a negative power is infinity, as the rules say
            return np.sqrt(x) if self.exponent == 0.5 else np.power(x, self.exponent)

    def slope(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):
            return self.exponent * np.power(x, self.exponent - 1)

    def said(self) -> str:
        return f"x**{self.exponent:g}"

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Power.EXAMPLES = ((Power(0.5), ((2, 3, 4),)), (Power(-1), ((5,),)), (Power(3), ((2, 2),)))
