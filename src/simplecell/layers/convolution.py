"""Convolution over any number of spatial axes: what Conv1d, Conv2d and Conv3d share, and the sums over a window's taps
that ConvTranspose turns round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Axis, Padding, Pads, Sliding, Whole, padding_form, per_axis, whole_number
from simplecell.layers import base, windows
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, grid, in_batch, in_image, value_at


class Convolution(Layer):
    """Base of Conv1d, Conv2d and Conv3d; a kind fixes the number of spatial axes."""

    rank: ClassVar[int]

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
        refuse_depth_first(self.kind, surplus)
        self._set(
            **filter_arguments(self.rank, out_channels, kernel_size, stride, dilation, groups, bias, in_channels),
            padding=padding_form(padding, self.rank),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = checked_depth(shapes, self.rank, self.in_channels, self.groups)
        axes = windows.sliding_axes(shape, self.kernel_size, self.stride, self.dilation, self.padding)
        output = (self.out_channels, *(a.outputs for a in axes))
        weights = {"weight": (self.out_channels, shape[0] // self.groups, *self.kernel_size)}
        channels = Whole(shape[0], self.out_channels, self.groups)
        return convolution_site(self, shapes, output, (channels, *axes), weights, self.bias, axes)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        image = windows.padded(xs[0], site.windows, 0.0)
        y = correlate(image, weights["weight"], site.windows, self.groups)
        return (y + per_channel(weights["bias"], self.rank) if self.bias else y), image

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        axes = site.windows
        dx = windows.unpadded(spread(dy, weights["weight"], axes, self.groups), axes)
        dw = correlation_slope(saved, dy, weights["weight"].shape, axes, self.groups)
        return (dx,), {"weight": dw} | ({"bias": dy.sum((0, *range(2, dy.ndim)))} if self.bias else {})

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        channels = site.axes[0].reads(unit[0])
        at, real, values = windows.window_terms(xs[0], site.windows, unit, channels, 0.0)
        w = weights["weight"][unit[0]].astype(np.float64).reshape(-1)
        return weighted_sum(at, real, values, w, float(weights["bias"][unit[0]]) if self.bias else None)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at, w = self.readers(site, cell), weights["weight"]
        axes = enumerate(zip(site.windows, cell.unit[1:], strict=True), start=1)
        taps = [(j + a.window.before - at[:, n] * a.window.step) // a.window.gap for n, (a, j) in axes]
        place = np.stack([at[:, 0], np.full(len(at), cell.unit[0] % w.shape[1]), *taps], axis=1)
        return in_image(cell.image, at, w[tuple(place.T)], "weight", place)

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        (x,), axes = xs, site.windows
        cells = grid(range(len(x)), place[:1], *(range(a.outputs) for a in axes))
        if key == "bias":
            return in_batch(cells, np.ones(len(cells)), "one")
        channel = site.axes[0].reads(place[0])[place[1]]
        taps = enumerate(zip(axes, place[2:], strict=True), start=2)
        read = [cells[:, n] * a.window.step - a.window.before + t * a.window.gap for n, (a, t) in taps]
        at = np.stack([np.full(len(cells), channel), *read]).T
        return in_batch(cells, value_at(x, cells[:, 0], at), "input", at)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.conv" if self.bias else "layers.conv.no_bias", {
            "channel": unit[0], "at": unit[1:], "window": base.shape_text(self.kernel_size),
            "depth": len(site.axes[0].reads(unit[0])), "terms": len(terms.inputs), "padding": int((~terms.real).sum()),
            "value": terms.value,
        }  # fmt: skip


# The three sums over the taps of a window ----------------------------------------------------------------------


def correlate(image: Array, w: Array, axes: Sequence[Sliding], groups: int) -> Array:
    """Each output's window times each filter: image (n, g*c, ...) padded, w (k, c, ...) -> (n, k, ...)."""
    (k, c), n, outputs = w.shape[:2], len(image), [a.outputs for a in axes]
    y = np.zeros((n, groups, k // groups, prod(outputs)), image.dtype)
    for tap in windows.taps_of(axes):
        seen = image[windows.through_tap(axes, tap)].reshape(n, groups, c, prod(outputs))  # by every output
        y += w[:, :, *tap].reshape(groups, k // groups, c) @ seen
    return y.reshape(n, k, *outputs)


def spread(y: Array, w: Array, axes: Sequence[Sliding], groups: int) -> Array:
    """The transpose of `correlate`: each value of y (n, k, ...) times its filter, added up where the window lies, in a
    padded image (n, g*c, ...)."""
    (k, c), n, outputs = w.shape[:2], len(y), y.shape[2:]
    values = y.reshape(n, groups, k // groups, prod(outputs))
    image = np.zeros((n, groups * c, *(sum(windows.margins(a)) + a.inputs for a in axes)), y.dtype)
    for tap in windows.taps_of(axes):
        back = w[:, :, *tap].reshape(groups, k // groups, c).swapaxes(1, 2) @ values
        image[windows.through_tap(axes, tap)] += back.reshape(n, groups * c, *outputs)
    return image


def correlation_slope(image: Array, dy: Array, shape: Shape, axes: Sequence[Sliding], groups: int) -> Array:
    """The gradient of `correlate` to its filters of `shape` (k, c, ...): the products of what each tap saw and dy."""
    (k, c), n, outputs = shape[:2], len(dy), prod(dy.shape[2:])
    d, dw = dy.reshape(n, groups, k // groups, outputs), np.zeros(shape, dy.dtype)
    for tap in windows.taps_of(axes):
        seen = image[windows.through_tap(axes, tap)].reshape(n, groups, c, outputs)
        dw[:, :, *tap] = (d @ seen.swapaxes(2, 3)).sum(0).reshape(k, c)
    return dw


def per_channel(values: Array, rank: int) -> Array:
    """One value per channel, in the form that is added to (n, c, ...)."""
    return values.reshape(-1, *[1] * rank)


# Checks and records --------------------------------------------------------------------------------------------


def refuse_depth_first(kind: str, surplus: tuple[object, ...]) -> None:
    """Refuse the third positional argument, which is a stride nobody can name or PyTorch's order of the depths."""
    base.refuse_surplus(
        kind, surplus, "out_channels, kernel_size, *, ...",
        f"PyTorch's {kind}(3, 64, 3) is {kind}(64, 3, in_channels=3) here, and in_channels may be left out; "
        "stride=, padding= and the rest go by name",
    )  # fmt: skip


def filter_arguments(
    rank: int,
    out_channels: object,
    kernel_size: object,
    stride: object,
    dilation: object,
    groups: object,
    bias: object,
    in_channels: object,
) -> dict[str, object]:
    """The arguments that a convolution and its transpose share, checked."""
    filters, parts = whole_number(out_channels, "out_channels", 1), whole_number(groups, "groups", 1)
    check_groups("out_channels", filters, parts, ArgumentError)
    return {
        "out_channels": filters,
        "kernel_size": per_axis(kernel_size, "kernel_size", rank, 1),
        "stride": per_axis(stride, "stride", rank, 1),
        "dilation": per_axis(dilation, "dilation", rank, 1),
        "groups": parts,
        "bias": base.checked_flag(bias, "bias"),
        "in_channels": None if in_channels is None else whole_number(in_channels, "in_channels", 1),
    }


def check_groups(name: str, depth: int, groups: int, error: type[ArgumentError | ShapeError]) -> None:
    """Refuse groups that cut a depth into unequal parts."""
    if depth % groups:
        raise error(f"groups must divide both depths: {name} {depth} % groups {groups} = {depth % groups}")


def checked_depth(shapes: Sequence[Shape], rank: int, in_channels: int | None, groups: int) -> Shape:
    """The input's shape (c, ...), its rank and depth checked."""
    shape = base.spatial_shape(shapes, rank)
    if in_channels not in (None, shape[0]):
        order = base.FORMS[rank][1]
        looks = f"; the order is {order}, this looks like {order[4:]} x C" if shape[-1] == in_channels else ""
        raise ShapeError(f"needs {in_channels} input channels, got {shape[0]} ({base.shape_text(shape)}){looks}")
    check_groups("in_channels", shape[0], groups, ShapeError)
    return shape


def convolution_site(
    layer: Layer,
    inputs: tuple[Shape, ...],
    output: Shape,
    axes: tuple[Axis, ...],
    weights: Mapping[str, Shape],
    bias: bool,
    slid: Sequence[Sliding],
) -> Site:
    """The site of a convolution or its transpose. `slid` are the axes along which its window slides: one MAC for each
    weight and each place of the window; only the taps inside count where they are not padding."""
    if bias:
        weights = {**weights, "bias": (output[0],)}
    for what, shape in (("output", output), ("weight", weights["weight"])):
        base.check_bytes(shape, f"{layer.kind} {what}")
    depth = prod(weights["weight"][:2])
    macs = depth * prod(a.outputs * a.window.size for a in slid)
    inside = depth * prod(map(windows.inside_taps, slid))
    return Site(layer, inputs, output, axes, weights, Cost(macs, macs - inside))


def weighted_sum(at: Array, real: Array, values: Array, w: Array, bias: float | None) -> Terms:
    """Terms that are inputs times weights, summed, plus a bias."""
    products = values * w
    value = float(products.sum() + (bias or 0.0))
    return Terms("sum", np.zeros(len(at), np.int64), at, real, values, w, products, bias, value)
