"""Two-dimensional convolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Padding, Pads, Whole, padding_form, per_axis, whole_number
from simplecell.layers import base, windows
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit


@dataclass(frozen=True, init=False)
class Conv2d(Layer):
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
    Rules: what lies in the padding counts as 0; NaN and infinity pass as IEEE says.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or groups do not divide.
    Source: LeCun et al., Gradient-based learning applied to document recognition, 1998. As PyTorch's Conv2d this is
    a cross-correlation: the filter is not flipped.

    >>> import numpy as np
    >>> conv = Conv2d(1, 2, bias=False)
    >>> site = conv.site((1, 2, 3))
    >>> x = np.array([[[[1., 2., 3.], [4., 5., 6.]]]])
    >>> conv.forward(site, [x], {"weight": np.array([[[[1., 0.], [0., 10.]]]])}, base.EVALUATION)[0]
    array([[[[51., 62.]]]])
    """

    kind: ClassVar[str] = "Conv2d"
    formula: ClassVar[str] = "y[k,i,j] = b[k] + sum x[c, i*sh - top + a*dh, j*sw - left + e*dw] * w[k,c,a,e]"

    out_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str | tuple[Pads, ...]
    dilation: tuple[int, ...]
    groups: int
    bias: bool
    in_channels: int | None

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | Sequence[int],
        *surplus: object,
        stride: int | Sequence[int] = 1,
        padding: Padding = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        in_channels: int | None = None,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "Conv2d", surplus, "out_channels, kernel_size, *, ...",
            "PyTorch's Conv2d(3, 64, 3) is Conv2d(64, 3, in_channels=3) here, and in_channels may be left out; "
            "stride=, padding= and the rest go by name",
        )  # fmt: skip
        self._set(
            out_channels=whole_number(out_channels, "out_channels", 1),
            kernel_size=per_axis(kernel_size, "kernel_size", 2, 1),
            stride=per_axis(stride, "stride", 2, 1),
            padding=padding_form(padding, 2),
            dilation=per_axis(dilation, "dilation", 2, 1),
            groups=whole_number(groups, "groups", 1),
            bias=base.checked_flag(bias, "bias"),
            in_channels=None if in_channels is None else whole_number(in_channels, "in_channels", 1),
            name=base.checked_name(name),
        )
        if self.out_channels % self.groups:
            raise ArgumentError(
                f"groups must divide both depths: out_channels {self.out_channels} % groups {self.groups} = "
                f"{self.out_channels % self.groups}"
            )

    def site(self, *shapes: Shape) -> Site:
        c, h, w = base.image_shape(shapes)
        if self.in_channels not in (None, c):
            hint = "; the order is C x H x W, this looks like H x W x C" if w == self.in_channels else ""
            raise ShapeError(f"needs {self.in_channels} input channels, got {c} ({base.shape_text((c, h, w))}){hint}")
        if c % self.groups:
            raise ShapeError(
                f"groups must divide both depths: in_channels {c} % groups {self.groups} = {c % self.groups}"
            )
        rows, cols = windows.sliding_axes((c, h, w), self.kernel_size, self.stride, self.dilation, self.padding)
        oh, ow = rows.outputs, cols.outputs
        output = (self.out_channels, oh, ow)
        weights: dict[str, Shape] = {"weight": (self.out_channels, c // self.groups, *self.kernel_size)}
        if self.bias:
            weights["bias"] = (self.out_channels,)
        for what, shape in (("output", output), ("weight", weights["weight"])):
            base.check_bytes(shape, f"Conv2d {what}")
        depth = self.out_channels * (c // self.groups)
        macs = depth * oh * ow * rows.window.size * cols.window.size
        inside = depth * windows.inside_taps(rows) * windows.inside_taps(cols)
        channels = Whole(c, self.out_channels, self.groups)
        return Site(self, shapes, output, (channels, rows, cols), weights, Cost(macs, macs - inside))

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,), w, axes, g = xs, weights["weight"], site.windows, self.groups
        n, (k, oh, ow), c = len(x), site.output, w.shape[1]
        image = windows.padded(x, axes, 0.0)
        y = np.zeros((n, g, k // g, oh * ow), x.dtype)
        for tap in windows.taps_of(axes):
            seen = image[windows.through_tap(axes, tap)].reshape(n, g, c, oh * ow)  # through this tap, by every output
            y += w[:, :, tap[0], tap[1]].reshape(g, k // g, c) @ seen
        y = y.reshape(n, k, oh, ow)
        return (y + weights["bias"][:, None, None] if self.bias else y), image

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        image, w, axes, g = saved, weights["weight"], site.windows, self.groups
        n, (k, oh, ow), c = len(dy), site.output, w.shape[1]
        d = dy.reshape(n, g, k // g, oh * ow)
        dimage, dw = np.zeros_like(image), np.zeros_like(w)
        for tap in windows.taps_of(axes):
            cells = windows.through_tap(axes, tap)
            seen = image[cells].reshape(n, g, c, oh * ow)
            dw[:, :, tap[0], tap[1]] = (d @ seen.swapaxes(2, 3)).sum(0).reshape(k, c)
            back = w[:, :, tap[0], tap[1]].reshape(g, k // g, c).swapaxes(1, 2) @ d
            dimage[cells] += back.reshape(n, g * c, oh, ow)
        dws = {"weight": dw} | ({"bias": dy.sum((0, 2, 3))} if self.bias else {})
        return (windows.unpadded(dimage, axes),), dws

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        channels = site.axes[0].reads(unit[0])
        at, real, values = windows.window_terms(xs[0], site.windows, unit, channels, 0.0)
        w = weights["weight"][unit[0]].astype(np.float64).reshape(-1)
        bias = float(weights["bias"][unit[0]]) if self.bias else None
        products = values * w
        value = float(products.sum() + (bias or 0.0))
        return Terms("sum", np.zeros(len(at), np.int64), at, real, values, w, products, bias, value)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        rows, cols = site.windows
        return "layers.conv2d" if self.bias else "layers.conv2d.no_bias", {
            "channel": unit[0], "y": unit[1], "x": unit[2], "kh": rows.window.size, "kw": cols.window.size,
            "depth": len(site.axes[0].reads(unit[0])), "terms": len(terms.inputs), "padding": int((~terms.real).sum()),
            "value": terms.value,
        }  # fmt: skip

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Conv2d.EXAMPLES = (
    (Conv2d(2, 3, padding=1), ((3, 5, 4),)),
    (Conv2d(3, (2, 3), stride=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2), bias=False), ((2, 6, 7),)),
    (Conv2d(4, 4, padding="same", stride=2), ((1, 7, 9),)),
    (Conv2d(6, 2, groups=2, in_channels=4), ((4, 3, 3),)),
    (Conv2d(4, 3, groups=4, padding=(0, 1), dilation=2), ((4, 6, 5),)),
    (Conv2d(5, 1), ((3, 1, 1),)),
)
