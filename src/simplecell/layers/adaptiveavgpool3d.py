"""Three-dimensional average pooling to a given size."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.regions import AdaptivePool, MeanOfRegions


class AdaptiveAvgPool3d(AdaptivePool, MeanOfRegions):
    """Cut a volume into a given number of regions and keep the mean of each, channel by channel.

    y[n, k, l, i, j] = mean of x[n, k, slices floor(l*D/od) .. ceil((l+1)*D/od) - 1, rows and columns likewise]

    Args:
        output_size: slices, rows and columns of the output; one int for a cube; None, alone or for one
            axis, keeps the input's size.

    Shapes: x (n, c, d, h, w) -> y (n, c, od, oh, ow), od, oh and ow as given.
    Rules: output i of m reads the cells floor(i*n/m) .. ceil((i+1)*n/m) - 1 of n: where m does not divide n the regions
    differ in size or share cells, and with m > n cells are repeated. NaN propagates. Each cell gets the
    gradient dy/cells of every region it is in. No multiplications, one division.
    Raises: ArgumentError for impossible sizes; ShapeError for an input of another rank.
    Source: the regions are those of PyTorch's AdaptiveAvgPool3d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = AdaptiveAvgPool3d((1, 1, 2))
    >>> pool.forward(pool.site((1, 2, 1, 3)), [np.array([[[[[1., 3., 7.]], [[1., 3., 9.]]]]])], {}, EVALUATION)[0]
    array([[[[[2. , 5.5]]]]])
    """

    kind: ClassVar[str] = "AdaptiveAvgPool3d"
    formula: ClassVar[str] = "y[k,l,i,j] = mean x[k, floor(l*D/od) .. ceil((l+1)*D/od) - 1, and so for i, j]"
    rank: ClassVar[int] = 3


AdaptiveAvgPool3d.EXAMPLES = (
    (AdaptiveAvgPool3d(2), ((2, 3, 2, 3),)),
    (AdaptiveAvgPool3d((1, None, 3)), ((1, 2, 3, 2),)),
)
