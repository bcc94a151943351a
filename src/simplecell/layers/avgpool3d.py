"""Three-dimensional average pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.pools import AvgPool


class AvgPool3d(AvgPool):
    """Replace each window by the mean of its values, channel by channel.

    y[n, k, l, i, j] = (sum over t, a, e of x[n, k, l*sd - front + t, i*sh - top + a, j*sw - left + e]) / m[l, i, j]

    Args:
        kernel_size: slices, rows and columns of the window; one int for a cube.
        stride: ints, or one per axis, from 1; the kernel's size unless given: windows then lie side by side.
        padding: zeros around the volume: the forms of Conv3d's padding, "same" too.
        ceil_mode: round the output's size up; a last window must start inside the input or its first padding.
        count_include_pad: whether m counts the padding; with "same" only real cells count, whatever is given here.

    Shapes: x (n, c, d, h, w) -> y (n, c, od, oh, ow); od = floor((d + front + back - kd)/sd) + 1.
    Rules: m[l, i, j] is the number of the window's cells inside the padded volume, or inside the volume where the
    padding does not count; what ceil_mode adds beyond the padding never counts. A window without a cell that counts
    gives 0. NaN propagates. Each cell gets the gradient dy/m of every window over it. No multiplications, one
    division.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit.
    Source: the divisor is that of PyTorch's AvgPool3d, and of TensorFlow's for "same".

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = AvgPool3d((2, 1, 2))
    >>> x = np.array([[[[[1., 5., 2., 2.]], [[3., 5., 2., 4.]]]]])
    >>> pool.forward(pool.site((1, 2, 1, 4)), [x], {}, EVALUATION)[0]
    array([[[[[3.5, 2.5]]]]])
    """

    kind: ClassVar[str] = "AvgPool3d"
    formula: ClassVar[str] = "y[k,l,i,j] = (sum x[k, l*sd - front + t, i*sh - top + a, j*sw - left + e]) / m[l,i,j]"
    rank: ClassVar[int] = 3


AvgPool3d.EXAMPLES = (
    (AvgPool3d(2), ((2, 2, 4, 3),)),
    (AvgPool3d((1, 3, 2), stride=(1, 2, 1), padding=((0, 0), (1, 0), (0, 1))), ((1, 2, 4, 3),)),
    (AvgPool3d(2, stride=2, padding=1, ceil_mode=True, count_include_pad=False), ((1, 2, 3, 2),)),
    (AvgPool3d(2, stride=1, padding="same"), ((1, 3, 2, 2),)),
)
