"""Pooling through windows over any number of spatial axes: what MaxPool1d, 2d, 3d and AvgPool1d, 2d, 3d share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Padding, Pads, Pointwise, Sliding, padding_form, per_axis
from simplecell.layers import base, windows
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image


class MaxPool(Layer):
    """Base of MaxPool1d, MaxPool2d and MaxPool3d; a kind fixes the number of spatial axes."""

    rank: ClassVar[int]

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
        _refuse_stride(self.kind, surplus)
        self._set(
            **_window(self.rank, kernel_size, stride, padding, ceil_mode),
            dilation=per_axis(dilation, "dilation", self.rank, 1),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.spatial_shape(shapes, self.rank)
        axes = windows.sliding_axes(
            shape, self.kernel_size, self.stride, self.dilation, self.padding, self.ceil_mode
        )  # fmt: skip
        for what, axis in zip(windows.AXES[self.rank], axes, strict=True):
            blind = windows.blind_output(axis)
            if blind is not None:
                taps = ", ".join(map(str, axis.window.taps(blind)[:8]))
                raise ShapeError(
                    f"each window needs a real cell, but output {blind} along the {what} would see only padding: its "
                    f"taps {taps} lie outside 0 .. {axis.inputs - 1}"
                )
        return _pool_site(self, shapes, axes)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,), axes, sizes = xs, site.windows, site.inputs[0][1:]
        image = windows.padded(x, axes, -np.inf)
        places = windows.padded(np.arange(prod(sizes)).reshape(1, 1, *sizes), axes, -1)  # -1 is padding
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
        return (to_winners(dy, saved, xs[0].shape),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        return largest(*windows.window_terms(xs[0], site.windows, unit, unit[:1], -np.inf))

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        return winner_slopes(self, site, xs[0][cell.image], cell)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.maxpool", {
            "channel": unit[0], "at": unit[1:], "cells": int(terms.real.sum()),
            "winner": winning_place(terms), "value": terms.value,
        }  # fmt: skip

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return windows.tap_sums(xs[0], site.windows)


class AvgPool(Layer):
    """Base of AvgPool1d, AvgPool2d and AvgPool3d; a kind fixes the number of spatial axes."""

    rank: ClassVar[int]

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
        _refuse_stride(self.kind, surplus)
        self._set(
            **_window(self.rank, kernel_size, stride, padding, ceil_mode),
            count_include_pad=base.checked_flag(count_include_pad, "count_include_pad"),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape, dense = base.spatial_shape(shapes, self.rank), (1,) * self.rank
        axes = windows.sliding_axes(shape, self.kernel_size, self.stride, dense, self.padding, self.ceil_mode)
        return _pool_site(self, shapes, axes)

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
        """The number of cells that count of every window; 1 where none does, whose sum is 0."""
        counts = [np.array([len(self.counted(a, i)) for i in range(a.outputs)]) for a in site.windows]
        return np.maximum(reduce(np.multiply.outer, counts), 1).astype(dtype)

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
        counted = [self.counted(a, i) for a, i in zip(site.windows, unit[1:], strict=True)]
        cells = prod(map(len, counted))
        counts = np.array([all(i in r for i, r in zip(place[1:], counted, strict=True)) for place in at.tolist()])
        factor = np.where(counts, 1.0 / max(cells, 1), 0.0)
        source, value = np.zeros(len(at), np.int64), float(values.sum() / max(cells, 1))
        named = {"cells": float(cells)}
        return Terms("sum", source, at, real, values, factor, values * factor, None, value, named=named)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        counts = [np.array([len(self.counted(a, i)) for i in range(a.outputs)]) for a in site.windows]
        cells = np.prod([count[at[:, n]] for n, count in enumerate(counts, start=1)], axis=0)
        return in_image(cell.image, at, 1 / np.maximum(cells, 1), "share")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"channel": unit[0], "at": unit[1:], "value": terms.value}
        cells = int(terms.named["cells"])
        if not cells:
            return "layers.avgpool.empty", numbers
        return "layers.avgpool", numbers | {"cells": cells, "sum": float(terms.inputs.sum())}


def _refuse_stride(kind: str, surplus: tuple[object, ...]) -> None:
    base.refuse_surplus(
        kind, surplus, "kernel_size, *, ...",
        f"PyTorch's {kind}(3, 2) is {kind}(3, stride=2) here; stride=, padding= and the rest go by name",
    )  # fmt: skip


def _window(rank: int, kernel_size: object, stride: object, padding: object, ceil_mode: object) -> dict[str, object]:
    """The arguments of every pool's window, checked; without a stride windows lie side by side."""
    return {
        "kernel_size": per_axis(kernel_size, "kernel_size", rank, 1),
        "stride": per_axis(kernel_size if stride is None else stride, "stride", rank, 1),
        "padding": padding_form(padding, rank),
        "ceil_mode": base.checked_flag(ceil_mode, "ceil_mode"),
    }


def _pool_site(layer: Layer, shapes: tuple[Shape, ...], axes: Sequence[Sliding]) -> Site:
    output = (shapes[0][0], *(a.outputs for a in axes))
    base.check_bytes(output, f"{layer.kind} output")
    return Site(layer, shapes, output, (Pointwise(shapes[0][0]), *axes), {}, Cost())


# What every kind that keeps a maximum needs --------------------------------------------------------------------


def to_winners(dy: Array, winner: Array, shape: Shape) -> Array:
    """The gradient of a maximum: each dy to the cell that won, its flat place in one channel of x (n, c, ...)."""
    n, c, cells, outputs = *shape[:2], prod(shape[2:]), prod(dy.shape[2:])
    dx = np.zeros((n, c, cells), dy.dtype)
    image, channel, _ = np.ogrid[:n, :c, :1]
    np.add.at(dx, (image, channel, winner.reshape(n, c, outputs)), dy.reshape(n, c, outputs))
    return dx.reshape(shape)


def largest(at: Array, real: Array, values: Array) -> Terms:
    """The terms of a maximum: the first NaN wins, else the first of the largest that are real."""
    nan = np.flatnonzero(np.isnan(values))
    winner = int(nan[0] if len(nan) else np.flatnonzero(real & (values == values[real].max()))[0])
    factor = (np.arange(len(at)) == winner).astype(np.float64)
    products, source = np.where(factor > 0, values, 0.0), np.zeros(len(at), np.int64)
    return Terms("max", source, at, real, values, factor, products, None, float(values[winner]), winner=winner)


def winner_slopes(layer: Layer, site: Site, x: Array, cell: Cell) -> Slopes:
    """How the maxima of windows move with one value of an image `x` (c, ...): those that it won move as it does."""
    at = layer.readers(site, cell)
    found = [layer.terms(site, [x], {}, tuple(output)) for output in at.tolist()]
    place = np.array([t.at[t.winner] for t in found], np.int64).reshape(-1, len(cell.unit))
    return in_image(cell.image, at, np.all(place == cell.unit, axis=1).astype(np.float64), "winner", place)


def winning_place(terms: Terms) -> tuple[int, ...]:
    """Where in its channel the maximum was found."""
    return tuple(terms.at[terms.winner, 1:].tolist())
