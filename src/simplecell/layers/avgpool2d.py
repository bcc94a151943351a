"""Two-dimensional average pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.pools import AvgPool


class AvgPool2d(AvgPool):
    """Replace each window by the mean of its values, channel by channel.

    y[n, k, i, j] = (sum over a, e of x[n, k, i*sh - top + a, j*sw - left + e]) / m[i, j]

    Args:
        kernel_size: rows and columns of the window; one int for a square.
        stride: ints, or one per axis, from 1; the kernel's size unless given: windows then lie side by side.
        padding: zeros around the image: the forms of Conv2d's padding, "same" too.
        ceil_mode: round the output's size up; a last window must start inside the input or its left padding.
        count_include_pad: whether m counts the padding; with "same" only real cells count, whatever is given here.

    Shapes: x (n, c, h, w) -> y (n, c, oh, ow); oh = floor((h + top + bottom - kh)/sh) + 1.
    Rules: m[i, j] is the number of the window's cells inside the padded image, or inside the image where the padding
    does not count; what ceil_mode adds beyond the padding never counts. A window without a cell that counts gives 0.
    NaN propagates. Each cell gets the gradient dy/m of every window over it. No multiplications, one division.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit.
    Source: the divisor is that of PyTorch's AvgPool2d, and of TensorFlow's for "same".

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = AvgPool2d(2)
    >>> x = np.array([[[[1., 5., 2., 2.], [3., 5., 2., 2.]]]])
    >>> pool.forward(pool.site((1, 2, 4)), [x], {}, EVALUATION)[0]
    array([[[[3.5, 2. ]]]])
    """

    kind: ClassVar[str] = "AvgPool2d"
    formula: ClassVar[str] = "y[k,i,j] = (sum x[k, i*sh - top + a, j*sw - left + e]) / m[i,j]"
    rank: ClassVar[int] = 2


AvgPool2d.EXAMPLES = (
    (AvgPool2d(2), ((2, 4, 6),)),
    (AvgPool2d(3, stride=2, padding=1), ((1, 7, 6),)),
    (AvgPool2d((2, 3), stride=(1, 2), padding=((1, 0), (0, 2)), count_include_pad=False), ((2, 4, 5),)),
    (AvgPool2d(3, stride=2, padding=1, ceil_mode=True), ((1, 6, 4),)),
    (AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), ((1, 6, 4),)),
    (AvgPool2d(4, padding="same", stride=2), ((2, 5, 9),)),
    (AvgPool2d(2, stride=1, padding=2, count_include_pad=False), ((1, 2, 3),)),
)
