"""Mixing the channels of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from simplecell.errors import ShapeError
from simplecell.geometry import Pointwise, whole_number
from simplecell.layers import base, selecting
from simplecell.layers.axes import Shuffled
from simplecell.layers.base import Layer, Shape, Site


class ChannelShuffle(selecting.Selecting):
    """Deal the channels of equal groups out in turn, so that the next grouped convolution sees all groups.

    y[i*groups + g] = x[g*(C/groups) + i]

    Shapes: x (n, c, ...) -> y (n, c, ...).
    Rules: values are unchanged; shuffling with c/groups groups undoes it.
    Raises: ShapeError where groups does not divide the channels.
    Source: Zhang et al., ShuffleNet, 2018; as PyTorch's ChannelShuffle.

    >>> import numpy as np
    >>> shuffle = ChannelShuffle(2)
    >>> shuffle.forward(shuffle.site((4, 1)), [np.array([[[0.], [1.], [2.], [3.]]])], {}, base.EVALUATION)[0][0, :, 0]
    array([0., 2., 1., 3.])
    """

    kind: ClassVar[str] = "ChannelShuffle"
    formula: ClassVar[str] = "y[i*groups + g] = x[g*(C/groups) + i]"

    groups: int

    def __init__(self, groups: int, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "ChannelShuffle", surplus, "groups, *, name=None", "the number of groups is its only argument"
        )
        self._set(groups=whole_number(groups, "groups", 1), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        c, *sizes = base.maps_shape(shapes)
        if c % self.groups:
            raise ShapeError(f"groups must divide the channels: {c} % groups {self.groups} = {c % self.groups}")
        return selecting.selected(self, shapes, [Shuffled(c, self.groups), *map(Pointwise, sizes)])

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


ChannelShuffle.EXAMPLES = (
    (ChannelShuffle(2), ((6, 1, 2),)),
    (ChannelShuffle(3), ((6, 2),)),
    (ChannelShuffle(1), ((2, 1, 2, 1),)),
)
