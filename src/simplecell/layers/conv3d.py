"""Three-dimensional convolution."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.convolution import Convolution


class Conv3d(Convolution):
    """Slide filters through a volume: each output value is a window's inputs times one filter's weights, plus its bias.

    y[n, k, l, i, j] = b[k] + sum over c, t, a, e of
        x[n, c, l*sd - front + t*dd, i*sh - top + a*dh, j*sw - left + e*dw] * w[k, c, t, a, e]

    Args:
        out_channels: number of filters; the depth of the output.
        kernel_size: slices, rows and columns of a filter; one int for a cube.
        stride, dilation: ints, or one per axis, from 1.
        padding: zeros around the volume: an int, one per axis, pairs ((front, back), (top, bottom), (left, right)),
            "valid" (none) or "same" (ceil(size / stride) outputs; the odd cell goes after, as in TensorFlow).
        groups: both depths are cut into this many equal parts; each filter sees its own part's in_channels/groups.
        in_channels: checked against the input when given.

    Shapes: x (n, c, d, h, w) -> y (n, out_channels, od, oh, ow); od = floor((d + front + back - dd*(kd-1) - 1)/sd) + 1.
    Weights: weight (out_channels, c/groups, kd, kh, kw), bias (out_channels,); the input's dtype.
    Rules: what lies in the padding counts as 0; NaN and infinity pass as IEEE says.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or groups do not divide.
    Source: Ji et al., 3D convolutional neural networks for human action recognition, 2013. As PyTorch's Conv3d this is
    a cross-correlation: the filter is not flipped.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> conv = Conv3d(1, (2, 1, 2), bias=False)
    >>> x = np.array([[[[[1., 2., 3.]], [[4., 5., 6.]]]]])
    >>> conv.forward(conv.site((1, 2, 1, 3)), [x], {"weight": np.array([[[[[1., 0.]], [[0., 10.]]]]])}, EVALUATION)[0]
    array([[[[[51., 62.]]]]])
    """

    kind: ClassVar[str] = "Conv3d"
    formula: ClassVar[str] = (
        "y[k,l,i,j] = b[k] + sum x[c, l*sd-front+t*dd, i*sh-top+a*dh, j*sw-left+e*dw] * w[k,c,t,a,e]"
    )
    rank: ClassVar[int] = 3


Conv3d.EXAMPLES = (
    (Conv3d(2, 2, padding=1), ((2, 2, 3, 2),)),
    (Conv3d(1, (2, 1, 3), stride=(1, 2, 1), padding=((1, 0), (0, 0), (0, 2)), bias=False), ((2, 3, 3, 2),)),
    (Conv3d(2, 2, padding="same", stride=2), ((1, 3, 2, 3),)),
    (Conv3d(4, (1, 2, 1), groups=2, dilation=(1, 2, 1)), ((2, 2, 3, 1),)),
)
