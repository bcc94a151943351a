"""Cutting values off at bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Shape, Site
from simplecell.layers.elementwise import Elementary


class Clip(Elementary):
    """Replace what is below `least` and above `most` by these bounds.

    y = min(max(x, least), most)

    Args:
        least, most: the bounds; None for none on that side.

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient is dy from least to most, the bounds included, and 0 outside, as in PyTorch.
    Raises: ArgumentError for no bound at all, and for least above most.
    Source: as torch.clamp; ReLU6 is Clip(0, 6).

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> clip = Clip(-1.0, 1.0)
    >>> clip.forward(clip.site((3,)), [np.array([[-2., 0.5, 4.]])], {}, EVALUATION)[0]
    array([[-1. ,  0.5,  1. ]])
    """

    kind: ClassVar[str] = "Clip"
    formula: ClassVar[str] = "y = min(max(x, least), most)"

    least: float | None
    most: float | None

    def __init__(
        self, least: float | None = None, most: float | None = None, *surplus: object, name: str | None = None
    ) -> None:
        base.refuse_surplus("Clip", surplus, "least=None, most=None, *, name=None", "there are two bounds")
        low = None if least is None else base.checked_number(least, "least")
        high = None if most is None else base.checked_number(most, "most")
        if low is None and high is None:
            raise ArgumentError("give least, most or both; with neither nothing would be cut off")
        if low is not None and high is not None and low > high:
            raise ArgumentError(f"least must not be above most, got {least!r} and {most!r}")
        self._set(least=low, most=high, name=base.checked_name(name))

    @property
    def _bounds(self) -> tuple[float, float]:
        return -math.inf if self.least is None else self.least, math.inf if self.most is None else self.most

    def value(self, x: Array) -> Array:
        return np.clip(x, *self._bounds)

    def slope(self, x: Array) -> Array:
        low, high = self._bounds
        return np.where((x >= low) & (x <= high), 1.0, 0.0)

    def said(self) -> str:
        inner = "x" if self.least is None else f"max(x, {self.least:g})"
        return inner if self.most is None else f"min({inner}, {self.most:g})"

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return xs[0]

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Clip.EXAMPLES = ((Clip(-0.4, 0.9), ((2, 3, 4),)), (Clip(least=0.2), ((5,),)), (Clip(most=0.1), ((3, 4),)))
