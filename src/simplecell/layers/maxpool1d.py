"""One-dimensional max pooling."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.pools import MaxPool


class MaxPool1d(MaxPool):
    """Keep the largest value of each window, channel by channel.

    y[n, k, i] = max over t of x[n, k, i*s - before + t*d]

    Args:
        kernel_size: length of the window.
        stride: an int from 1; the kernel's size unless given: windows then lie side by side.
        padding: cells before and after the signal that never win: the forms of Conv1d's padding, "same" too.
        dilation: distance between the window's taps.
        ceil_mode: round the output's size up; a last window must start inside the input or its left padding.

    Shapes: x (n, c, l) -> y (n, c, ol); ol = floor((l + before + after - d*(kl-1) - 1)/s) + 1.
    Rules: the first maximum wins and alone gets the gradient; gradients of overlapping windows add
    up. NaN propagates: a NaN beats every number, the first NaN wins. Padding never wins, not even against -infinity.
    No multiplications.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or would see only padding.
    Source: the rules for ties, NaN and ceil_mode are those of PyTorch's MaxPool1d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> pool = MaxPool1d(2)
    >>> y, winner = pool.forward(pool.site((1, 5)), [np.array([[[1., 5., 2., 2., 9.]]])], {}, EVALUATION)
    >>> y, winner
    (array([[[5., 2.]]]), array([[[1, 2]]]))
    """

    kind: ClassVar[str] = "MaxPool1d"
    formula: ClassVar[str] = "y[k,i] = max x[k, i*s - before + t*d]"
    rank: ClassVar[int] = 1


MaxPool1d.EXAMPLES = (
    (MaxPool1d(2), ((2, 6),)),
    (MaxPool1d(3, stride=2, padding=1), ((1, 7),)),
    (MaxPool1d(3, stride=2, ceil_mode=True), ((2, 6),)),
    (MaxPool1d(2, stride=1, dilation=3, padding=((1, 0),)), ((1, 5),)),
    (MaxPool1d(4, padding="same"), ((2, 9),)),
)
