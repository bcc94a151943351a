"""Three-dimensional transposed convolution."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.transposed import TransposedConvolution


class ConvTranspose3d(TransposedConvolution):
    """Spread each value of a volume over a window, weighted by a filter; where windows overlap the products add up.

    y[n, k, l, i, j] = b[k] + sum over c, o, p, q, t, a, e with o*sd - front + t*dd = l, p*sh - top + a*dh = i and
        q*sw - left + e*dw = j of x[n, c, o, p, q] * w[c, k, t, a, e]

    Args:
        out_channels: depth of the output.
        kernel_size: slices, rows and columns of a window; one int for a cube.
        stride: how far the windows of neighbours lie apart; one int, or one per axis: the output is about so many times
            larger.
        padding: cells cut off each side of the output: an int, one per axis, or pairs or "valid" (none).
        output_padding: cells added after the output's end, smaller than stride or dilation.
        groups: both depths are cut into this many equal parts; each output channel gets its own part's inputs.
        dilation: distance between the window's taps.
        in_channels: checked against the input when given.

    Shapes: x (n, c, d, h, w) -> y (n, out_channels, od, oh, ow); od = (d - 1)*sd - front - back + dd*(kd-1) +
    output_padding + 1.
    Weights: weight (c, out_channels/groups, kd, kh, kw), bias (out_channels,); the input's dtype.
    Rules: an output that no window covers is the bias, or 0. NaN and infinity pass as IEEE says. It is the gradient of
    Conv3d of the same arguments to its input; it does not undo a convolution's values, only its sizes.
    Raises: ArgumentError for impossible arguments; ShapeError where groups do not divide or nothing would be left.
    Source: Zeiler et al., Deconvolutional networks, 2010. The arguments and sizes are those of PyTorch's
    ConvTranspose3d.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> up = ConvTranspose3d(1, (2, 1, 1), stride=(1, 1, 2), bias=False)
    >>> x = np.array([[[[[1., 2.]]]]])
    >>> up.forward(up.site((1, 1, 1, 2)), [x], {"weight": np.array([[[[[1.]], [[10.]]]]])}, EVALUATION)[0]
    array([[[[[ 1.,  0.,  2.]],
    <BLANKLINE>
             [[10.,  0., 20.]]]]])
    """

    kind: ClassVar[str] = "ConvTranspose3d"
    formula: ClassVar[str] = (
        "y[k,l,i,j] = b[k] + sum x[c,o,p,q] * w[c,k,t,a,e] where o*sd-front+t*dd = l and so for i, j"
    )
    rank: ClassVar[int] = 3


ConvTranspose3d.EXAMPLES = (
    (ConvTranspose3d(2, 2), ((2, 2, 1, 2),)),
    (ConvTranspose3d(2, 2, stride=2, padding=(0, 1, 0), output_padding=(1, 0, 0), groups=2), ((2, 1, 2, 2),)),
    (ConvTranspose3d(1, (1, 2, 1), dilation=(1, 2, 1), padding=((0, 0), (0, 1), (0, 0)), bias=False), ((2, 2, 2, 1),)),
)
