"""Two-dimensional average pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simplecell.geometry import Padding, Pads, Pointwise, Sliding, padding_form, per_axis
from simplecell.layers import base, windows
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit


@dataclass(frozen=True, init=False)
class AvgPool2d(Layer):
    """Replace each window by the mean of its values, channel by channel.

    y[n, k, i, j] = (sum over a, e of x[n, k, i*sh - top + a, j*sw - left + e]) / m[i, j]

    Args:
        kernel_size: rows and columns of the window; one int for a square.
        stride: ints, or one per axis, from 1; the kernel's size unless given: windows then lie side by side.
        padding: zeros around the image: the forms of Conv2d's padding, "same" too.
        ceil_mode: round the output's size up; a last window must start inside the input or its left padding.
        count_include_pad: whether m counts the padding; with "same" only real cells count, whatever is given here.

    Shapes: x (n, c, h, w) -> y (n, c, oh, ow); oh = floor((h + top + bottom - kh)/sh) + 1.
    Rules: m[i, j] is the number of the window's cells inside the padded image, or inside the image where the padding
    does not count; what ceil_mode adds beyond the padding never counts. A window without a cell that counts gives 0.
    NaN propagates. Each cell gets the gradient dy/m of every window over it. No multiplications, one division.
    Raises: ArgumentError for impossible arguments; ShapeError where the window does not fit.
    Source: the divisor is that of PyTorch's AvgPool2d, and of TensorFlow's for "same".

    >>> import numpy as np
    >>> pool = AvgPool2d(2)
    >>> x = np.array([[[[1., 5., 2., 2.], [3., 5., 2., 2.]]]])
    >>> pool.forward(pool.site((1, 2, 4)), [x], {}, base.EVALUATION)[0]
    array([[[[3.5, 2. ]]]])
    """

    kind: ClassVar[str] = "AvgPool2d"
    formula: ClassVar[str] = "y[k,i,j] = (sum x[k, i*sh - top + a, j*sw - left + e]) / m[i,j]"

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str | tuple[Pads, ...]
    ceil_mode: bool
    count_include_pad: bool

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        *surplus: object,
        stride: int | Sequence[int] | None = None,
        padding: Padding = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "AvgPool2d", surplus, "kernel_size, *, ...",
            "PyTorch's AvgPool2d(3, 2) is AvgPool2d(3, stride=2) here; stride=, padding= and the rest go by name",
        )  # fmt: skip
        self._set(
            kernel_size=per_axis(kernel_size, "kernel_size", 2, 1),
            stride=per_axis(kernel_size if stride is None else stride, "stride", 2, 1),
            padding=padding_form(padding, 2),
            ceil_mode=base.checked_flag(ceil_mode, "ceil_mode"),
            count_include_pad=base.checked_flag(count_include_pad, "count_include_pad"),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        c, h, w = base.image_shape(shapes)
        rows, cols = windows.sliding_axes(
            (c, h, w), self.kernel_size, self.stride, (1, 1), self.padding, self.ceil_mode
        )
        output = (c, rows.outputs, cols.outputs)
        base.check_bytes(output, "AvgPool2d output")
        return Site(self, shapes, output, (Pointwise(c), rows, cols), {}, Cost())

    @property
    def counts_padding(self) -> bool:
        """Whether the divisor counts cells of the padding."""
        return self.count_include_pad and self.padding != "same"

    def counted(self, axis: Sliding, i: int) -> range:
        """The positions of output `i`'s window that the divisor counts along an axis."""
        window, margin = axis.window, self.counts_padding
        first, last = window.start(i), window.start(i) + window.size
        return range(max(first, 0 if not margin else first), min(last, axis.inputs + (window.after if margin else 0)))

    def divisors(self, site: Site, dtype: Any) -> Array:
        """m[i, j] of every window; 1 where no cell counts, whose sum is 0."""
        rows, cols = (np.array([len(self.counted(a, i)) for i in range(a.outputs)]) for a in site.windows)
        return np.maximum(rows[:, None] * cols, 1).astype(dtype)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return windows.tap_sums(xs[0], site.windows) / self.divisors(site, xs[0].dtype), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        axes, share = site.windows, dy / self.divisors(site, dy.dtype)
        dimage = windows.padded(np.zeros_like(xs[0]), axes, 0.0)
        for tap in windows.taps_of(axes):
            dimage[windows.through_tap(axes, tap)] += share
        return (windows.unpadded(dimage, axes),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        at, real, values = windows.window_terms(xs[0], site.windows, unit, unit[:1], 0.0)
        rows, cols = (self.counted(a, i) for a, i in zip(site.windows, unit[1:], strict=True))
        cells = len(rows) * len(cols)
        counts = np.array([y in rows and x in cols for _, y, x in at.tolist()])
        factor = np.where(counts, 1.0 / max(cells, 1), 0.0)
        source, value = np.zeros(len(at), np.int64), float(values.sum() / max(cells, 1))
        named = {"cells": float(cells)}
        return Terms("sum", source, at, real, values, factor, values * factor, None, value, named=named)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"channel": unit[0], "y": unit[1], "x": unit[2], "value": terms.value}
        cells = int(terms.named["cells"])
        if not cells:
            return "layers.avgpool2d.empty", numbers
        return "layers.avgpool2d", numbers | {"cells": cells, "sum": float(terms.inputs.sum())}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


AvgPool2d.EXAMPLES = (
    (AvgPool2d(2), ((2, 4, 6),)),
    (AvgPool2d(3, stride=2, padding=1), ((1, 7, 6),)),
    (AvgPool2d((2, 3), stride=(1, 2), padding=((1, 0), (0, 2)), count_include_pad=False), ((2, 4, 5),)),
    (AvgPool2d(3, stride=2, padding=1, ceil_mode=True), ((1, 6, 4),)),
    (AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), ((1, 6, 4),)),
    (AvgPool2d(4, padding="same", stride=2), ((2, 5, 9),)),
    (AvgPool2d(2, stride=1, padding=2, count_include_pad=False), ((1, 2, 3),)),
)
