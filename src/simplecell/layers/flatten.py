"""Laying an image out as a plain row of features."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from simplecell.layers import base, rearranging
from simplecell.layers.base import Layer, Shape, Site, Terms, Unit


class Flatten(rearranging.Reshaping):
    """Lay an image out as one row of features: channel by channel, each row by row.

    y[n, (c*H + i)*W + j] = x[n, c, i, j]

    Shapes: x (n, c, h, w) -> y (n, c*h*w), signals and volumes likewise; plain features stay as they are.
    Rules: the order is C, H, W whatever the memory order of the engine. Values are unchanged.

    >>> import numpy as np
    >>> flatten = Flatten()
    >>> flatten.forward(flatten.site((2, 1, 2)), [np.array([[[[1., 2.]], [[3., 4.]]]])], {}, base.EVALUATION)[0]
    array([[1., 2., 3., 4.]])
    """

    kind: ClassVar[str] = "Flatten"
    formula: ClassVar[str] = "y[(c*H + i)*W + j] = x[c,i,j]"

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("Flatten", surplus, "*, name=None", "it flattens all but the batch and has no arguments")
        self._set(name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        return rearranging.rearranged(self, shapes, (prod(base.only_shape(shapes)),))

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        if len(site.inputs[0]) == 1:
            return "layers.flatten.same", {"feature": unit[0], "value": terms.value}
        channel, *at = terms.at[0].tolist()
        return "layers.flatten", {"feature": unit[0], "channel": channel, "at": tuple(at), "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Flatten.EXAMPLES = (
    (Flatten(), ((2, 3, 4),)),
    (Flatten(), ((1, 1, 1),)),
    (Flatten(), ((5,),)),
    (Flatten(), ((2, 3),)),
    (Flatten(), ((2, 1, 2, 2),)),
)
