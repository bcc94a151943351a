"""Two-dimensional convolution."""

from __future__ import annotations

from typing import ClassVar

from simplecell.layers.convolution import Convolution


class Conv2d(Convolution):
    """Slide filters over an image: each output value is a window's inputs times one filter's weights, plus its bias.

    y[n, k, i, j] = b[k] + sum over c, a, e of x[n, c, i*sh - top + a*dh, j*sw - left + e*dw] * w[k, c, a, e]

    Args:
        out_channels: number of filters; the depth of the output.
        kernel_size: rows and columns of a filter; one int for a square.
        stride, dilation: ints, or one per axis, from 1.
        padding: zeros around the image: an int, one per axis, pairs ((top, bottom), (left, right)), "valid" (none) or
            "same" (ceil(h / stride) outputs for any kernel and stride; the odd cell goes after, as in TensorFlow).
        groups: both depths are cut into this many equal parts; each filter sees its own part's in_channels/groups.
        in_channels: checked against the input when given.

    Shapes: x (n, c, h, w) -> y (n, out_channels, oh, ow); oh = floor((h + top + bottom - dh*(kh-1) - 1)/sh) + 1.
    Weights: weight (out_channels, c/groups, kh, kw), bias (out_channels,); the input's dtype.
    Rules: what lies in the padding counts as 0; NaN and infinity pass as IEEE says. Where the engine chooses Winograd
    (3x3, stride 1; plans name it) errors are relative to a tile of 4x4 outputs, and a NaN or infinity spreads over
    the tiles that read it; `use(precision="exact")` forbids it.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or groups do not divide.
    Source: LeCun et al., Gradient-based learning applied to document recognition, 1998. As PyTorch's Conv2d this is
    a cross-correlation: the filter is not flipped.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> conv = Conv2d(1, 2, bias=False)
    >>> x = np.array([[[[1., 2., 3.], [4., 5., 6.]]]])
    >>> conv.forward(conv.site((1, 2, 3)), [x], {"weight": np.array([[[[1., 0.], [0., 10.]]]])}, EVALUATION)[0]
    array([[[[51., 62.]]]])
    """

    kind: ClassVar[str] = "Conv2d"
    formula: ClassVar[str] = "y[k,i,j] = b[k] + sum x[c, i*sh - top + a*dh, j*sw - left + e*dw] * w[k,c,a,e]"
    rank: ClassVar[int] = 2


Conv2d.EXAMPLES = (
    (Conv2d(2, 3, padding=1), ((3, 5, 4),)),
    (Conv2d(3, (2, 3), stride=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2), bias=False), ((2, 6, 7),)),
    (Conv2d(4, 4, padding="same", stride=2), ((1, 7, 9),)),
    (Conv2d(6, 2, groups=2, in_channels=4), ((4, 3, 3),)),
    (Conv2d(4, 3, groups=4, padding=(0, 1), dilation=2), ((4, 6, 5),)),
    (Conv2d(5, 1), ((3, 1, 1),)),
)
