"""The weights' gradient of a convolution behind a max pool, from the winners of its windows alone."""

from __future__ import annotations

import math

from simplecell.kernels.conv import forward_numbers
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.simple import site_of
from simplecell.kernels.table import Algorithm, Workshop

NAMES = ("n", "h", "w", "c", "oh", "ow", "co", "kh", "kw", "sh", "sw", "top", "left")


def _accepts(op: Op) -> str | None:
    n = forward_numbers(op, 1)
    if (n["dh"], n["dw"], n["groups"]) != (1, 1, 1):
        return "the rows of its patches are in one piece, so dilation and groups must be 1"
    return None


def _lower(op: Op, shop: Workshop) -> tuple[Call, ...]:
    given = forward_numbers(op, shop.batch)
    _, _, ph, pw = shop.tensor(op.reads["dy"]).shape
    numbers = {name: given[name] for name in NAMES} | {"ph": ph, "pw": pw, "planar": 0}
    operands = {
        "x": op.reads["x"], "dy": op.reads["dy"], "index": op.reads["index"], "dw": op.writes["dweight"],
        "db": op.writes.get("dbias"),
        "scratch": shop.scratch(shop.need("conv2d_winners_weights", numbers, "scratch")),
    }  # fmt: skip
    return (Call("conv2d_winners_weights", numbers, operands),)


def _work(op: Op, batch: int) -> tuple[float, float]:
    """No FLOPs to compare: their number is the pool's affair."""
    return 0.0, 4.0 * batch * math.prod(site_of(op).inputs[0])


ALGORITHMS = (Algorithm("winners", "winners.dw", _accepts, _work, 1.0, _lower),)
