"""Two-dimensional transposed convolution."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.transposed import TransposedConvolution


class ConvTranspose2d(TransposedConvolution):
    """Spread each value of an image over a window, weighted by a filter; where windows overlap the products add up.

    y[n, k, i, j] = b[k] + sum over c, p, q, a, e with p*sh - top + a*dh = i and q*sw - left + e*dw = j of
        x[n, c, p, q] * w[c, k, a, e]

    Args:
        out_channels: depth of the output.
        kernel_size: rows and columns of a window; one int for a square.
        stride: how far the windows of neighbours lie apart; one int, or one per axis: the output is about so many times
            larger.
        padding: cells cut off each side of the output: an int, one per axis, pairs ((top, bottom), (left, right)) or
            "valid" (none).
        output_padding: cells added after the output's end, smaller than stride or dilation.
        groups: both depths are cut into this many equal parts; each output channel gets its own part's inputs.
        dilation: distance between the window's taps.
        in_channels: checked against the input when given.

    Shapes: x (n, c, h, w) -> y (n, out_channels, oh, ow); oh = (h - 1)*sh - top - bottom + dh*(kh-1) +
    output_padding + 1.
    Weights: weight (c, out_channels/groups, kh, kw), bias (out_channels,); the input's dtype.
    Rules: an output that no window covers is the bias, or 0. NaN and infinity pass as IEEE says. It is the gradient of
    Conv2d of the same arguments to its input; it does not undo a convolution's values, only its sizes.
    Raises: ArgumentError for impossible arguments; ShapeError where groups do not divide or nothing would be left.
    Source: Zeiler et al., Deconvolutional networks, 2010. The arguments and sizes are those of PyTorch's
    ConvTranspose2d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> up = ConvTranspose2d(1, 2, bias=False)
    >>> x = np.array([[[[1., 2.]]]])
    >>> up.forward(up.site((1, 1, 2)), [x], {"weight": np.array([[[[1., 10.], [0., 3.]]]])}, EVALUATION)[0]
    array([[[[ 1., 12., 20.],
             [ 0.,  3.,  6.]]]])
    """

    kind: ClassVar[str] = "ConvTranspose2d"
    formula: ClassVar[str] = "y[k,i,j] = b[k] + sum x[c,p,q] * w[c,k,a,e] where p*sh-top+a*dh = i, q*sw-left+e*dw = j"
    rank: ClassVar[int] = 2


ConvTranspose2d.EXAMPLES = (
    (ConvTranspose2d(2, 3), ((3, 2, 3),)),
    (ConvTranspose2d(4, 3, stride=2, padding=1, output_padding=1, groups=2, in_channels=2), ((2, 3, 2),)),
    (ConvTranspose2d(1, (1, 2), stride=(2, 3), padding=((0, 0), (1, 0)), bias=False), ((2, 2, 3),)),
    (ConvTranspose2d(3, (3, 2), dilation=(1, 2), padding=(1, 0), groups=3), ((3, 3, 2),)),
)
