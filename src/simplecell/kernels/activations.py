"""Native activations: one kernel forward and one backward for each function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from simplecell.kernels.ir import Call, Op
from simplecell.kernels.simple import moving
from simplecell.kernels.table import LARGEST_NUMBER, Algorithm, Workshop, always
from simplecell.layers.base import Layer

Numbers = Mapping[str, int | float]


def _none(layer: Any) -> Numbers:
    return {}


def _elu(layer: Any) -> Numbers:
    return {"alpha": layer.alpha, "scale": 1.0, "input_scale": 1.0}


def _celu(layer: Any) -> Numbers:
    return {"alpha": layer.alpha, "scale": 1.0, "input_scale": 1.0 / layer.alpha}


def _selu(layer: Any) -> Numbers:
    return {"alpha": layer.alpha, "scale": layer.scale, "input_scale": 1.0}


def _clip(layer: Any) -> Numbers:
    least, most = layer.least, layer.most
    return {"least": least or 0.0, "most": most or 0.0, "below": int(least is not None), "above": int(most is not None)}


def _gelu_name(layer: Any) -> str:
    return "gelu_tanh" if layer.approximate == "tanh" else "gelu"


FUNCTIONS: dict[str, tuple[str | Callable[[Any], str], Callable[[Any], Numbers], str]] = {
    "relu": ("relu", _none, "y"),
    "relu6": ("relu6", _none, "y"),
    "leakyrelu": ("leaky_relu", lambda layer: {"slope": layer.negative_slope}, "x"),
    "elu": ("elu", _elu, "x"),
    "selu": ("elu", _selu, "x"),
    "celu": ("elu", _celu, "x"),
    "sigmoid": ("sigmoid", _none, "y"),
    "hardsigmoid": ("hardsigmoid", _none, "x"),
    "hardswish": ("hardswish", _none, "x"),
    "tanh": ("tanh", _none, "y"),
    "gelu": (_gelu_name, _none, "x"),
    "silu": ("silu", _none, "x"),
    "mish": ("mish", _none, "x"),
    "softplus": ("softplus", lambda layer: {"beta": layer.beta, "threshold": layer.threshold}, "x"),
    "rescale": ("rescale", lambda layer: {"scale": layer.scale, "offset": layer.offset}, "x"),
    "clip": ("clip", _clip, "x"),
    "threshold": ("threshold", lambda layer: {"threshold": layer.threshold, "fill": layer.fill}, "x"),
    "abs": ("abs", _none, "x"),
    "exp": ("exp", _none, "y"),
    "log": ("log", _none, "x"),
    "erf": ("erf", _none, "x"),
    "softsign": ("softsign", _none, "x"),
    "power": ("power", lambda layer: {"exponent": layer.exponent}, "x"),
}
"""By kind: the kernels' name, the numbers they take from the layer, and whether backward reads x or y."""


def _numbers(op: Op) -> Numbers:
    """What the kernel takes besides the count. A rectifier that was fused into another layer stands without a site."""
    return {} if op.site is None else FUNCTIONS[op.kind.removesuffix(".dx")][1](op.site.layer)


def _name(op: Op) -> str:
    name = FUNCTIONS[op.kind.removesuffix(".dx")][0]
    if isinstance(name, str):
        return name
    assert op.site is not None
    layer: Layer = op.site.layer
    return name(layer)


def _accepts(op: Op) -> str | None:
    return next(
        (f"{key} = {value:g} is larger than {LARGEST_NUMBER:g}" for key, value in _numbers(op).items()
         if abs(value) > LARGEST_NUMBER),
        None,
    )  # fmt: skip


def _forward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    count = math.prod(shop.tensor(op.writes["y"]).shape)
    operands = {"x": op.reads["x"], "y": op.writes["y"]}
    return (Call(f"{_name(op)}_forward", {"count": count, **_numbers(op)}, operands),)


def _backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    kept = FUNCTIONS[op.kind.removesuffix(".dx")][2]
    operands = {"dy": op.reads["dy"], kept: op.reads[kept], "dx": op.writes["dx"]}
    count = math.prod(shop.tensor(op.writes["dx"]).shape)
    return (Call(f"{_name(op)}_backward", {"count": count, **_numbers(op)}, operands),)


def _slopes(op: Op, shop: Workshop) -> dict[str, int]:
    n, c, *sizes = shop.tensor(op.reads["x"]).shape
    (slopes,) = shop.tensor(op.reads["weight"]).shape
    return {"pixels": n * math.prod(sizes), "c": c, "slopes": slopes}


def _prelu(op: Op, shop: Workshop) -> tuple[Call, ...]:
    operands = {"x": op.reads["x"], "weight": op.reads["weight"], "y": op.writes["y"]}
    return (Call("prelu_forward", _slopes(op, shop), operands),)


def _prelu_backward(op: Op, shop: Workshop) -> tuple[Call, ...]:
    numbers = _slopes(op, shop)
    operands = {
        "dy": op.reads["dy"], "x": op.reads["x"], "weight": op.reads["weight"], "dx": op.writes.get("dx"),
        "dweight": op.writes["dweight"], "scratch": shop.scratch(shop.need("prelu_backward", numbers, "scratch")),
    }  # fmt: skip
    return (Call("prelu_backward", numbers, operands),)


ALGORITHMS = (
    *(Algorithm("direct", kind, _accepts, moving, 1.0, _forward) for kind in FUNCTIONS),
    *(Algorithm("direct", f"{kind}.dx", _accepts, moving, 1.0, _backward) for kind in FUNCTIONS),
    Algorithm("direct", "prelu", always, moving, 1.0, _prelu),
    Algorithm("direct", "prelu.dx", always, moving, 1.0, _prelu_backward),
)
