"""Native pools, sums, dropout, layout changes and losses: one kernel call each."""

from __future__ import annotations

import math
from collections.abc import Mapping

from simplecell.kernels.ir import Call, Op
from simplecell.kernels.table import Algorithm, Workshop, always
from simplecell.layers.base import Shape, Site
from simplecell.layers.pools import AvgPool

Numbers = Mapping[str, int | float]


def site_of(op: Op) -> Site:
    """The resolved numbers of an op that has a layer."""
    assert op.site is not None
    return op.site


def _count(op: Op, shop: Workshop) -> dict[str, int]:
    (result,) = (shop.tensor(t) for t in list(op.writes.values())[:1])
    return {"count": math.prod(result.shape)}


def _image(op: Op, shop: Workshop) -> dict[str, int]:
    """n, c, hw of the op's image."""
    shape = shop.tensor(next(iter(op.reads.values()))).shape
    return {"n": shape[0], "c": shape[1], "hw": math.prod(shape[2:])}


def _regions(op: Op, shop: Workshop) -> dict[str, int]:
    assert op.site is not None
    (c, h, w), (_, oh, ow) = op.site.inputs[0], op.site.output
    return {"n": shop.batch, "h": h, "w": w, "c": c, "oh": oh, "ow": ow}


def _pool(op: Op, shop: Workshop) -> dict[str, int]:
    assert op.site is not None
    rows, cols = (axis.window for axis in op.site.windows)
    return _regions(op, shop) | {
        "kh": rows.size, "kw": cols.size, "sh": rows.step, "sw": cols.step, "top": rows.before, "left": cols.before,
    }  # fmt: skip


def _max(op: Op, shop: Workshop) -> dict[str, int]:
    assert op.site is not None
    rows, cols = op.site.windows
    return _pool(op, shop) | {"dh": rows.window.gap, "dw": cols.window.gap}


def _average(op: Op, shop: Workshop) -> dict[str, int]:
    assert op.site is not None
    rows, cols = op.site.windows
    layer = op.site.layer
    assert isinstance(layer, AvgPool)
    return _pool(op, shop) | {
        "bottom": rows.window.after,
        "right": cols.window.after,
        "count_pad": int(layer.counts_padding),
    }


def _max_forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"x": op.reads["x"], "y": op.writes["y"], "index": op.writes.get("index")}
    return (Call("maxpool2d_forward", _max(op, shop), operands),)


def _max_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"dy": op.reads["dy"], "index": op.reads["index"], "dx": op.writes["dx"]}
    return (Call("maxpool2d_backward", _max(op, shop), operands),)


def _average_forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return (Call("avgpool2d_forward", _average(op, shop), {"x": op.reads["x"], "y": op.writes["y"]}),)


def _average_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"dy": op.reads["dy"], "mask": op.reads.get("mask"), "dx": op.writes["dx"]}
    return (Call("avgpool2d_backward", _average(op, shop), operands),)


def _adaptive(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return (Call("adaptive_avgpool2d_forward", _regions(op, shop), {"x": op.reads["x"], "y": op.writes["y"]}),)


def _adaptive_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return (Call("adaptive_avgpool2d_backward", _regions(op, shop), {"dy": op.reads["dy"], "dx": op.writes["dx"]}),)


def _add(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"a": op.reads["a"], "b": op.reads["b"], "y": op.writes["y"]}
    return (Call("add", _count(op, shop) | {"relu": int(op.attributes.get("relu", 0))}, operands),)


def _dropout(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers: Numbers = {**_image(op, shop), **op.attributes}
    read, write = ("x", "y") if "x" in op.reads else ("dy", "dx")
    kernel = "dropout_forward" if read == "x" else "dropout_backward"
    return (Call(kernel, numbers, {read: op.reads[read], write: op.writes[write], "seed": op.reads["seed"]}),)


def _to_nhwc(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return (Call("nchw_to_nhwc", {"n": shop.batch, **op.attributes}, {"x": op.reads["x"], "y": op.writes["y"]}),)


def _to_nchw(op: Op, shop: Workshop) -> tuple[Call, ...]:
    return (Call("nhwc_to_nchw", {"n": shop.batch, **op.attributes}, {"x": op.reads["x"], "y": op.writes["y"]}),)


def _rows(op: Op, shop: Workshop) -> dict[str, int]:
    """A softmax runs over channels, which lie innermost."""
    shape = shop.tensor(next(iter(op.writes.values()))).shape
    return {"rows": shape[0] * math.prod(shape[2:]), "cols": shape[1]}


def _softmax(op: Op, shop: Workshop) -> tuple[Call, ...]:
    """A softmax or its logarithm, forward or backward: roles and operands have the same names."""
    kernel = "log_softmax" if op.kind.startswith("logsoftmax") else "softmax"
    way = "backward" if op.kind.endswith(".dx") else "forward"
    return (Call(f"{kernel}_{way}", _rows(op, shop), {**op.reads, **op.writes}),)


def _cross_entropy(op: Op, shop: Workshop) -> tuple[Call, ...]:
    n, c = shop.tensor(op.reads["scores"]).shape
    operands = {
        "logits": op.reads["scores"], "targets": op.reads["target"], "loss": op.writes["loss"],
        "dlogits": op.writes["dscores"], "correct": op.writes["correct"],
    }  # fmt: skip
    return (Call("cross_entropy", {"n": n, "c": c}, operands),)


def _mean_squared_error(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {
        "pred": op.reads["scores"], "target": op.reads["target"], "loss": op.writes["loss"],
        "dpred": op.writes["dscores"],
    }  # fmt: skip
    return (Call("mse", {"count": math.prod(shop.tensor(op.reads["scores"]).shape)}, operands),)


def moving(op: Op, batch: int) -> tuple[float, float]:
    """No FLOPs that count; every value read and written once."""
    if op.site is None:
        return 0.0, 0.0
    shapes: tuple[Shape, ...] = (*op.site.inputs, op.site.output)
    return 0.0, 4.0 * batch * sum(math.prod(s) for s in shapes)


ALGORITHMS = tuple(
    Algorithm("direct", kind, always, moving, 1.0, lower)
    for kind, lower in {
        "maxpool2d": _max_forward,
        "maxpool2d.dx": _max_backward,
        "avgpool2d": _average_forward,
        "avgpool2d.dx": _average_backward,
        "adaptiveavgpool2d": _adaptive,
        "adaptiveavgpool2d.dx": _adaptive_backward,
        "add": _add,
        "dropout": _dropout,
        "dropout.dx": _dropout,
        "to_nhwc": _to_nhwc,
        "to_nchw": _to_nchw,
        "softmax": _softmax,
        "softmax.dx": _softmax,
        "logsoftmax": _softmax,
        "logsoftmax.dx": _softmax,
        "cross_entropy": _cross_entropy,
        "mse": _mean_squared_error,
    }.items()
)
