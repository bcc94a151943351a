"""Laying an image out as a plain row of features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.geometry import Pointwise
from simplecell.layers import base
from simplecell.layers.base import Array, Box, Cost, Layer, Mode, Shape, Site, Terms, Unit


@dataclass(frozen=True, init=False)
class Flatten(Layer):
    """Lay an image out as one row of features: channel by channel, each row by row.

    y[n, (c*H + i)*W + j] = x[n, c, i, j]

    Shapes: x (n, c, h, w) -> y (n, c*h*w); plain features stay as they are.
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
        shape = base.only_shape(shapes)
        features = prod(shape)
        return Site(self, shapes, (features,), (Pointwise(features),), {}, Cost())

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return xs[0].reshape(len(xs[0]), *site.output), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (dy.reshape(xs[0].shape),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        at = np.unravel_index(unit[0], site.inputs[0])
        x = np.array([float(xs[0][at])])
        return Terms(
            "sum", np.zeros(1, np.int64), np.array([at]), np.ones(1, bool), x, np.ones(1), x, None, float(x[0])
        )  # fmt: skip

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        if len(site.inputs[0]) == 1:
            return "layers.flatten.same", {"feature": unit[0], "value": terms.value}
        channel, y, x = terms.at[0].tolist()
        return "layers.flatten", {"feature": unit[0], "channel": channel, "y": y, "x": x, "value": terms.value}

    def reads(self, site: Site, box: Box) -> tuple[tuple[Box, ...], ...]:
        """The cells behind a set of features, as few boxes: channels whose planes agree and rows whose columns agree
        are put together."""
        return (boxes(box[0], site.inputs[0]) if box[0] else (),)

    def read_by(self, site: Site, box: Box, source: int = 0) -> tuple[Box, ...]:
        """The features that a box of cells becomes: one ascending set."""
        if not all(box):
            return ()
        places = np.ravel_multi_index(np.ix_(*(np.array(indices) for indices in box)), site.inputs[0])
        return ((tuple(places.ravel().tolist()),),)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def boxes(flat: Sequence[int], shape: Shape) -> tuple[Box, ...]:
    """Flat indices (ascending) into `shape`, as boxes that do not overlap and together are exactly them.

    >>> boxes((0, 1, 3, 4), (2, 3)), boxes((1, 2, 3), (2, 2))
    ((((0, 1), (0, 1)),), (((0,), (1,)), ((1,), (0, 1))))
    """
    if len(shape) == 1:
        return ((tuple(flat),),)
    plane = prod(shape[1:])
    inside: dict[int, list[int]] = {}
    for index in flat:
        inside.setdefault(index // plane, []).append(index % plane)
    alike: dict[tuple[int, ...], list[int]] = {}
    for lead, rest in inside.items():
        alike.setdefault(tuple(rest), []).append(lead)
    return tuple((tuple(leads), *box) for rest, leads in alike.items() for box in boxes(rest, shape[1:]))


Flatten.EXAMPLES = ((Flatten(), ((2, 3, 4),)), (Flatten(), ((1, 1, 1),)), (Flatten(), ((5,),)))
