"""Instance normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from simplecell.errors import ShapeError
from simplecell.geometry import Pointwise, Whole
from simplecell.layers import base
from simplecell.layers.base import Layer, Shape, Site, Terms, Unit
from simplecell.layers.normalisation import BlockNorm, affine, checked_eps


class InstanceNorm(BlockNorm):
    """Give every channel of every image mean 0 and variance 1 over its places.

    y[n, k, i] = (x[n, k, i] - mean[n, k]) / sqrt(var[n, k] + eps) * w[k] + b[k]

    Args:
        eps: added to the variance.
        affine: whether w and b are there.

    Shapes: (n, c, l), (n, c, h, w) or (n, c, d, h, w), unchanged; channels are counted from the input.
    Weights: weight (c,), which begins at 1, and bias (c,), at 0; the input's dtype.
    Rules: the variance is biased (divided by the number of places). Training and use are alike. A NaN spoils its
    channel of its image.
    Raises: ArgumentError for impossible arguments; ShapeError for channels of one value, whose variance would be 0.
    Source: Ulyanov et al., Instance normalization: the missing ingredient for fast stylization, 2016.

    >>> import numpy as np
    >>> norm = InstanceNorm(eps=1e-12)
    >>> norm.forward(norm.site((1, 2)), [np.array([[[1., 3.]], [[5., 5.]]])], {}, base.EVALUATION)[0]
    array([[[-1.,  1.]],
    <BLANKLINE>
           [[ 0.,  0.]]])
    """

    kind: ClassVar[str] = "InstanceNorm"
    formula: ClassVar[str] = "y[k,i] = (x[k,i] - mean[k]) / sqrt(var[k] + eps) * w[k] + b[k]"

    affine: bool

    def __init__(self, *surplus: object, eps: float = 1e-5, affine: bool = False, name: str | None = None) -> None:
        base.refuse_surplus(
            "InstanceNorm", surplus, "*, eps=1e-5, affine=False, name=None",
            "PyTorch's InstanceNorm2d(64) is InstanceNorm() here: channels are counted from the input",
        )  # fmt: skip
        self._set(eps=checked_eps(eps), affine=base.checked_flag(affine, "affine"), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if prod(shape[1:]) < 2:
            raise ShapeError(
                f"needs more than one value per channel and image, got 1 ({base.shape_text(shape)}): their variance "
                "would be 0; use sc.LayerNorm() or sc.BatchNorm()"
            )
        axes = (Pointwise(shape[0]), *(Whole(s, s) for s in shape[1:]))
        return Site(self, shapes, shape, axes, self.weights_of(shape), self.cost(shape))

    def block(self, shape: Shape) -> int:
        return prod(shape[1:])

    def learned(self) -> tuple[str, ...]:
        return affine(self.affine)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        key = "layers.instancenorm.affine" if self.affine else "layers.instancenorm"
        return key, self.numbers(terms) | {"channel": unit[0]}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


InstanceNorm.EXAMPLES = (
    (InstanceNorm(), ((2, 3, 4),)),
    (InstanceNorm(affine=True), ((3, 2, 2),)),
    (InstanceNorm(eps=0.1, affine=True), ((2, 5),)),
    (InstanceNorm(), ((2, 2, 1, 3),)),
)
