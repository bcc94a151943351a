"""One-dimensional average pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.pools import AvgPool


class AvgPool1d(AvgPool):
    """Replace each window by the mean of its values, channel by channel.

    y[n, k, i] = (sum over t of x[n, k, i*s - before + t]) / m[i]

    Args:
        kernel_size: length of the window.
        stride: an int from 1; the kernel's size unless given: windows then lie side by side.
        padding: zeros before and after the signal: the forms of Conv1d's padding, "same" too.
        ceil_mode: round the output's size up; a last window must start inside the input or its left padding.
        count_include_pad: whether m counts the padding; with "same" only real cells count, whatever is given here.

    Shapes: x (n, c, l) -> y (n, c, ol); ol = floor((l + before + after - kl)/s) + 1.
    Rules: m[i] is the number of the window's cells inside the padded signal, or inside the signal where the padding
    does not count; what ceil_mode adds beyond the padding never counts. A window without a cell that counts gives 0.
    NaN propagates. Each cell gets the gradient dy/m of every window over it. No multiplications, one division.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit.
    Source: the divisor is that of PyTorch's AvgPool1d, and of TensorFlow's for "same".

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = AvgPool1d(2)
    >>> pool.forward(pool.site((1, 5)), [np.array([[[1., 5., 2., 2., 9.]]])], {}, EVALUATION)[0]
    array([[[3., 2.]]])
    """

    kind: ClassVar[str] = "AvgPool1d"
    formula: ClassVar[str] = "y[k,i] = (sum x[k, i*s - before + t]) / m[i]"
    rank: ClassVar[int] = 1


AvgPool1d.EXAMPLES = (
    (AvgPool1d(2), ((2, 6),)),
    (AvgPool1d(3, stride=2, padding=1, ceil_mode=True), ((1, 6),)),
    (AvgPool1d(3, stride=1, padding=((1, 0),), count_include_pad=False), ((2, 4),)),
    (AvgPool1d(4, padding="same", stride=2), ((2, 5),)),
    (AvgPool1d(1, padding=1, count_include_pad=False), ((1, 2),)),
)
