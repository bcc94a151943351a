"""Native convolution towards few channels: the lanes of a vector are pixels, where channels would leave lanes idle."""

from __future__ import annotations

from simplecell.kernels.conv import data_gradient_numbers, forward_numbers, work
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop

MOST_CHANNELS = 8
"""From 9 on more than half of a vector of 16 holds channels, and lanes of channels are the faster."""

FEWEST_COLUMNS = 12
"""Narrower images leave lanes of pixels idle."""


def _refusal(n: dict[str, int], add: bool) -> str | None:
    if (n["sh"], n["sw"], n["dh"], n["dw"], n["groups"]) != (1, 1, 1, 1, 1):
        return "its pixels are neighbours, so stride, dilation and groups must be 1"
    if n.get("zh", 1) != 1 or n.get("zw", 1) != 1:
        return "its pixels are neighbours, so the stride must be 1"
    if n["co"] > MOST_CHANNELS:
        return f"it is for at most {MOST_CHANNELS} channels, and there are {n['co']}"
    if n["ow"] < FEWEST_COLUMNS:
        return f"it is for images from {FEWEST_COLUMNS} columns on, and there are {n['ow']}"
    return "it does not add a second input" if add else None


def _accepts(op: Op) -> str | None:
    return _refusal(forward_numbers(op, 1), "add" in op.reads)


def _accepts_back(op: Op) -> str | None:
    return _refusal(data_gradient_numbers(op, 1), "add" in op.reads)


def _calls(
    op: Op, shop: Workshop, n: dict[str, int], roles: tuple[str, str, str | None], turned: int
) -> tuple[Call, ...]:
    """`roles`: what is read and written, and the bias where there is one."""
    x, y, bias = roles
    site = forward_numbers(op, shop.batch)
    filters = {key: site[key] for key in ("co", "c", "kh", "kw", "groups")} | {"transposed": turned}
    form = "transposed" if turned else "forward"
    packed, once = shop.packed(op.reads["weight"], form, shop.need("conv2d_pack", filters, "packed"))
    numbers = {key: n[key] for key in ("n", "h", "w", "c", "oh", "ow", "co", "kh", "kw", "top", "left")}
    numbers |= {"planar": 0, "relu": int(op.attributes.get("relu", 0))}
    operands = {
        "x": op.reads[x], "packed": packed, "bias": op.reads.get(bias) if bias else None, "mask": op.reads.get("mask"),
        "y": op.writes[y], "scratch": shop.scratch(shop.need("conv2d_narrow_forward", numbers, "scratch")),
    }  # fmt: skip
    return (
        Call("conv2d_pack", filters, {"w": op.reads["weight"], "packed": packed}, prologue=once),
        Call("conv2d_narrow_forward", numbers, operands),
    )


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return _calls(op, shop, forward_numbers(op, shop.batch), ("x", "y", "bias"), 0)


def _data_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return _calls(op, shop, data_gradient_numbers(op, shop.batch), ("dy", "dx", None), 1)


ALGORITHMS = (
    Algorithm("narrow", "conv2d", _accepts, work, 0.8, _forward),
    Algorithm("narrow", "conv2d.dx", _accepts_back, work, 0.8, _data_gradient),
)
