"""Native normalisation. The kernels read values with the channels innermost; layer norm reads whole images as rows."""

from __future__ import annotations

import math
from typing import Any

from simplecell.kernels.ir import Call, Op
from simplecell.kernels.simple import moving
from simplecell.kernels.table import LARGEST_NUMBER, Algorithm, Workshop, always
from simplecell.layers.affine import Affine
from simplecell.layers.groupnorm import GroupNorm
from simplecell.layers.localresponsenorm import LocalResponseNorm


def _layer(op: Op) -> Any:
    assert op.site is not None
    return op.site.layer


def _pixels(op: Op, shop: Workshop) -> dict[str, int]:
    n, c, *sizes = shop.tensor(op.reads["x"]).shape
    return {"pixels": n * math.prod(sizes), "c": c}


def _batch_norm(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers: dict[str, int | float] = {**_pixels(op, shop), "eps": _layer(op).eps}
    operands = {"x": op.reads["x"], "weight": op.reads.get("weight"), "bias": op.reads.get("bias"), "y": op.writes["y"]}
    if not shop.training:
        averages = {"mean": op.reads["running_mean"], "var": op.reads["running_var"]}
        scratch = shop.scratch(shop.need("batchnorm_evaluate", numbers, "scratch"))
        return (Call("batchnorm_evaluate", numbers, operands | averages | {"scratch": scratch}),)
    numbers |= {"momentum": _layer(op).momentum, "relu": int(op.attributes.get("relu", 0))}
    operands |= {key: op.reads[key] for key in ("running_mean", "running_var")} | {"add": op.reads.get("add")}
    operands |= {"mean": op.writes["mean"], "inv": op.writes["inv"]}
    operands["scratch"] = shop.scratch(shop.need("batchnorm_forward", numbers, "scratch"))
    return (Call("batchnorm_forward", numbers, operands),)


def _gradients(op: Op) -> dict[str, str | None]:
    """The operands that the backward kernels of all three norms share."""
    reads = {key: op.reads.get(key) for key in ("dy", "x", "weight", "mean", "inv")}
    return reads | {key: op.writes.get(key) for key in ("dx", "dweight", "dbias")}


def _batch_norm_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _pixels(op, shop)
    scratch = shop.scratch(shop.need("batchnorm_backward", numbers, "scratch"))
    return (Call("batchnorm_backward", numbers, _gradients(op) | {"scratch": scratch}),)


def _per_channel(op: Op) -> str | None:
    layer = _layer(op)
    assert isinstance(layer, Affine)
    assert op.site is not None
    each = (op.site.output[0], *(1 for _ in layer.shape[1:]))
    return None if layer.shape == each else "the kernel takes one number for each channel"


def _constants(op: Op, shop: Workshop, c: int) -> tuple[dict[str, str], tuple[Call, ...]]:
    """A mean of 0 and a variance of 1, with which a batch norm only scales and shifts."""
    names = {"mean": shop.scratch(4 * c, "mean"), "var": shop.scratch(4 * c, "variance")}
    values = {"mean": 0.0, "var": 1.0}
    return names, tuple(Call("fill", {"count": c, "value": values[key]}, {"y": name}) for key, name in names.items())


def _affine(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers: dict[str, int | float] = {**_pixels(op, shop), "eps": 0.0}
    constants, made = _constants(op, shop, int(numbers["c"]))
    operands = {
        "x": op.reads["x"], "weight": op.reads.get("weight"), "bias": op.reads.get("bias"), "y": op.writes["y"],
        "scratch": shop.scratch(shop.need("batchnorm_evaluate", numbers, "scratch")),
    }  # fmt: skip
    return (*made, Call("batchnorm_evaluate", numbers, operands | constants))


def _affine_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    """The weights' gradients are a batch norm's; the input's is dy, scaled."""
    numbers = _pixels(op, shop)
    constants, made = _constants(op, shop, numbers["c"])
    calls = list(made)
    if "dweight" in op.writes or "dbias" in op.writes:
        scratch = shop.scratch(shop.need("batchnorm_backward", numbers, "scratch"), "sums")
        operands = _gradients(op) | {"dx": None, "scratch": scratch, "mean": constants["mean"], "inv": constants["var"]}
        calls.append(Call("batchnorm_backward", numbers, operands))
    if "dx" in op.writes:
        scale: dict[str, int | float] = {**numbers, "eps": 0.0}
        scratch = shop.scratch(shop.need("batchnorm_evaluate", scale, "scratch"))
        given = {"x": op.reads["dy"], "weight": op.reads.get("weight"), "y": op.writes["dx"], "scratch": scratch}
        calls.append(Call("batchnorm_evaluate", scale, given | constants))
    return tuple(calls)


def _fold(op: Op, shop: Workshop) -> tuple[Call, ...]:
    """Filters and biases that already scale and shift as the batch norm behind them would: made when weights change."""
    shape = shop.tensor(op.reads["w"]).shape
    numbers = {"co": shape[0], "each": math.prod(shape[1:]), **op.attributes}
    operands: dict[str, str | None] = {key: op.reads.get(key) for key in ("w", "b", "weight", "bias", "mean", "var")}
    return (Call("batchnorm_fold", numbers, operands | dict(op.writes), prologue=True),)


def _groups(op: Op, shop: Workshop) -> dict[str, int]:
    n, c, *sizes = shop.tensor(op.reads["x"]).shape
    layer = _layer(op)
    groups = layer.groups if isinstance(layer, GroupNorm) else c  # instance norm has a group for each channel
    return {"n": n, "hw": math.prod(sizes), "c": c, "groups": groups}


def _group_norm(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers: dict[str, int | float] = {**_groups(op, shop), "eps": _layer(op).eps}
    operands = {
        "x": op.reads["x"], "weight": op.reads.get("weight"), "bias": op.reads.get("bias"), **op.writes,
        "scratch": shop.scratch(shop.need("groupnorm_forward", numbers, "scratch")),
    }  # fmt: skip
    return (Call("groupnorm_forward", numbers, operands),)


def _group_norm_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _groups(op, shop)
    scratch = shop.scratch(shop.need("groupnorm_backward", numbers, "scratch"))
    return (Call("groupnorm_backward", numbers, _gradients(op) | {"scratch": scratch}),)


def _whole_images(op: Op) -> str | None:
    """Layer norm over the last axes alone would cut across the channels, which lie innermost."""
    layer, shape = _layer(op), op.site.inputs[0] if op.site else ()
    if layer.normalized_shape not in (None, shape):
        return f"it normalises {layer.normalized_shape} inside {shape}, and the kernel takes whole images"
    return None


def _rows(op: Op, shop: Workshop) -> tuple[dict[str, int], dict[str, int]]:
    """Rows and values of a row; c and hw of an image, for weights that lie as it does."""
    n, c, *sizes = shop.tensor(op.reads["x"]).shape
    return {"rows": n, "f": c * math.prod(sizes)}, {"n": 1, "c": c, "hw": math.prod(sizes)}


def _inside(op: Op, shop: Workshop, key: str) -> tuple[str | None, tuple[Call, ...]]:
    """A weight of an image's shape in the order in which images lie inside, and the call that turns it."""
    given, (numbers, turn) = op.reads.get(key), _rows(op, shop)
    if given is None or turn["c"] == 1 or turn["hw"] == 1:
        return given, ()
    turned, once = shop.packed(given, "channels last", 4 * numbers["f"])
    return turned, (Call("nchw_to_nhwc", turn, {"x": given, "y": turned}, prologue=once),)


def _layer_norm(op: Op, shop: Workshop) -> tuple[Call, ...]:
    (weight, turn_weight), (bias, turn_bias) = _inside(op, shop, "weight"), _inside(op, shop, "bias")
    numbers: dict[str, int | float] = {**_rows(op, shop)[0], "eps": _layer(op).eps}
    operands = {"x": op.reads["x"], "weight": weight, "bias": bias, **op.writes}
    return (*turn_weight, *turn_bias, Call("layernorm_forward", numbers, operands))


def _layer_norm_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    (weight, turn_weight), (numbers, turn) = _inside(op, shop, "weight"), _rows(op, shop)
    operands = _gradients(op) | {"weight": weight}
    operands["scratch"] = shop.scratch(shop.need("layernorm_backward", numbers, "scratch"))
    back: list[Call] = []
    for key in ("dweight", "dbias") if turn["c"] > 1 and turn["hw"] > 1 else ():
        if op.writes.get(key):
            operands[key] = shop.scratch(4 * numbers["f"], key)
            back.append(Call("nhwc_to_nchw", turn, {"x": operands[key], "y": op.writes[key]}))
    return (*turn_weight, Call("layernorm_backward", numbers, operands), *back)


def _usual_powers(op: Op) -> str | None:
    layer = _layer(op)
    if layer.beta == 0:
        return "beta is 0: nothing is divided"
    large = max(layer.alpha, layer.beta, layer.k) > LARGEST_NUMBER
    return f"alpha, beta or k is larger than {LARGEST_NUMBER:g}" if large else None


def _response(op: Op, shop: Workshop) -> tuple[Call, ...]:
    layer, kernel = _layer(op), "lrn_backward" if op.kind.endswith(".dx") else "lrn_forward"
    assert isinstance(layer, LocalResponseNorm)
    numbers = _pixels(op, shop) | {"size": layer.size, "alpha": layer.alpha, "beta": layer.beta, "k": layer.k}
    scratch = shop.scratch(shop.need(kernel, numbers, "scratch"))
    return (Call(kernel, numbers, {**op.reads, **op.writes, "scratch": scratch}),)


ALGORITHMS = (
    Algorithm("direct", "batchnorm", always, moving, 1.0, _batch_norm),
    Algorithm("direct", "batchnorm.dx", always, moving, 1.0, _batch_norm_backward),
    Algorithm("direct", "affine", _per_channel, moving, 1.0, _affine),
    Algorithm("direct", "affine.dx", _per_channel, moving, 1.0, _affine_backward),
    Algorithm("direct", "fold", always, moving, 1.0, _fold),
    Algorithm("direct", "groupnorm", always, moving, 1.0, _group_norm),
    Algorithm("direct", "groupnorm.dx", always, moving, 1.0, _group_norm_backward),
    Algorithm("direct", "layernorm", _whole_images, moving, 1.0, _layer_norm),
    Algorithm("direct", "layernorm.dx", _whole_images, moving, 1.0, _layer_norm_backward),
    Algorithm("direct", "localresponsenorm", _usual_powers, moving, 1.0, _response),
    Algorithm("direct", "localresponsenorm.dx", _usual_powers, moving, 1.0, _response),
)
