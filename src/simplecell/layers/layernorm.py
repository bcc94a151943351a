"""Layer normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Pointwise, Whole, entries, whole_number
from simplecell.layers import base
from simplecell.layers.base import Layer, Shape, Site, Terms, Unit
from simplecell.layers.normalisation import BlockNorm, checked_eps


class LayerNorm(BlockNorm):
    """Give the values of every image mean 0 and variance 1, over all its axes or over the last ones.

    y[n, .., i] = (x[n, .., i] - mean[n, ..]) / sqrt(var[n, ..] + eps) * w[i] + b[i],  i over normalized_shape

    Args:
        normalized_shape: sizes of the last axes that are normalised together, as in PyTorch; the whole image (all axes
            but the batch) unless given. For (c, h, w) the last axis is a row's columns, not the channels.
        eps: added to the variance.
        elementwise_affine: whether w (and b) are there.
        bias: whether b is there, if w is.

    Shapes: any, unchanged.
    Weights: weight, which begins at 1, and bias, at 0, both of normalized_shape; the input's dtype.
    Rules: the variance is biased (divided by the number of values). Training and use are alike. A single value is 0
    before w and b. A NaN spoils what is normalised with it.
    Raises: ArgumentError for impossible arguments; ShapeError where normalized_shape is not the input's last sizes.
    Source: Ba et al., Layer normalization, 2016.

    >>> import numpy as np
    >>> norm = LayerNorm(eps=1e-12, elementwise_affine=False)
    >>> norm.forward(norm.site((2,)), [np.array([[1., 3.], [5., 25.]])], {}, base.EVALUATION)[0]
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    kind: ClassVar[str] = "LayerNorm"
    formula: ClassVar[str] = "y[i] = (x[i] - mean) / sqrt(var + eps) * w[i] + b[i], i over normalized_shape"

    normalized_shape: tuple[int, ...] | None
    elementwise_affine: bool
    bias: bool

    def __init__(
        self,
        normalized_shape: int | Sequence[int] | None = None,
        *surplus: object,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "LayerNorm", surplus, "normalized_shape=None, *, ...",
            "PyTorch's LayerNorm(10, 1e-5) is LayerNorm(10, eps=1e-5) here; several sizes are one tuple",
        )  # fmt: skip
        self._set(
            normalized_shape=None if normalized_shape is None else _sizes(normalized_shape),
            eps=checked_eps(eps),
            elementwise_affine=base.checked_flag(elementwise_affine, "elementwise_affine"),
            bias=base.checked_flag(bias, "bias"),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        sizes = self.normalized_shape
        if sizes is not None and shape[-len(sizes) :] != sizes:
            raise ShapeError(
                f"needs an input whose last sizes are normalized_shape {base.shape_text(sizes)}, got "
                f"{base.shape_text(shape)}"
            )
        free = len(shape) - len(self.weight_axes(shape))
        axes = (*(Pointwise(s) for s in shape[:free]), *(Whole(s, s) for s in shape[free:]))
        return Site(self, shapes, shape, axes, self.weights_of(shape), self.cost(shape))

    def weight_axes(self, shape: Shape) -> tuple[int, ...]:
        last = len(shape) if self.normalized_shape is None else len(self.normalized_shape)
        return tuple(range(len(shape) - last, len(shape)))

    def block(self, shape: Shape) -> int:
        return prod(shape[axis] for axis in self.weight_axes(shape))

    def learned(self) -> tuple[str, ...]:
        return () if not self.elementwise_affine else ("weight", "bias") if self.bias else ("weight",)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        key = "layers.layernorm.affine" if self.elementwise_affine else "layers.layernorm"
        return key, self.numbers(terms)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def _sizes(value: object) -> tuple[int, ...]:
    """A normalized_shape as a tuple of one to four sizes."""
    given = entries(value) if entries(value) is not None else (value,)
    if given is None or not 1 <= len(given) <= 4:
        raise ArgumentError(f"normalized_shape must be one to four sizes, got {value!r}")
    return tuple(whole_number(size, "normalized_shape", 1) for size in given)


LayerNorm.EXAMPLES = (
    (LayerNorm(), ((2, 3, 2),)),
    (LayerNorm(4), ((2, 3, 4),)),
    (LayerNorm((3, 2), bias=False), ((2, 3, 2),)),
    (LayerNorm(eps=0.1), ((6,),)),
    (LayerNorm((3, 1, 2), elementwise_affine=False), ((2, 3, 1, 2),)),
)
