"""Two-dimensional max pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.pools import MaxPool


class MaxPool2d(MaxPool):
    """Keep the largest value of each window, channel by channel.

    y[n, k, i, j] = max over a, e of x[n, k, i*sh - top + a*dh, j*sw - left + e*dw]

    Args:
        kernel_size: rows and columns of the window; one int for a square.
        stride: ints, or one per axis, from 1; the kernel's size unless given: windows then lie side by side.
        padding: cells around the image that never win: the forms of Conv2d's padding, "same" too.
        dilation: distance between the window's taps; one int, or one per axis.
        ceil_mode: round the output's size up; a last window must start inside the input or its left padding.

    Shapes: x (n, c, h, w) -> y (n, c, oh, ow); oh = floor((h + top + bottom - dh*(kh-1) - 1)/sh) + 1.
    Rules: the first maximum in row-major order wins and alone gets the gradient; gradients of overlapping windows add
    up. NaN propagates: a NaN beats every number, the first NaN wins. Padding never wins, not even against -infinity.
    No multiplications.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or would see only padding.
    Source: the rules for ties, NaN and ceil_mode are those of PyTorch's MaxPool2d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = MaxPool2d(2)
    >>> x = np.array([[[[1., 5., 2., 2.], [3., 5., 2., 2.]]]])
    >>> y, winner = pool.forward(pool.site((1, 2, 4)), [x], {}, EVALUATION)
    >>> y, winner
    (array([[[[5., 2.]]]]), array([[[[1, 2]]]]))
    """

    kind: ClassVar[str] = "MaxPool2d"
    formula: ClassVar[str] = "y[k,i,j] = max x[k, i*sh - top + a*dh, j*sw - left + e*dw]"
    rank: ClassVar[int] = 2


MaxPool2d.EXAMPLES = (
    (MaxPool2d(2), ((2, 4, 6),)),
    (MaxPool2d(3, stride=2, padding=1), ((1, 7, 6),)),
    (MaxPool2d((2, 3), stride=(1, 2), padding=((1, 0), (0, 2))), ((2, 4, 5),)),
    (MaxPool2d(3, stride=2, ceil_mode=True), ((1, 6, 4),)),
    (MaxPool2d(2, stride=1, dilation=(2, 3), padding=(1, 1)), ((1, 5, 6),)),
    (MaxPool2d(4, padding="same"), ((2, 6, 9),)),
    (MaxPool2d(3, stride=1, padding="same"), ((1, 3, 4),)),
    (MaxPool2d(3, stride=2, ceil_mode=True), ((1, 2, 2),)),
)
