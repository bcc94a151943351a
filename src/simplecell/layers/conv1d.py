"""One-dimensional convolution."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.convolution import Convolution


class Conv1d(Convolution):
    """Slide filters along a signal: each output value is a window's inputs times one filter's weights, plus its bias.

    y[n, k, i] = b[k] + sum over c, t of x[n, c, i*s - before + t*d] * w[k, c, t]

    Args:
        out_channels: number of filters; the depth of the output.
        kernel_size: length of a filter.
        stride, dilation: ints from 1.
        padding: zeros before and after the signal: an int, one pair ((before, after),), "valid" (none) or "same"
            (ceil(l / stride) outputs; the odd cell goes after, as in TensorFlow).
        groups: both depths are cut into this many equal parts; each filter sees its own part's in_channels/groups.
        in_channels: checked against the input when given.

    Shapes: x (n, c, l) -> y (n, out_channels, ol); ol = floor((l + before + after - d*(kl-1) - 1)/s) + 1.
    Weights: weight (out_channels, c/groups, kl), bias (out_channels,); the input's dtype.
    Rules: what lies in the padding counts as 0; NaN and infinity pass as IEEE says.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or groups do not divide.
    Source: Waibel et al., Phoneme recognition using time-delay neural networks, 1989. As PyTorch's Conv1d this is a
    cross-correlation: the filter is not flipped.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> conv = Conv1d(1, 2, bias=False)
    >>> x = np.array([[[1., 2., 3.]]])
    >>> conv.forward(conv.site((1, 3)), [x], {"weight": np.array([[[1., 10.]]])}, EVALUATION)[0]
    array([[[21., 32.]]])
    """

    kind: ClassVar[str] = "Conv1d"
    formula: ClassVar[str] = "y[k,i] = b[k] + sum x[c, i*s - before + t*d] * w[k,c,t]"
    rank: ClassVar[int] = 1


Conv1d.EXAMPLES = (
    (Conv1d(2, 3, padding=1), ((3, 5),)),
    (Conv1d(3, 2, stride=2, padding=((1, 2),), dilation=2, bias=False), ((2, 6),)),
    (Conv1d(4, 4, padding="same", stride=3), ((1, 8),)),
    (Conv1d(6, 2, groups=2, in_channels=4), ((4, 3),)),
    (Conv1d(2, 1), ((3, 1),)),
)
