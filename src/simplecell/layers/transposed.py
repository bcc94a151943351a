"""Transposed convolution over any number of spatial axes: what ConvTranspose1d, 2d and 3d share."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import (
    Padding,
    Pads,
    Sliding,
    Transposed,
    Whole,
    Window,
    padding_form,
    per_axis,
)
from simplecell.layers import base, convolution, windows
from simplecell.layers.base import Array, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, grid, in_batch, in_image, value_at


class TransposedConvolution(Layer):
    """Base of ConvTranspose1d, ConvTranspose2d and ConvTranspose3d; a kind fixes the number of spatial axes.

    Forward is the way back of a convolution whose window slides over the output: `Transposed.back`.
    """

    rank: ClassVar[int]

    out_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[Pads, ...]
    output_padding: tuple[int, ...]
    groups: int
    bias: bool
    dilation: tuple[int, ...]
    in_channels: int | None

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | Sequence[int],
        *surplus: object,
        stride: int | Sequence[int] = 1,
        padding: Padding = 0,
        output_padding: int | Sequence[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Sequence[int] = 1,
        in_channels: int | None = None,
        name: str | None = None,
    ) -> None:
        convolution.refuse_depth_first(self.kind, surplus)
        self._set(
            **convolution.filter_arguments(
                self.rank, out_channels, kernel_size, stride, dilation, groups, bias, in_channels
            ),
            padding=_cropping(padding, self.rank),
            output_padding=per_axis(output_padding, "output_padding", self.rank, 0),
            name=base.checked_name(name),
        )
        for extra, step, gap in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if extra >= max(step, gap):
                raise ArgumentError(
                    f"output_padding must be smaller than stride or dilation, got {extra} with stride {step} and "
                    f"dilation {gap}: it chooses among the sizes that a convolution would bring to this input's"
                )

    def site(self, *shapes: Shape) -> Site:
        shape = convolution.checked_depth(shapes, self.rank, self.in_channels, self.groups)
        axes = tuple(self._axis(which, n) for which, n in enumerate(shape[1:]))
        base.check_bytes(
            (self.out_channels, *(sum(windows.margins(a.back)) + a.outputs for a in axes)), "padded output"
        )
        output = (self.out_channels, *(a.outputs for a in axes))
        weights = {"weight": (shape[0], self.out_channels // self.groups, *self.kernel_size)}
        channels = Whole(shape[0], self.out_channels, self.groups)
        slid = [a.back for a in axes]
        return convolution.convolution_site(self, shapes, output, (channels, *axes), weights, self.bias, slid)

    def _axis(self, which: int, inputs: int) -> Transposed:
        """One spatial axis; ShapeError with the arithmetic where all of the output would be cut off."""
        size, step, gap = self.kernel_size[which], self.stride[which], self.dilation[which]
        (before, after), extra = self.padding[which], self.output_padding[which]
        outputs = (inputs - 1) * step - before - after + gap * (size - 1) + extra + 1
        if outputs < 1:
            raise ShapeError(
                f"padding cuts off all of the output: {windows.AXES[self.rank][which]} ({inputs} - 1)*{step} - "
                f"{before} - {after} + {gap}*({size}-1) + {extra} + 1 = {outputs}"
            )
        return Transposed(Window(size, step, gap, before, after), inputs, outputs)

    def _back(self, site: Site) -> tuple[Sliding, ...]:
        """The axes of the convolution that leads from the output to the input."""
        return tuple(a.back for a in site.axes if isinstance(a, Transposed))

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        axes = self._back(site)
        y = windows.unpadded(convolution.spread(xs[0], weights["weight"], axes, self.groups), axes)
        return (y + convolution.per_channel(weights["bias"], self.rank) if self.bias else y), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        (x,), w, axes = xs, weights["weight"], self._back(site)
        image = windows.padded(dy, axes, 0.0)
        dw = convolution.correlation_slope(image, x, w.shape, axes, self.groups)
        dws = {"weight": dw} | ({"bias": dy.sum((0, *range(2, dy.ndim)))} if self.bias else {})
        return (convolution.correlate(image, w, axes, self.groups),), dws

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        (x,), axes = xs, self._back(site)
        read = [a.reads(i) for a, i in zip(site.axes, unit, strict=True)]
        at = np.array([*itertools.product(*read)], dtype=np.int64).reshape(-1, x.ndim)
        taps = [
            (i - a.window.step * at[:, n] + a.window.before) // a.window.gap
            for n, (a, i) in enumerate(zip(axes, unit[1:], strict=True), start=1)
        ]
        own = unit[0] % (self.out_channels // self.groups)
        values, w = (v.astype(np.float64) for v in (x[tuple(at.T)], weights["weight"][(at[:, 0], own, *taps)]))
        bias = float(weights["bias"][unit[0]]) if self.bias else None
        return convolution.weighted_sum(at, np.ones(len(at), bool), values, w, bias)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at, w = self.readers(site, cell), weights["weight"]
        axes = enumerate(zip(self._back(site), cell.unit[1:], strict=True), start=1)
        taps = [(at[:, n] + a.window.before - j * a.window.step) // a.window.gap for n, (a, j) in axes]
        place = np.stack([np.full(len(at), cell.unit[0]), at[:, 0] % w.shape[1], *taps], axis=1)
        return in_image(cell.image, at, w[tuple(place.T)], "weight", place)

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        (x,), axes = xs, self._back(site)
        if key == "bias":
            cells = grid(range(len(x)), place[:1], *map(range, site.output[1:]))
            return in_batch(cells, np.ones(len(cells)), "one")
        own = site.axes[0].read_by(place[0])[place[1]]
        read = grid(range(len(x)), place[:1], *map(range, x.shape[2:]))
        taps = enumerate(zip(axes, place[2:], strict=True), start=2)
        onto = [read[:, n] * a.window.step - a.window.before + t * a.window.gap for n, (a, t) in taps]
        cells = np.stack([read[:, 0], np.full(len(read), own), *onto], axis=1)
        kept = np.all((cells[:, 2:] >= 0) & (cells[:, 2:] < site.output[1:]), axis=1)  # the rest is cut off
        return in_batch(cells[kept], value_at(x, read[kept, 0], read[kept, 1:]), "input", read[kept, 1:])

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.convtranspose" if self.bias else "layers.convtranspose.no_bias", {
            "channel": unit[0], "at": unit[1:], "window": base.shape_text(self.kernel_size),
            "terms": len(terms.inputs), "value": terms.value,
        }  # fmt: skip


def _cropping(padding: object, rank: int) -> tuple[Pads, ...]:
    """The padding of a transposed convolution: what is cut off each side; "same" says nothing here."""
    pads = padding_form(padding, rank)
    if isinstance(pads, str):
        raise ArgumentError(
            'padding "same" is for convolutions; here padding is what is cut off the output: give it as numbers, such '
            "as padding=1, output_padding=1 with kernel_size=3, stride=2 for twice the size"
        )
    return pads
