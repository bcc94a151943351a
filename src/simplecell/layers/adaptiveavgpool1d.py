"""One-dimensional average pooling to a given size."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.regions import AdaptivePool, MeanOfRegions


class AdaptiveAvgPool1d(AdaptivePool, MeanOfRegions):
    """Cut a signal into a given number of regions and keep the mean of each, channel by channel.

    y[n, k, i] = mean of x[n, k, floor(i*L/ol) .. ceil((i+1)*L/ol) - 1]

    Args:
        output_size: the output's length; None keeps the input's size.

    Shapes: x (n, c, l) -> y (n, c, output_size).
    Rules: output i of m reads the cells floor(i*n/m) .. ceil((i+1)*n/m) - 1 of n: where m does not divide n the regions
    differ in size or share cells, and with m > n cells are repeated. NaN propagates. Each cell gets the
    gradient dy/cells of every region it is in. No multiplications, one division.
    Raises: ArgumentError for impossible sizes; ShapeError for an input of another rank.
    Source: the regions are those of PyTorch's AdaptiveAvgPool1d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = AdaptiveAvgPool1d(2)
    >>> pool.forward(pool.site((1, 3)), [np.array([[[1., 3., 7.]]])], {}, EVALUATION)[0]
    array([[[2., 5.]]])
    """

    kind: ClassVar[str] = "AdaptiveAvgPool1d"
    formula: ClassVar[str] = "y[k,i] = mean x[k, floor(i*L/ol) .. ceil((i+1)*L/ol) - 1]"
    rank: ClassVar[int] = 1


AdaptiveAvgPool1d.EXAMPLES = (
    (AdaptiveAvgPool1d(3), ((2, 7),)),
    (AdaptiveAvgPool1d(3), ((1, 8),)),
    (AdaptiveAvgPool1d(5), ((1, 3),)),
    (AdaptiveAvgPool1d(None), ((1, 4),)),
)
