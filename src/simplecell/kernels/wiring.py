"""Native wiring: values that change places, and products of values."""

from __future__ import annotations

import math
from itertools import accumulate

from simplecell.geometry import Pointwise
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.planar import gate
from simplecell.kernels.simple import moving, site_of
from simplecell.kernels.table import LARGEST_NUMBER, Algorithm, Workshop, always
from simplecell.layers.axes import Picked, Resampled
from simplecell.layers.concat import Concat
from simplecell.layers.pixelshuffle import PixelShuffle
from simplecell.layers.selecting import Selecting

MOST_CELLS = 2**62
"""Products of positions with a fraction's terms stay below this."""


def _channels_alone(op: Op) -> str | None:
    layer = site_of(op).layer
    assert isinstance(layer, Concat)
    return None if layer.axis == 0 else f"it joins along axis {layer.axis}, and the kernel joins channels"


def _parts(op: Op, shop: Workshop) -> list[tuple[int, dict[str, int], dict[str, int]]]:
    """Of each input: its number, where its channels lie in the input, and where in the output."""
    depths = [shape[0] for shape in site_of(op).inputs]
    total, pixels = sum(depths), shop.batch * math.prod(site_of(op).output[1:])
    return [
        (i, {"pixels": pixels, "c": c}, {"channels": total, "first": first})
        for i, (c, first) in enumerate(zip(depths, accumulate(depths, initial=0), strict=False))
    ]


def _concat(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return tuple(
        Call(
            "copy_channels",
            part | {"x_channels": part["c"], "x_first": 0, "y_channels": place["channels"], "y_first": place["first"]},
            {"x": op.reads[f"x{i}"], "y": op.writes["y"]},
        )
        for i, part, place in _parts(op, shop)
    )


def _split(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return tuple(
        Call(
            "copy_channels",
            part | {"x_channels": place["channels"], "x_first": place["first"], "y_channels": part["c"], "y_first": 0},
            {"x": op.reads["dy"], "y": op.writes[f"dx{i}"]},
        )
        for i, part, place in _parts(op, shop)
        if f"dx{i}" in op.writes
    )


def _pairs(op: Op) -> str | None:
    shapes = site_of(op).inputs
    if len(shapes) == 2 and (shapes[0] == shapes[1] or gate(shapes) is not None):
        return None
    return "the kernels take two inputs of one shape, or one value per channel beside an image"


def _mul(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"a": op.reads["a"], "b": op.reads["b"], "y": op.writes["y"]}
    return (Call("mul", {"count": math.prod(shop.tensor(op.writes["y"]).shape)}, operands),)


def _maximum(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"a": op.reads["a"], "b": op.reads["b"], "y": op.writes["y"]}
    return (Call("maximum_forward", {"count": math.prod(shop.tensor(op.writes["y"]).shape)}, operands),)


def _maximum_slopes(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {**op.reads, "da": op.writes.get("da"), "db": op.writes.get("db")}
    return (Call("maximum_backward", {"count": math.prod(shop.tensor(op.reads["dy"]).shape)}, operands),)


def _image(op: Op, shop: Workshop, of: str) -> dict[str, int]:
    n, c, *sizes = shop.tensor(of).shape
    return {"n": n, "hw": math.prod(sizes), "c": c}


def _gate(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"x": op.reads["x"], "gate": op.reads["gate"], "y": op.writes["y"]}
    return (Call("gate_forward", _image(op, shop, op.writes["y"]), operands),)


def _gate_slope(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"dy": op.reads["dy"], "x": op.reads["x"], "dgate": op.writes["dgate"]}
    return (Call("gate_backward", _image(op, shop, op.reads["x"]), operands),)


def _shifted(op: Op) -> str | None:
    """Padding with a constant, cropping and cutting out move an image as a whole; other choices of cells do not."""
    channels, *spatial = site_of(op).axes
    layer = site_of(op).layer
    whole = isinstance(channels, Pointwise) or channels == Picked(channels.inputs, channels.inputs, 0, 1)
    if len(spatial) != 2 or not whole or not all(isinstance(axis, Picked) and axis.step == 1 for axis in spatial):
        return "the kernel shifts an image as a whole, inside a border of one value"
    assert isinstance(layer, Selecting)
    return None if abs(layer.fill) <= LARGEST_NUMBER else f"the value {layer.fill:g} is beyond {LARGEST_NUMBER:g}"


def _sizes(op: Op, shop: Workshop) -> dict[str, int]:
    (c, h, w), (_, oh, ow) = site_of(op).inputs[0], site_of(op).output
    return {"n": shop.batch, "h": h, "w": w, "c": c, "oh": oh, "ow": ow}


def _pad(op: Op, shop: Workshop) -> tuple[Call, ...]:
    layer, (rows, columns) = site_of(op).layer, [a for a in site_of(op).axes[1:] if isinstance(a, Picked)]
    assert isinstance(layer, Selecting)
    numbers = _sizes(op, shop) | {"top": -rows.start, "left": -columns.start}
    operands = {"x": op.reads["x"], "y": op.writes["y"]}
    return (Call("pad2d", {**numbers, "value": float(layer.fill)}, operands),)


def _unpad(op: Op, shop: Workshop) -> tuple[Call, ...]:
    """The way back is a shift too: what was cropped gets 0."""
    rows, columns = (a for a in site_of(op).axes[1:] if isinstance(a, Picked))
    y = _sizes(op, shop)
    numbers = y | {"h": y["oh"], "w": y["ow"], "oh": y["h"], "ow": y["w"], "top": rows.start, "left": columns.start}
    return (Call("pad2d", {**numbers, "value": 0.0}, {"x": op.reads["dy"], "y": op.writes["dx"]}),)


def _small_fractions(op: Op) -> str | None:
    axes = [a for a in site_of(op).axes[1:] if isinstance(a, Resampled)]
    if len(axes) != 2:
        return "the kernel scales images and signals"
    if any((2 * a.outputs + 1) * a.ratio.numerator + 2 * a.ratio.denominator >= MOST_CELLS for a in axes):
        return "the scale is a fraction of too many digits"
    return None


def _upsample(op: Op, shop: Workshop) -> tuple[Call, ...]:
    rows, columns = (a for a in site_of(op).axes[1:] if isinstance(a, Resampled))
    numbers = _sizes(op, shop) | {
        "h_num": rows.ratio.numerator, "h_den": rows.ratio.denominator, "w_num": columns.ratio.numerator,
        "w_den": columns.ratio.denominator, "linear": int(rows.rule == "linear"), "aligned": int(rows.corners),
    }  # fmt: skip
    kernel = "upsample2d_backward" if op.kind.endswith(".dx") else "upsample2d_forward"
    return (Call(kernel, numbers, {**op.reads, **op.writes}),)


def _shuffle(op: Op, shop: Workshop) -> tuple[Call, ...]:
    layer, (_, h, w) = site_of(op).layer, site_of(op).inputs[0]
    assert isinstance(layer, PixelShuffle)
    numbers = {"n": shop.batch, "h": h, "w": w, "c": site_of(op).output[0], "r": layer.upscale_factor}
    kernel = "pixel_unshuffle" if op.kind.endswith(".dx") else "pixel_shuffle"
    return (Call(kernel, numbers, {**op.reads, **op.writes}),)


ALGORITHMS = (
    Algorithm("direct", "concat", _channels_alone, moving, 1.0, _concat),
    Algorithm("direct", "concat.dx", _channels_alone, moving, 1.0, _split),
    Algorithm("direct", "mul", _pairs, moving, 1.0, _mul),
    Algorithm("direct", "maximum", always, moving, 1.0, _maximum),
    Algorithm("direct", "maximum.dx", always, moving, 1.0, _maximum_slopes),
    Algorithm("direct", "gate", _pairs, moving, 1.0, _gate),
    Algorithm("direct", "gate.dgate", _pairs, moving, 1.0, _gate_slope),
    Algorithm("direct", "pad", _shifted, moving, 1.0, _pad),
    Algorithm("direct", "pad.dx", _shifted, moving, 1.0, _unpad),
    Algorithm("direct", "upsample", _small_fractions, moving, 1.0, _upsample),
    Algorithm("direct", "upsample.dx", _small_fractions, moving, 1.0, _upsample),
    Algorithm("direct", "pixelshuffle", always, moving, 1.0, _shuffle),
    Algorithm("direct", "pixelshuffle.dx", always, moving, 1.0, _shuffle),
)
