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

INPUT_FLOPS, OUTPUT_FLOPS, GRADIENT_FLOPS = 480.0, 420.0, 460.0
"""Time to transform one channel of one tile of x, of y and of dy, in the FLOPs a product would do in that time."""

FILTER_FLOPS = 800.0
"""Time to transform one filter's taps on one channel, in the same measure; paid in training, by each step."""


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
        "add": None if turned else op.reads.get("add"), "y": op.writes[y],
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


def _work(op: Op, n: dict[str, int]) -> tuple[float, float]:
    """(FLOPs of the products and of the transforms, bytes of images and transformed filters)."""
    tiles, c, k = _tiles(n), n["c"], n["co"]
    flops = 2.0 * PLACES * tiles * c * k + tiles * (INPUT_FLOPS * c + OUTPUT_FLOPS * k)
    moved = n["n"] * (n["h"] * n["w"] * c + n["oh"] * n["ow"] * k) + PLACES * c * k
    return flops, 4.0 * moved


def _forward_work(op: Op, batch: int) -> tuple[float, float]:
    return _work(op, forward_numbers(op, batch))


def _data_work(op: Op, batch: int) -> tuple[float, float]:
    return _work(op, data_gradient_numbers(op, batch))


def _weight_work(op: Op, batch: int) -> tuple[float, float]:
    n = forward_numbers(op, batch)
    tiles, c, k = _tiles(n), n["c"], n["co"]
    flops = 2.0 * PLACES * tiles * c * k + tiles * (INPUT_FLOPS * c + GRADIENT_FLOPS * k)
    moved = n["n"] * (n["h"] * n["w"] * c + n["oh"] * n["ow"] * k) + 2 * PLACES * c * k
    return flops, 4.0 * moved


ALGORITHMS = (
    Algorithm("winograd", "conv2d", accepts, _forward_work, 0.6, _forward, exact=False),
    Algorithm("winograd", "conv2d.dx", accepts, _data_work, 0.6, _data_gradient, exact=False),
    Algorithm("winograd", "conv2d.dw", accepts, _weight_work, 0.6, _weight_gradient, exact=False),
)
