"""Native transposed convolution: the convolution that leads from its output to its input, run backwards.

Its forward is that convolution's data gradient, its data gradient that convolution's forward, and its weight gradient
that convolution's with the two sides changed. Only the bias, which lies on the other side, has a sum of its own.
"""

from __future__ import annotations

from simplecell.geometry import Transposed
from simplecell.kernels.conv import STORED, turned_numbers, work
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop, always
from simplecell.layers.transposed import TransposedConvolution


def _numbers(op: Op, batch: int) -> dict[str, int]:
    """The numbers of the convolution from this layer's output (its x) to this layer's input (its y)."""
    assert op.site is not None
    (c, h, w), (k, oh, ow) = op.site.inputs[0], op.site.output
    a, b = (axis.window for axis in op.site.axes if isinstance(axis, Transposed))
    layer = op.site.layer
    assert isinstance(layer, TransposedConvolution)
    return {
        "n": batch, "h": oh, "w": ow, "c": k, "oh": h, "ow": w, "co": c, "kh": a.size, "kw": b.size, "sh": a.step,
        "sw": b.step, "dh": a.gap, "dw": b.gap, "top": a.before, "left": b.before, "groups": layer.groups,
    }  # fmt: skip


def _pack(op: Op, shop: Workshop, transposed: int) -> tuple[str, Call]:
    numbers = _numbers(op, shop.batch)
    filters = {key: numbers[key] for key in ("co", "c", "kh", "kw", "groups")} | {"transposed": transposed}
    form = "transposed" if transposed else "forward"
    packed, once = shop.packed(op.reads["weight"], form, shop.need("conv2d_pack", filters, "packed"))
    return packed, Call("conv2d_pack", filters, {"w": op.reads["weight"], "packed": packed}, prologue=once)


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    packed, pack = _pack(op, shop, 1)
    numbers = turned_numbers(_numbers(op, shop.batch)) | {"relu": int(op.attributes.get("relu", 0))}
    operands = {
        "x": op.reads["x"], "packed": packed, "bias": op.reads.get("bias"), "add": op.reads.get("add"),
        "y": op.writes["y"], "scratch": shop.scratch(shop.need("conv2d_forward", numbers, "scratch")),
    }  # fmt: skip
    return pack, Call("conv2d_forward", numbers, operands)


def _data_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    packed, pack = _pack(op, shop, 0)
    numbers = _numbers(op, shop.batch) | STORED | {"relu": 0}
    operands = {
        "x": op.reads["dy"], "packed": packed, "bias": None, "add": None, "y": op.writes["dx"],
        "scratch": shop.scratch(shop.need("conv2d_forward", numbers, "scratch")),
    }  # fmt: skip
    return pack, Call("conv2d_forward", numbers, operands)


def _weight_gradient(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _numbers(op, shop.batch)
    operands = {
        "x": op.reads["dy"], "dy": op.reads["x"], "dw": op.writes["dweight"], "db": None,
        "scratch": shop.scratch(shop.need("conv2d_backward_weights", numbers, "scratch")),
    }  # fmt: skip
    calls = (Call("conv2d_backward_weights", numbers, operands),)
    if "dbias" not in op.writes:
        return calls
    pixels = {"pixels": numbers["n"] * numbers["h"] * numbers["w"], "c": numbers["c"]}
    scratch = shop.scratch(shop.need("bias_backward", pixels, "scratch"), "sums")
    return *calls, Call("bias_backward", pixels, {"dy": op.reads["dy"], "db": op.writes["dbias"], "scratch": scratch})


ALGORITHMS = (
    Algorithm("direct", "convtranspose2d", always, work, 0.6, _forward),
    Algorithm("direct", "convtranspose2d.dx", always, work, 0.7, _data_gradient),
    Algorithm("direct", "convtranspose2d.dw", always, work, 0.6, _weight_gradient),
)
