"""The rectifier with a threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape, Site
from simplecell.layers.elementwise import Elementary


class Threshold(Elementary):
    """Keep what is above a threshold, replace the rest by a value.

    y = x where x > threshold, value elsewhere

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient is dy above the threshold and 0 elsewhere.
    Raises: ArgumentError for numbers that are none or not finite.
    Source: Konda et al., Zero-bias autoencoders and the benefits of co-adapting features, 2014; as PyTorch's Threshold.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> threshold = Threshold(1.0)
    >>> threshold.forward(threshold.site((2,)), [np.array([[1., 1.5]])], {}, EVALUATION)[0]
    array([[0. , 1.5]])
    """

    kind: ClassVar[str] = "Threshold"
    formula: ClassVar[str] = "y = x where x > threshold, value elsewhere"

    threshold: float
    fill: float

    def __init__(self, threshold: float, fill: float = 0.0, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "Threshold",
            surplus,
            "threshold, fill=0.0, *, name=None",
            "PyTorch's third argument, inplace, is not needed",
        )
        self._set(
            threshold=base.checked_number(threshold, "threshold"),
            fill=base.checked_number(fill, "fill"),
            name=base.checked_name(name),
        )

    def value(self, x: Array) -> Array:
        return np.where(x <= self.threshold, self.fill, x)

    def slope(self, x: Array) -> Array:
        return np.where(x <= self.threshold, 0.0, 1.0)

    def said(self) -> str:
        return f"(x > {self.threshold:g} ? x : {self.fill:g})"

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return xs[0]

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Threshold.EXAMPLES = ((Threshold(0.5), ((2, 3, 4),)), (Threshold(-0.3, -1.0), ((5,),)))
