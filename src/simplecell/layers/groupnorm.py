"""Group normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from simplecell.errors import ShapeError
from simplecell.geometry import Whole, whole_number
from simplecell.layers import base
from simplecell.layers.base import Layer, Shape, Site, Terms, Unit
from simplecell.layers.normalisation import BlockNorm, affine, checked_eps


class GroupNorm(BlockNorm):
    """Give every group of neighbouring channels of every image mean 0 and variance 1 over its channels and places.

    y[n, k, i] = (x[n, k, i] - mean[n, g]) / sqrt(var[n, g] + eps) * w[k] + b[k],  g = floor(k * groups / c)

    Args:
        groups: number of equal groups of channels; PyTorch's num_groups.
        eps: added to the variance.
        affine: whether w and b are there.

    Shapes: any, unchanged; channels are counted from the input.
    Weights: weight (c,), which begins at 1, and bias (c,), at 0; the input's dtype.
    Rules: the variance is biased (divided by the number of values). Training and use are alike. A group of one value
    is 0 before w and b. A NaN spoils its group of its image.
    Raises: ArgumentError for impossible arguments; ShapeError where the groups do not divide the channels.
    Source: Wu and He, Group normalization, 2018.

    >>> import numpy as np
    >>> norm = GroupNorm(2, eps=1e-12, affine=False)
    >>> norm.forward(norm.site((4,)), [np.array([[1., 3., 5., 25.]])], {}, base.EVALUATION)[0]
    array([[-1.,  1., -1.,  1.]])
    """

    kind: ClassVar[str] = "GroupNorm"
    formula: ClassVar[str] = "y[k,i] = (x[k,i] - mean[g]) / sqrt(var[g] + eps) * w[k] + b[k], g = floor(k*groups/c)"

    groups: int
    affine: bool

    def __init__(
        self, groups: int, *surplus: object, eps: float = 1e-5, affine: bool = True, name: str | None = None
    ) -> None:
        base.refuse_surplus(
            "GroupNorm", surplus, "groups, *, eps=1e-5, affine=True, name=None",
            "PyTorch's GroupNorm(8, 64) is GroupNorm(8) here: channels are counted from the input",
        )  # fmt: skip
        self._set(
            groups=whole_number(groups, "groups", 1),
            eps=checked_eps(eps),
            affine=base.checked_flag(affine, "affine"),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        c = shape[0]
        if c % self.groups:
            raise ShapeError(f"groups must divide the channels: {c} % groups {self.groups} = {c % self.groups}")
        axes = (Whole(c, c, self.groups), *(Whole(s, s) for s in shape[1:]))
        return Site(self, shapes, shape, axes, self.weights_of(shape), self.cost(shape))

    def block(self, shape: Shape) -> int:
        return prod(shape) // self.groups

    def learned(self) -> tuple[str, ...]:
        return affine(self.affine)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        key = "layers.groupnorm.affine" if self.affine else "layers.groupnorm"
        return key, self.numbers(terms) | {"channel": unit[0], "group": unit[0] * self.groups // site.output[0]}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


GroupNorm.EXAMPLES = (
    (GroupNorm(2), ((4, 2, 3),)),
    (GroupNorm(1, affine=False), ((3, 2, 2),)),
    (GroupNorm(3, eps=0.1), ((6,),)),
    (GroupNorm(2), ((2, 5),)),
    (GroupNorm(2), ((4, 1, 2, 2),)),
)
