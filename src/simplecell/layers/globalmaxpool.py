"""Global max pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.regions import GlobalPool, MaxOfRegions


class GlobalMaxPool(GlobalPool, MaxOfRegions):
    """Keep the largest value of each channel: whether a feature is anywhere.

    y[n, k] = max over i, j of x[n, k, i, j]

    Shapes: x (n, c, h, w) -> y (n, c, 1, 1); x (n, c, l) -> y (n, c, 1); x (n, c, d, h, w) -> y (n, c, 1, 1, 1).
    Rules: the first maximum in row-major order wins and alone gets the gradient; the first NaN beats every number. No
    multiplications.
    Raises: ShapeError for plain features.
    Source: Oquab et al., Is object localization for free?, 2015. It is AdaptiveMaxPool2d(1) for any rank.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = GlobalMaxPool()
    >>> pool.forward(pool.site((1, 2, 2)), [np.array([[[[1., 3.], [2., 8.]]]])], {}, EVALUATION)
    (array([[[[8.]]]]), array([[[[3]]]]))
    """

    kind: ClassVar[str] = "GlobalMaxPool"
    formula: ClassVar[str] = "y[k] = max x[k,i,j]"


GlobalMaxPool.EXAMPLES = (
    (GlobalMaxPool(), ((2, 3, 4),)),
    (GlobalMaxPool(), ((3, 5),)),
    (GlobalMaxPool(), ((2, 2, 1, 3),)),
)
