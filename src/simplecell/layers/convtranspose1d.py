"""One-dimensional transposed convolution."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.transposed import TransposedConvolution


class ConvTranspose1d(TransposedConvolution):
    """Spread each value of a signal over a window, weighted by a filter; where windows overlap the products add up.

    y[n, k, i] = b[k] + sum over c, j, t with j*s - before + t*d = i of x[n, c, j] * w[c, k, t]

    Args:
        out_channels: depth of the output.
        kernel_size: length of a window.
        stride: how far the windows of neighbours lie apart: the output is about so many times longer.
        padding: cells cut off each side of the output: an int, one pair ((before, after),) or "valid" (none).
        output_padding: cells added after the output's end, smaller than stride or dilation.
        groups: both depths are cut into this many equal parts; each output channel gets its own part's inputs.
        dilation: distance between the window's taps.
        in_channels: checked against the input when given.

    Shapes: x (n, c, l) -> y (n, out_channels, ol); ol = (l - 1)*s - before - after + d*(kl-1) + output_padding + 1.
    Weights: weight (c, out_channels/groups, kl), bias (out_channels,); the input's dtype.
    Rules: an output that no window covers is the bias, or 0. NaN and infinity pass as IEEE says. It is the gradient of
    Conv1d of the same arguments to its input; it does not undo a convolution's values, only its sizes.
    Raises: ArgumentError for impossible arguments; ShapeError where groups do not divide or nothing would be left.
    Source: Zeiler et al., Deconvolutional networks, 2010. The arguments and sizes are those of PyTorch's
    ConvTranspose1d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> up = ConvTranspose1d(1, 3, stride=2, bias=False)
    >>> x = np.array([[[1., 2.]]])
    >>> up.forward(up.site((1, 2)), [x], {"weight": np.array([[[1., 10., 100.]]])}, EVALUATION)[0]
    array([[[  1.,  10., 102.,  20., 200.]]])
    """

    kind: ClassVar[str] = "ConvTranspose1d"
    formula: ClassVar[str] = "y[k,i] = b[k] + sum x[c,j] * w[c,k,t] where j*s - before + t*d = i"
    rank: ClassVar[int] = 1


ConvTranspose1d.EXAMPLES = (
    (ConvTranspose1d(2, 3), ((3, 4),)),
    (ConvTranspose1d(4, 3, stride=2, padding=1, output_padding=1, groups=2), ((2, 3),)),
    (ConvTranspose1d(1, 2, stride=3, padding=((0, 1),), bias=False), ((2, 4),)),
    (ConvTranspose1d(2, 2, dilation=3, padding=2, output_padding=2), ((1, 3),)),
)
