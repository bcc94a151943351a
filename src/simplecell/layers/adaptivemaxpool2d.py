"""Two-dimensional max pooling to a given size."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.regions import AdaptivePool, MaxOfRegions


class AdaptiveMaxPool2d(AdaptivePool, MaxOfRegions):
    """Cut an image into a given number of regions and keep the largest value of each, channel by channel.

    y[n, k, i, j] = max of x[n, k, rows floor(i*H/oh) .. ceil((i+1)*H/oh) - 1, columns likewise]

    Args:
        output_size: rows and columns of the output; one int for a square; None, alone or for one
            axis, keeps the input's size.

    Shapes: x (n, c, h, w) -> y (n, c, oh, ow), oh and ow as given.
    Rules: output i of m reads the cells floor(i*n/m) .. ceil((i+1)*n/m) - 1 of n: where m does not divide n the regions
    differ in size or share cells, and with m > n cells are repeated. The first maximum in row-major order wins
    and alone gets the gradient; the first NaN beats every number. No multiplications.
    Raises: ArgumentError for impossible sizes; ShapeError for an input of another rank.
    Source: the regions are those of PyTorch's AdaptiveMaxPool2d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = AdaptiveMaxPool2d((1, 2))
    >>> pool.forward(pool.site((1, 2, 3)), [np.array([[[[1., 3., 7.], [1., 3., 9.]]]])], {}, EVALUATION)
    (array([[[[3., 9.]]]]), array([[[[1, 5]]]]))
    """

    kind: ClassVar[str] = "AdaptiveMaxPool2d"
    formula: ClassVar[str] = (
        "y[k,i,j] = max x[k, floor(i*H/oh) .. ceil((i+1)*H/oh) - 1, floor(j*W/ow) .. ceil((j+1)*W/ow) - 1]"
    )
    rank: ClassVar[int] = 2


AdaptiveMaxPool2d.EXAMPLES = (
    (AdaptiveMaxPool2d(3), ((2, 7, 8),)),
    (AdaptiveMaxPool2d((2, None)), ((1, 5, 3),)),
    (AdaptiveMaxPool2d((1, 4)), ((2, 3, 3),)),
)
