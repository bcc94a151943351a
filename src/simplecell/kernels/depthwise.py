"""Native depthwise convolution: every filter sees one channel, so that channels are the lanes of a vector."""

from __future__ import annotations

from simplecell.kernels.conv import forward_numbers, work
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop


def _accepts(op: Op) -> str | None:
    numbers = forward_numbers(op, 1)
    if numbers["groups"] == numbers["c"] > 1:
        return None
    return f"it is for filters of one channel, and these see {numbers['c'] // numbers['groups']} of {numbers['c']}"


def _numbers(op: Op, batch: int) -> dict[str, int]:
    return {key: value for key, value in forward_numbers(op, batch).items() if key != "groups"}


def _pack(op: Op, shop: Workshop) -> tuple[str, Call]:
    filters = {key: value for key, value in _numbers(op, shop.batch).items() if key in ("c", "co", "kh", "kw")}
    packed, once = shop.packed(op.reads["weight"], "depthwise", shop.need("depthwise_pack", filters, "packed"))
    return packed, Call("depthwise_pack", filters, {"w": op.reads["weight"], "packed": packed}, prologue=once)


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    packed, pack = _pack(op, shop)
    numbers = _numbers(op, shop.batch) | {"relu": int(op.attributes.get("relu", 0))}
    operands = {
        "x": op.reads["x"], "packed": packed, "bias": op.reads.get("bias"), "add": op.reads.get("add"),
        "y": op.writes["y"],
    }  # fmt: skip
    return pack, Call("depthwise_forward", numbers, operands)


def _data_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    packed, pack = _pack(op, shop)
    operands = {"dy": op.reads["dy"], "packed": packed, "dx": op.writes["dx"]}
    return pack, Call("depthwise_backward_data", _numbers(op, shop.batch), operands)


def _weight_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _numbers(op, shop.batch)
    operands = {
        "x": op.reads["x"], "dy": op.reads["dy"], "dw": op.writes["dweight"], "db": op.writes.get("dbias"),
        "scratch": shop.scratch(shop.need("depthwise_backward_weights", numbers, "scratch")),
    }  # fmt: skip
    return (Call("depthwise_backward_weights", numbers, operands),)


ALGORITHMS = (
    Algorithm("depthwise", "conv2d", _accepts, work, 0.8, _forward),
    Algorithm("depthwise", "conv2d.dx", _accepts, work, 0.8, _data_gradient),
    Algorithm("depthwise", "conv2d.dw", _accepts, work, 0.8, _weight_gradient),
)
