"""Three-dimensional max pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.pools import MaxPool


class MaxPool3d(MaxPool):
    """Keep the largest value of each window, channel by channel.

    y[n, k, l, i, j] = max over t, a, e of x[n, k, l*sd - front + t*dd, i*sh - top + a*dh, j*sw - left + e*dw]

    Args:
        kernel_size: slices, rows and columns of the window; one int for a cube.
        stride: ints, or one per axis, from 1; the kernel's size unless given: windows then lie side by side.
        padding: cells around the volume that never win: the forms of Conv3d's padding, "same" too.
        dilation: distance between the window's taps; one int, or one per axis.
        ceil_mode: round the output's size up; a last window must start inside the input or its first padding.

    Shapes: x (n, c, d, h, w) -> y (n, c, od, oh, ow); od = floor((d + front + back - dd*(kd-1) - 1)/sd) + 1.
    Rules: the first maximum in row-major order wins and alone gets the gradient; gradients of overlapping windows add
    up. NaN propagates: a NaN beats every number, the first NaN wins. Padding never wins, not even against -infinity.
    No multiplications.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or would see only padding.
    Source: the rules for ties, NaN and ceil_mode are those of PyTorch's MaxPool3d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = MaxPool3d((2, 1, 2))
    >>> x = np.array([[[[[1., 5., 2., 2.]], [[3., 5., 2., 4.]]]]])
    >>> pool.forward(pool.site((1, 2, 1, 4)), [x], {}, EVALUATION)[0]
    array([[[[[5., 4.]]]]])
    """

    kind: ClassVar[str] = "MaxPool3d"
    formula: ClassVar[str] = "y[k,l,i,j] = max x[k, l*sd - front + t*dd, i*sh - top + a*dh, j*sw - left + e*dw]"
    rank: ClassVar[int] = 3


MaxPool3d.EXAMPLES = (
    (MaxPool3d(2), ((2, 2, 4, 3),)),
    (MaxPool3d((1, 3, 2), stride=(1, 2, 1), padding=((0, 0), (1, 0), (0, 1))), ((1, 2, 4, 3),)),
    (MaxPool3d(2, stride=2, ceil_mode=True), ((1, 3, 3, 2),)),
    (MaxPool3d(2, stride=1, padding="same", dilation=(2, 1, 1)), ((1, 3, 2, 3),)),
)
