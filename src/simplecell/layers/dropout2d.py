"""Dropout of whole channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.dropout import Dropout, uniform


class Dropout2d(Dropout):
    """In training drop each channel of each image with probability p and scale up the others; otherwise change nothing.

    y[n, c] = x[n, c] * keep / (1 - p),  keep = 1 where u >= p, else 0,  u of place n*C + c

    Shapes: x (n, c, h, w), unchanged.
    Rules: u is drawn as Dropout draws it, one per image and channel. A dropped NaN is 0.
    Raises: ArgumentError unless 0 <= p < 1.
    Source: Tompson et al., Efficient object localization using convolutional networks, 2015.

    >>> import numpy as np
    >>> drop = Dropout2d(0.5)
    >>> drop.forward(drop.site((4, 1, 2)), [np.ones((1, 4, 1, 2))], {}, Mode(training=True, seed=5))[0][0, :, 0]
    array([[2., 2.],
           [0., 0.],
           [2., 2.],
           [0., 0.]])
    """

    kind: ClassVar[str] = "Dropout2d"
    formula: ClassVar[str] = "y[c] = x[c] * keep[c] / (1 - p) in training, y = x otherwise"

    def site(self, *shapes: Shape) -> Site:
        base.image_shape(shapes)
        return super().site(*shapes)

    def kept(self, shape: Shape, mode: Mode) -> Array:
        return uniform(shape[0] * shape[1], mode).reshape(*shape[:2], 1, 1) >= self.p

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.dropout.channels", {"channel": unit[0], "p": self.p, "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Dropout2d.EXAMPLES = ((Dropout2d(), ((3, 2, 2),)), (Dropout2d(0.25), ((5, 1, 3),)), (Dropout2d(0), ((1, 2, 2),)))
