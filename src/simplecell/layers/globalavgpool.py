"""Global average pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.regions import GlobalPool, MeanOfRegions


class GlobalAvgPool(GlobalPool, MeanOfRegions):
    """Replace each channel by the mean of all its values: one number per feature map, before the classifier.

    y[n, k] = (sum over i, j of x[n, k, i, j]) / (h*w)

    Shapes: x (n, c, h, w) -> y (n, c, 1, 1); x (n, c, l) -> y (n, c, 1); x (n, c, d, h, w) -> y (n, c, 1, 1, 1).
    Rules: NaN propagates. Each cell gets the gradient dy/(h*w). No multiplications, one division.
    Raises: ShapeError for plain features.
    Source: Lin et al., Network in network, 2013. It is AdaptiveAvgPool2d(1) for any rank.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = GlobalAvgPool()
    >>> pool.forward(pool.site((1, 2, 2)), [np.array([[[[1., 3.], [2., 8.]]]])], {}, EVALUATION)[0]
    array([[[[3.5]]]])
    """

    kind: ClassVar[str] = "GlobalAvgPool"
    formula: ClassVar[str] = "y[k] = (sum x[k,i,j]) / (h*w)"


GlobalAvgPool.EXAMPLES = (
    (GlobalAvgPool(), ((2, 3, 4),)),
    (GlobalAvgPool(), ((3, 5),)),
    (GlobalAvgPool(), ((2, 2, 1, 3),)),
)
