"""Native fully connected layers: a matrix product and its two gradients."""

from __future__ import annotations

from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop, always

FEW, LARGE = 8, 1 << 20
"""Weights that change with every step, or that are many and read by few images, are read as they are: packing would
cost more than it saves, and as much memory again."""


def _numbers(op: Op, batch: int) -> dict[str, int]:
    assert op.site is not None
    return {"n": batch, "i": op.site.inputs[0][0], "o": op.site.output[0]}


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _numbers(op, shop.batch)
    relu = {"relu": int(op.attributes.get("relu", 0))}
    if shop.training or (shop.batch <= FEW and numbers["i"] * numbers["o"] > LARGE):
        rows = {"x": op.reads["x"], "w": op.reads["weight"], "bias": op.reads.get("bias"), "y": op.writes["y"]}
        return (Call("linear_rows_forward", numbers | relu, rows),)
    filters = {"o": numbers["o"], "i": numbers["i"]}
    packed, once = shop.packed(op.reads["weight"], "forward", shop.need("linear_pack", filters, "packed"))
    operands = {"x": op.reads["x"], "packed": packed, "bias": op.reads.get("bias"), "y": op.writes["y"]}
    return (
        Call("linear_pack", filters, {"w": op.reads["weight"], "packed": packed}, prologue=once),
        Call("linear_forward", numbers | relu, operands),
    )


def _data_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _numbers(op, shop.batch)
    operands = {
        "dy": op.reads["dy"], "w": op.reads["weight"], "dx": op.writes["dx"],
        "scratch": shop.scratch(shop.need("linear_backward_data", numbers, "scratch")),
    }  # fmt: skip
    return (Call("linear_backward_data", numbers, operands),)


def _weight_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _numbers(op, shop.batch)
    operands = {
        "dy": op.reads["dy"], "x": op.reads["x"], "dw": op.writes["dweight"], "db": op.writes.get("dbias"),
        "scratch": shop.scratch(shop.need("linear_backward_weights", numbers, "scratch")),
    }  # fmt: skip
    return (Call("linear_backward_weights", numbers, operands),)


def _update(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {
        "dy": op.reads["dy"], "x": op.reads["x"], "w": op.reads["weight"], "hyper": op.reads["hyper"],
        "v": op.reads.get("momentum_buffer") or shop.scratch(0), "db": op.writes.get("dbias"),
    }  # fmt: skip
    return (Call("linear_update", {**_numbers(op, shop.batch), **op.attributes}, operands),)


def _work(op: Op, batch: int) -> tuple[float, float]:
    assert op.site is not None
    return 2.0 * op.site.cost.macs * batch, 4.0 * (op.site.parameters + batch * (op.site.units + op.site.inputs[0][0]))


ALGORITHMS = (
    Algorithm("gemm", "linear", always, _work, 0.6, _forward),
    Algorithm("gemm", "linear.dx", always, _work, 0.5, _data_gradient),
    Algorithm("gemm", "linear.dw", always, _work, 0.5, _weight_gradient),
    Algorithm("gemm", "linear.update", always, _work, 0.5, _update),
)
