"""Native Winograd convolution F(4x4, 3x3): forward, and both gradients by the same algebra.

Outputs are computed in tiles of 4x4 from 36 products instead of 144 per pair of channels; tiles at the edge are whole
tiles too. A tile's values are mixed, so rounding errors are relative to the tile, and a NaN or an infinity spreads over
its tile.
"""

from __future__ import annotations

from math import ceil

from simplecell.kernels.conv import data_gradient_numbers, forward_numbers
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop

FEWEST_CHANNELS = 8
"""Below this the transforms cost more than the products they save."""

TILE, PLACES = 4, 36

# What the algorithm does besides products, in the FLOPs that products would do in the same time; measured on AVX-512.

FORWARD_TILE_FLOPS, GRADIENT_TILE_FLOPS = 800.0, 1500.0
"""To transform one channel of one tile: forward (and for the data gradient), and for the weights' gradient."""

FILTER_FLOPS, SUM_FLOPS = 2700.0, 450.0
"""To transform one filter on one channel, as training does at each step; to bring back one sum of their gradients."""

VECTOR = 16
"""Channels are transformed in vectors of so many."""

CACHED_BYTES = 1 << 20
"""Of transformed filters, which are four times the bytes of plain ones, so much is still near from the last call."""


def accepts(op: Op) -> str | None:
    """None for 3x3 windows of step 1 over enough channels, else why not."""
    n = forward_numbers(op, 1)
    for what, names, rule in (
        ("kernel_size", ("kh", "kw"), (3, 3)),
        ("stride", ("sh", "sw"), (1, 1)),
        ("dilation", ("dh", "dw"), (1, 1)),
        ("groups", ("groups",), (1,)),
    ):
        given = tuple(n[name] for name in names)
        if given != rule:
            return f"{what} is {'x'.join(map(str, given))}, and its tiles are for {'x'.join(map(str, rule))}"
    if min(n["c"], n["co"]) < FEWEST_CHANNELS:
        return f"{n['c']} and {n['co']} channels; from {FEWEST_CHANNELS} on the products saved outweigh the transforms"
    return None


def _tiles(n: dict[str, int]) -> int:
    return n["n"] * ceil(n["oh"] / TILE) * ceil(n["ow"] / TILE)


def _numbers(n: dict[str, int]) -> dict[str, int]:
    return {name: n[name] for name in ("n", "h", "w", "c", "oh", "ow", "co", "top", "left")}


def _convolution(
    op: Op, shop: Workshop, n: dict[str, int], roles: tuple[str, str, str | None], turned: int
) -> tuple[Call, ...]:
    """`roles`: what is read and written, and the bias where there is one."""
    x, y, bias = roles
    site = forward_numbers(op, shop.batch)
    filters = {"co": site["co"], "c": site["c"], "transposed": turned}
    form = "winograd transposed" if turned else "winograd"
    packed, once = shop.packed(op.reads["weight"], form, shop.need("winograd_pack", filters, "packed"))
    numbers = _numbers(n) | {"relu": int(op.attributes.get("relu", 0))}
    operands = {
        "x": op.reads[x], "packed": packed, "bias": op.reads.get(bias) if bias else None,
        "add": op.reads.get("add"), "mask": op.reads.get("mask"), "y": op.writes[y],
        "scratch": shop.scratch(shop.need("winograd_forward", numbers, "scratch")),
    }  # fmt: skip
    return (
        Call("winograd_pack", filters, {"w": op.reads["weight"], "packed": packed}, prologue=once),
        Call("winograd_forward", numbers, operands),
    )


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return _convolution(op, shop, forward_numbers(op, shop.batch), ("x", "y", "bias"), 0)


def _data_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return _convolution(op, shop, data_gradient_numbers(op, shop.batch), ("dy", "dx", None), 1)


def _weight_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _numbers(forward_numbers(op, shop.batch))
    operands = {
        "x": op.reads["x"], "dy": op.reads["dy"], "dw": op.writes["dweight"], "db": op.writes.get("dbias"),
        "scratch": shop.scratch(shop.need("winograd_backward_weights", numbers, "scratch")),
    }  # fmt: skip
    return (Call("winograd_backward_weights", numbers, operands),)


def _work(n: dict[str, int], tile_flops: float) -> tuple[float, float]:
    """(FLOPs of the products and of the transforms of tiles, bytes of the images)."""
    c, k = (ceil(n[name] / VECTOR) * VECTOR for name in ("c", "co"))
    flops = _tiles(n) * (2.0 * PLACES * c * k + tile_flops * (c + k))
    return flops, 4.0 * n["n"] * (n["h"] * n["w"] * n["c"] + n["oh"] * n["ow"] * n["co"])


def _far_filters(n: dict[str, int]) -> float:
    return max(0.0, 4.0 * PLACES * n["c"] * n["co"] - CACHED_BYTES)


def _forward_work(op: Op, batch: int) -> tuple[float, float]:
    n = forward_numbers(op, batch)
    flops, moved = _work(n, FORWARD_TILE_FLOPS)
    return flops, moved + _far_filters(n)


def _data_work(op: Op, batch: int) -> tuple[float, float]:
    n = data_gradient_numbers(op, batch)
    flops, moved = _work(n, FORWARD_TILE_FLOPS)
    return flops + FILTER_FLOPS * n["c"] * n["co"], moved + _far_filters(n)


def _weight_work(op: Op, batch: int) -> tuple[float, float]:
    n = forward_numbers(op, batch)
    flops, moved = _work(n, GRADIENT_TILE_FLOPS)
    return flops + SUM_FLOPS * n["c"] * n["co"], moved


ALGORITHMS = (
    Algorithm("winograd", "conv2d", accepts, _forward_work, 0.6, _forward, exact=False),
    Algorithm("winograd", "conv2d.dx", accepts, _data_work, 0.6, _data_gradient, exact=False),
    Algorithm("winograd", "conv2d.dw", accepts, _weight_work, 0.6, _weight_gradient, exact=False),
)
