"""The rectifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Shape, Site
from simplecell.layers.elementwise import Elementwise


class ReLU(Elementwise):
    """Keep what is positive, replace the rest by 0.

    y = max(x, 0)

    Shapes: any, unchanged.
    Rules: NaN propagates. The gradient at exactly 0 is 0, as in PyTorch.
    Source: Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, 2010.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> relu = ReLU()
    >>> relu.forward(relu.site((3,)), [np.array([[-1., 0., 2.]])], {}, EVALUATION)[0]
    array([[0., 0., 2.]])
    """

    kind: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = "y = max(x, 0)"

    def value(self, x: Array) -> Array:
        return np.maximum(x, 0)

    def slope(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, 0.0)

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (np.where(xs[0] > 0, dy, 0).astype(dy.dtype),), {}  # what is cut stays 0 though dy be infinite

    def factor(self, x: float) -> float | None:
        return 0.0 if x <= 0 else 1.0

    def told(self, x: float) -> tuple[str, dict[str, float]]:
        return kept_or_cut(x), {}

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return xs[0]

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def kept_or_cut(x: float) -> str:
    """Key of the sentence about a rectifier's value."""
    return "layers.relu.kept" if x > 0 else "layers.relu.cut"


ReLU.EXAMPLES = ((ReLU(), ((2, 3, 4),)), (ReLU(), ((5,),)))
