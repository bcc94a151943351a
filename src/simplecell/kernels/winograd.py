"""Native Winograd convolution F(4x4, 3x3): forward, and both gradients by the same algebra.

Outputs are computed in tiles of 4x4 from 36 products instead of 144 per pair of channels; tiles at the edge are whole
tiles too. A tile's values are mixed, so rounding errors are relative to the tile, and a NaN or an infinity spreads over
its tile.

A window of up to 6x6 taps is cut into parts of 3x3, the last ones filled up with zeros, whose results are added up:
four parts compute 5x5 taps from 144 products instead of 400. Source: Huang et al., DWM: a decomposable Winograd method
for convolution acceleration, 2020.
"""

from __future__ import annotations

from math import ceil

from simplecell.kernels.conv import data_gradient_numbers, forward_numbers
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop

FEWEST_CHANNELS = 8
"""Below this the transforms cost more than the products they save."""

TILE, TAPS, PLACES = 4, 3, 36
LARGEST_WINDOW = 2 * TAPS

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
    """None for windows of 3x3 to 6x6 taps and step 1 over enough channels, else why not."""
    n = forward_numbers(op, 1)
    sides = (n["kh"], n["kw"])
    if min(sides) < TAPS or max(sides) > LARGEST_WINDOW:
        return f"kernel_size is {_by(*sides)}, and its tiles are for 3x3 to {_by(LARGEST_WINDOW, LARGEST_WINDOW)}"
    for what, names in (("stride", ("sh", "sw")), ("dilation", ("dh", "dw")), ("groups", ("groups",))):
        given = tuple(n[name] for name in names)
        if set(given) != {1}:
            return f"{what} is {_by(*given)}, and its tiles are for {_by(*(1 for _ in given))}"
    if min(n["c"], n["co"]) < FEWEST_CHANNELS:
        return f"{n['c']} and {n['co']} channels; from {FEWEST_CHANNELS} on the products saved outweigh the transforms"
    return None


def _by(*sizes: int) -> str:
    return "x".join(map(str, sizes))


def _parts(n: dict[str, int]) -> list[tuple[int, int]]:
    """The first row and column of taps of each part of a window."""
    return [(i, j) for i in range(0, n["kh"], TAPS) for j in range(0, n["kw"], TAPS)]


def _tiles(n: dict[str, int]) -> int:
    return n["n"] * ceil(n["oh"] / TILE) * ceil(n["ow"] / TILE)


def _numbers(n: dict[str, int]) -> dict[str, int]:
    return {name: n[name] for name in ("n", "h", "w", "c", "oh", "ow", "co", "top", "left")}


def _convolution(
    op: Op, shop: Workshop, n: dict[str, int], roles: tuple[str, str, str | None], turned: int
) -> tuple[Call, ...]:
    """`roles`: what is read and written, and the bias where there is one. A rectifier comes after the last part; of
    several parts none takes a mask."""
    x, y, bias = roles
    parts, calls, add = _parts(n), list[Call](), op.reads.get("add")
    for part in parts:
        packed, packing = _filters(op, shop, part, turned)
        i, j = part
        last = part == parts[-1]
        shifted = n | {"top": n["top"] - i, "left": n["left"] - j}
        numbers = _numbers(shifted) | {"relu": int(op.attributes.get("relu", 0)) if last else 0}
        operands = {
            "x": op.reads[x], "packed": packed, "bias": op.reads.get(bias) if bias and part == parts[0] else None,
            "add": add, "mask": op.reads.get("mask") if len(parts) == 1 else None, "y": op.writes[y],
            "scratch": shop.scratch(shop.need("winograd_forward", numbers, "scratch")),
        }  # fmt: skip
        calls += [*packing, Call("winograd_forward", numbers, operands)]
        add = op.writes[y]
    return tuple(calls)


def _filters(op: Op, shop: Workshop, part: tuple[int, int], turned: int) -> tuple[str, tuple[Call, ...]]:
    """Packed filters of one part of the window, or of the window turned by 180 degrees, and the calls that pack it."""
    n, w = forward_numbers(op, shop.batch), op.reads["weight"]
    filters = {"co": n["co"], "c": n["c"], "transposed": turned}
    form = "winograd transposed" if turned else "winograd"
    if (n["kh"], n["kw"]) == (TAPS, TAPS):
        packed, once = shop.packed(w, form, shop.need("winograd_pack", filters, "packed"))
        return packed, (Call("winograd_pack", filters, {"w": w, "packed": packed}, prologue=once),)
    i, j = (n["kh"] - TAPS - part[0], n["kw"] - TAPS - part[1]) if turned else part
    square = {"oh": TAPS, "ow": TAPS, "top": -i, "left": -j, "value": 0.0}
    cut = {"n": n["co"] * n["c"], "h": n["kh"], "w": n["kw"], "c": 1} | square
    form = f"{form} {part[0]} {part[1]}"
    taps, once = shop.packed(w, f"{form} taps", shop.need("pad2d", cut, "y"))
    packed, _ = shop.packed(w, form, shop.need("winograd_pack", filters, "packed"))
    return packed, (
        Call("pad2d", cut, {"x": w, "y": taps}, prologue=once),
        Call("winograd_pack", filters, {"w": taps, "packed": packed}, prologue=once),
    )


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return _convolution(op, shop, forward_numbers(op, shop.batch), ("x", "y", "bias"), 0)


def _data_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return _convolution(op, shop, data_gradient_numbers(op, shop.batch), ("dy", "dx", None), 1)


def _weight_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    n, db = forward_numbers(op, shop.batch), op.writes.get("dbias")
    parts, calls = _parts(n), list[Call]()
    for i, j in parts:
        numbers = _numbers(n | {"top": n["top"] - i, "left": n["left"] - j})
        needed = {name: shop.need("winograd_backward_weights", numbers, name) for name in ("dw", "scratch")}
        dw = op.writes["dweight"] if len(parts) == 1 else shop.scratch(needed["dw"], "part")
        operands = {
            "x": op.reads["x"], "dy": op.reads["dy"], "dw": dw, "db": db if (i, j) == parts[0] else None,
            "scratch": shop.scratch(needed["scratch"]),
        }  # fmt: skip
        calls.append(Call("winograd_backward_weights", numbers, operands))
        calls += _placed(n, i, j, dw, op.writes["dweight"]) if len(parts) > 1 else ()
    return tuple(calls)


def _placed(n: dict[str, int], i: int, j: int, part: str, whole: str) -> list[Call]:
    """The calls that copy the taps of one part of all filters to where they belong, row by row."""
    row = {"pixels": n["co"] * n["c"], "c": min(TAPS, n["kw"] - j), "x_channels": TAPS * TAPS}
    row["y_channels"] = n["kh"] * n["kw"]
    return [
        Call("copy_channels", row | {"x_first": a * TAPS, "y_first": (i + a) * n["kw"] + j}, {"x": part, "y": whole})
        for a in range(min(TAPS, n["kh"] - i))
    ]


def _work(n: dict[str, int], tile_flops: float) -> tuple[float, float]:
    """(FLOPs of the products and of the transforms of tiles, bytes of the images)."""
    c, k = (ceil(n[name] / VECTOR) * VECTOR for name in ("c", "co"))
    flops, parts = _tiles(n) * (2.0 * PLACES * c * k + tile_flops * (c + k)), len(_parts(n))
    return parts * flops, 4.0 * parts * n["n"] * (n["h"] * n["w"] * n["c"] + n["oh"] * n["ow"] * n["co"])


def _far_filters(n: dict[str, int]) -> float:
    return max(0.0, 4.0 * len(_parts(n)) * PLACES * n["c"] * n["co"] - CACHED_BYTES)


def _forward_work(op: Op, batch: int) -> tuple[float, float]:
    n = forward_numbers(op, batch)
    flops, moved = _work(n, FORWARD_TILE_FLOPS)
    return flops, moved + _far_filters(n)


def _data_work(op: Op, batch: int) -> tuple[float, float]:
    n = data_gradient_numbers(op, batch)
    flops, moved = _work(n, FORWARD_TILE_FLOPS)
    return flops + len(_parts(n)) * FILTER_FLOPS * n["c"] * n["co"], moved + _far_filters(n)


def _weight_work(op: Op, batch: int) -> tuple[float, float]:
    n = forward_numbers(op, batch)
    flops, moved = _work(n, GRADIENT_TILE_FLOPS)
    return flops + len(_parts(n)) * SUM_FLOPS * n["c"] * n["co"], moved


ALGORITHMS = (
    Algorithm("winograd", "conv2d", accepts, _forward_work, 0.6, _forward, exact=False),
    Algorithm("winograd", "conv2d.dx", accepts, _data_work, 0.6, _data_gradient, exact=False),
    Algorithm("winograd", "conv2d.dw", accepts, _weight_work, 0.6, _weight_gradient, exact=False),
)
