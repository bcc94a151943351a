"""A fixed scale and offset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape
from simplecell.layers.elementwise import Elementary


class Rescale(Elementary):
    """Multiply by one number and add another; neither is learned.

    y = x * scale + offset

    Shapes: any, unchanged.
    Rules: NaN and infinity pass as IEEE says. What multiplies values that the layer does not learn counts as no MAC.
    Raises: ArgumentError for numbers that are none or not finite.
    Source: as Keras's Rescaling. What is learned and differs from channel to channel is Affine.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> rescale = Rescale(2.0, -1.0)
    >>> rescale.forward(rescale.site((2,)), [np.array([[0., 0.5]])], {}, EVALUATION)[0]
    array([[-1.,  0.]])
    """

    kind: ClassVar[str] = "Rescale"
    formula: ClassVar[str] = "y = x * scale + offset"

    scale: float
    offset: float

    def __init__(self, scale: float, offset: float = 0.0, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("Rescale", surplus, "scale, offset=0.0, *, name=None", "it takes two numbers")
        self._set(
            scale=base.checked_number(scale, "scale"),
            offset=base.checked_number(offset, "offset"),
            name=base.checked_name(name),
        )

    def value(self, x: Array) -> Array:
        return x * np.asarray(self.scale, x.dtype) + np.asarray(self.offset, x.dtype)

    def slope(self, x: Array) -> Array:
        return np.full(x.shape, self.scale)

    def said(self) -> str:
        return f"x * {self.scale:g} + {self.offset:g}" if self.offset else f"x * {self.scale:g}"

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Rescale.EXAMPLES = ((Rescale(-1.5), ((2, 3, 4),)), (Rescale(0.5, 2.0), ((5,),)))
