"""Two-dimensional max pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Padding, Pads, Pointwise, padding_form, per_axis
from simplecell.layers import base, windows
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit


@dataclass(frozen=True, init=False)
class MaxPool2d(Layer):
    """Keep the largest value of each window, channel by channel.

    y[n, k, i, j] = max over a, e of x[n, k, i*sh - top + a*dh, j*sw - left + e*dw]

    Args:
        kernel_size: rows and columns of the window; one int for a square.
        stride: ints, or one per axis, from 1; the kernel's size unless given: windows then lie side by side.
        padding: cells around the image that never win: the forms of Conv2d's padding, "same" too.
        dilation: distance between the window's taps; one int, or one per axis.
        ceil_mode: round the output's size up; a last window must start inside the input or its left padding.

    Shapes: x (n, c, h, w) -> y (n, c, oh, ow); oh = floor((h + top + bottom - dh*(kh-1) - 1)/sh) + 1.
    Rules: the first maximum in row-major order wins and alone gets the gradient; gradients of overlapping windows add
    up. NaN propagates: a NaN beats every number, the first NaN wins. Padding never wins, not even against -infinity.
    No multiplications.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit or would see only padding.
    Source: the rules for ties, NaN and ceil_mode are those of PyTorch's MaxPool2d.

    >>> import numpy as np
    >>> pool = MaxPool2d(2)
    >>> x = np.array([[[[1., 5., 2., 2.], [3., 5., 2., 2.]]]])
    >>> y, winner = pool.forward(pool.site((1, 2, 4)), [x], {}, base.EVALUATION)
    >>> y, winner
    (array([[[[5., 2.]]]]), array([[[[1, 2]]]]))
    """

    kind: ClassVar[str] = "MaxPool2d"
    formula: ClassVar[str] = "y[k,i,j] = max x[k, i*sh - top + a*dh, j*sw - left + e*dw]"

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str | tuple[Pads, ...]
    dilation: tuple[int, ...]
    ceil_mode: bool

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        *surplus: object,
        stride: int | Sequence[int] | None = None,
        padding: Padding = 0,
        dilation: int | Sequence[int] = 1,
        ceil_mode: bool = False,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "MaxPool2d", surplus, "kernel_size, *, ...",
            "PyTorch's MaxPool2d(3, 2) is MaxPool2d(3, stride=2) here; stride=, padding= and the rest go by name",
        )  # fmt: skip
        self._set(
            kernel_size=per_axis(kernel_size, "kernel_size", 2, 1),
            stride=per_axis(kernel_size if stride is None else stride, "stride", 2, 1),
            padding=padding_form(padding, 2),
            dilation=per_axis(dilation, "dilation", 2, 1),
            ceil_mode=base.checked_flag(ceil_mode, "ceil_mode"),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        c, h, w = base.image_shape(shapes)
        rows, cols = windows.sliding_axes(
            (c, h, w), self.kernel_size, self.stride, self.dilation, self.padding, self.ceil_mode
        )
        for what, axis in (("rows", rows), ("columns", cols)):
            blind = windows.blind_output(axis)
            if blind is not None:
                taps = ", ".join(map(str, axis.window.taps(blind)[:8]))
                raise ShapeError(
                    f"each window needs a real cell, but output {blind} along the {what} would see only padding: its "
                    f"taps {taps} lie outside 0 .. {axis.inputs - 1}"
                )
        output = (c, rows.outputs, cols.outputs)
        base.check_bytes(output, "MaxPool2d output")
        return Site(self, shapes, output, (Pointwise(c), rows, cols), {}, Cost())

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,), axes = xs, site.windows
        h, w = x.shape[2:]
        image = windows.padded(x, axes, -np.inf)
        places = windows.padded(np.arange(h * w, dtype=np.int64).reshape(1, 1, h, w), axes, -1)  # -1 is padding
        y = np.full((len(x), *site.output), -np.inf, x.dtype)
        winner = np.full(y.shape, -1)
        for tap in windows.taps_of(axes):
            cells = windows.through_tap(axes, tap)
            seen, place = image[cells], places[cells]
            wins = (place >= 0) & ((winner < 0) | (seen > y) | (np.isnan(seen) & ~np.isnan(y)))
            y, winner = np.where(wins, seen, y), np.where(wins, place, winner)
        return y, winner

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        n, c, h, w = xs[0].shape
        dx = np.zeros((n, c, h * w), dy.dtype)
        image, channel, _, _ = np.ogrid[:n, :c, :1, :1]
        np.add.at(dx, (image, channel, saved), dy)
        return (dx.reshape(n, c, h, w),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        at, real, values = windows.window_terms(xs[0], site.windows, unit, unit[:1], -np.inf)
        nan = np.flatnonzero(np.isnan(values))
        best = nan if len(nan) else np.flatnonzero(real & (values == values[real].max()))
        factor = np.zeros(len(at))
        factor[best[0]] = 1.0
        products = np.where(factor > 0, values, 0.0)
        source = np.zeros(len(at), np.int64)
        value = float(values[best[0]])
        return Terms("max", source, at, real, values, factor, products, None, value, winner=int(best[0]))

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        _, y, x = terms.at[np.argmax(terms.weights)].tolist()
        return "layers.maxpool2d", {
            "channel": unit[0], "y": unit[1], "x": unit[2], "cells": int(terms.real.sum()), "at_y": y, "at_x": x,
            "value": terms.value,
        }  # fmt: skip

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return windows.tap_sums(xs[0], site.windows)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


MaxPool2d.EXAMPLES = (
    (MaxPool2d(2), ((2, 4, 6),)),
    (MaxPool2d(3, stride=2, padding=1), ((1, 7, 6),)),
    (MaxPool2d((2, 3), stride=(1, 2), padding=((1, 0), (0, 2))), ((2, 4, 5),)),
    (MaxPool2d(3, stride=2, ceil_mode=True), ((1, 6, 4),)),
    (MaxPool2d(2, stride=1, dilation=(2, 3), padding=(1, 1)), ((1, 5, 6),)),
    (MaxPool2d(4, padding="same"), ((2, 6, 9),)),
    (MaxPool2d(3, stride=1, padding="same"), ((1, 3, 4),)),
    (MaxPool2d(3, stride=2, ceil_mode=True), ((1, 2, 2),)),
)
