"""Channels dealt out as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from simplecell.errors import ShapeError
from simplecell.geometry import whole_number
from simplecell.layers import base, rearranging
from simplecell.layers.base import Array, Layer, Shape, Site


class PixelShuffle(rearranging.Rearranging):
    """Deal r*r channels out as squares of r x r pixels: a larger image with fewer channels.

    y[c, i*r + a, j*r + b] = x[c*r*r + a*r + b, i, j]

    Args:
        upscale_factor: r, from 1.

    Shapes: x (n, c*r*r, h, w) -> y (n, c, h*r, w*r).
    Rules: values are unchanged.
    Raises: ShapeError where r*r does not divide the channels.
    Source: Shi et al., Real-time single image and video super-resolution, 2016; as PyTorch's PixelShuffle.

    >>> import numpy as np
    >>> shuffle = PixelShuffle(2)
    >>> shuffle.forward(shuffle.site((4, 1, 1)), [np.arange(4.).reshape(1, 4, 1, 1)], {}, base.EVALUATION)[0]
    array([[[[0., 1.],
             [2., 3.]]]])
    """

    kind: ClassVar[str] = "PixelShuffle"
    formula: ClassVar[str] = "y[c, i*r + a, j*r + b] = x[c*r*r + a*r + b, i, j]"

    upscale_factor: int

    def __init__(self, upscale_factor: int, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "PixelShuffle",
            surplus,
            "upscale_factor, *, name=None",
            "the factor of rows and columns is its only argument",
        )
        self._set(upscale_factor=whole_number(upscale_factor, "upscale_factor", 1), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        (c, h, w), r = base.image_shape(shapes), self.upscale_factor
        if c % (r * r):
            raise ShapeError(
                f"upscale_factor {r} needs {r}*{r} channels for each one it gives: {c} % {r * r} = {c % (r * r)}"
            )
        return rearranging.rearranged(self, shapes, (c // (r * r), h * r, w * r))

    def there(self, site: Site, x: Array) -> Array:
        (n, _, h, w), r = x.shape, self.upscale_factor
        return x.reshape(n, site.output[0], r, r, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, *site.output)

    def back(self, site: Site, y: Array) -> Array:
        (n, c, _, _), (_, h, w), r = y.shape, site.inputs[0], self.upscale_factor
        return y.reshape(n, c, h, r, w, r).transpose(0, 1, 3, 5, 2, 4).reshape(n, *site.inputs[0])

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


PixelShuffle.EXAMPLES = (
    (PixelShuffle(2), ((8, 2, 1),)),
    (PixelShuffle(3), ((9, 1, 2),)),
    (PixelShuffle(1), ((2, 2, 2),)),
)
