"""Two-dimensional average pooling to a given size."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.regions import AdaptivePool, MeanOfRegions


class AdaptiveAvgPool2d(AdaptivePool, MeanOfRegions):
    """Cut an image into a given number of regions and keep the mean of each, channel by channel.

    y[n, k, i, j] = mean of x[n, k, rows floor(i*H/oh) .. ceil((i+1)*H/oh) - 1, columns likewise]

    Args:
        output_size: rows and columns of the output; one int for a square; None, alone or for one
            axis, keeps the input's size.

    Shapes: x (n, c, h, w) -> y (n, c, oh, ow), oh and ow as given.
    Rules: output i of m reads the cells floor(i*n/m) .. ceil((i+1)*n/m) - 1 of n: where m does not divide n the regions
    differ in size or share cells, and with m > n cells are repeated. NaN propagates. Each cell gets the
    gradient dy/cells of every region it is in. No multiplications, one division.
    Raises: ArgumentError for impossible sizes; ShapeError for an input of another rank.
    Source: the regions are those of PyTorch's AdaptiveAvgPool2d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = AdaptiveAvgPool2d((1, 2))
    >>> pool.forward(pool.site((1, 2, 3)), [np.array([[[[1., 3., 7.], [1., 3., 9.]]]])], {}, EVALUATION)[0]
    array([[[[2. , 5.5]]]])
    """

    kind: ClassVar[str] = "AdaptiveAvgPool2d"
    formula: ClassVar[str] = (
        "y[k,i,j] = mean x[k, floor(i*H/oh) .. ceil((i+1)*H/oh) - 1, floor(j*W/ow) .. ceil((j+1)*W/ow) - 1]"
    )
    rank: ClassVar[int] = 2


AdaptiveAvgPool2d.EXAMPLES = (
    (AdaptiveAvgPool2d(3), ((2, 7, 8),)),
    (AdaptiveAvgPool2d((2, None)), ((1, 5, 3),)),
    (AdaptiveAvgPool2d((1, 4)), ((2, 3, 3),)),
)
