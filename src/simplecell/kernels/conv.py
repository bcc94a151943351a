"""Native two-dimensional convolution: forward, and both gradients by the same algebra.

The data gradient is a convolution of dy with the filters rotated and their channels swapped, over dy with stride-1
zeros between its rows and columns; only the resolved numbers differ.
"""

from __future__ import annotations

from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop, always
from simplecell.layers.convolution import Convolution


def _layer(op: Op) -> Convolution:
    assert op.site is not None
    layer = op.site.layer
    assert isinstance(layer, Convolution)
    return layer


STORED = {"zh": 1, "zw": 1, "planar": 0}
"""How x lies for the kernel as a rule: no zeros between its pixels, channels last."""


def forward_numbers(op: Op, batch: int) -> dict[str, int]:
    """The kernel's numbers for y = conv(x)."""
    assert op.site is not None
    (rows, cols), (c, h, w), (k, oh, ow) = op.site.windows, op.site.inputs[0], op.site.output
    a, b = rows.window, cols.window
    return {
        "n": batch, "h": h, "w": w, "c": c, "oh": oh, "ow": ow, "co": k, "kh": a.size, "kw": b.size,
        "sh": a.step, "sw": b.step, "dh": a.gap, "dw": b.gap, "top": a.before, "left": b.before,
        "groups": _layer(op).groups,
    }  # fmt: skip


def data_gradient_numbers(op: Op, batch: int) -> dict[str, int]:
    """The same kernel's numbers for dx."""
    return turned_numbers(forward_numbers(op, batch))


def turned_numbers(y: dict[str, int]) -> dict[str, int]:
    """The numbers of the way back: stride and zoom change places, the padding turns round."""
    return y | {
        "h": y["oh"], "w": y["ow"], "c": y["co"], "oh": y["h"], "ow": y["w"], "co": y["c"],
        "sh": 1, "sw": 1, "zh": y["sh"], "zw": y["sw"], "planar": 0,
        "top": (y["kh"] - 1) * y["dh"] - y["top"], "left": (y["kw"] - 1) * y["dw"] - y["left"],
    }  # fmt: skip


def _filters(op: Op, batch: int, transposed: int) -> dict[str, int]:
    numbers = forward_numbers(op, batch)
    return {
        "co": numbers["co"], "c": numbers["c"], "kh": numbers["kh"], "kw": numbers["kw"],
        "groups": numbers["groups"], "transposed": transposed,
    }  # fmt: skip


def _pack(op: Op, shop: Workshop, transposed: int) -> tuple[str, Call]:
    numbers = _filters(op, shop.batch, transposed)
    form = "transposed" if transposed else "forward"
    packed, once = shop.packed(op.reads["weight"], form, shop.need("conv2d_pack", numbers, "packed"))
    return packed, Call("conv2d_pack", numbers, {"w": op.reads["weight"], "packed": packed}, prologue=once)


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    packed, pack = _pack(op, shop, 0)
    numbers = forward_numbers(op, shop.batch) | STORED | {"relu": int(op.attributes.get("relu", 0))}
    operands = {
        "x": op.reads["x"], "packed": packed, "bias": op.reads.get("bias"), "add": op.reads.get("add"),
        "y": op.writes["y"], "scratch": shop.scratch(shop.need("conv2d_forward", numbers, "scratch")),
    }  # fmt: skip
    return pack, Call("conv2d_forward", numbers, operands)


def _data_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    packed, pack = _pack(op, shop, 1)
    numbers = data_gradient_numbers(op, shop.batch) | {"relu": 0}
    operands = {
        "x": op.reads["dy"], "packed": packed, "bias": None, "add": op.reads.get("add"), "mask": op.reads.get("mask"),
        "y": op.writes["dx"], "scratch": shop.scratch(shop.need("conv2d_forward", numbers, "scratch")),
    }  # fmt: skip
    return pack, Call("conv2d_forward", numbers, operands)


def _weight_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = forward_numbers(op, shop.batch)
    operands = {
        "x": op.reads["x"], "dy": op.reads["dy"], "dw": op.writes["dweight"], "db": op.writes.get("dbias"),
        "scratch": shop.scratch(shop.need("conv2d_backward_weights", numbers, "scratch")),
    }  # fmt: skip
    return (Call("conv2d_backward_weights", numbers, operands),)


def work(op: Op, batch: int) -> tuple[float, float]:
    assert op.site is not None
    moved = sum(a * b * c for a, b, c in (op.site.inputs[0], op.site.output))
    return 2.0 * op.site.cost.macs * batch, 4.0 * (moved * batch + op.site.parameters)


ALGORITHMS = (
    Algorithm("direct", "conv2d", always, work, 0.7, _forward),
    Algorithm("direct", "conv2d.dx", always, work, 0.6, _data_gradient),
    Algorithm("direct", "conv2d.dw", always, work, 0.6, _weight_gradient),
)
