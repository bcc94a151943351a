"""ONNX's functions of each value alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.values import Operand
from simplecell.layers import (
    CELU,
    ELU,
    GELU,
    SELU,
    Abs,
    Clip,
    Erf,
    Exp,
    HardSwish,
    LeakyReLU,
    Log,
    Mish,
    Power,
    PReLU,
    ReLU,
    ReLU6,
    Rescale,
    Sigmoid,
    SiLU,
    Softplus,
    Softsign,
    Tanh,
    Threshold,
)
from simplecell.layers.base import Array, Layer

Function = Callable[[Call], tuple[Operand, ...]]


def _plain(kind: Callable[[], Layer], call: Call) -> tuple[Operand, ...]:
    """A kind without arguments."""
    return (call.each(kind(), call.input(0)),)


def _leaky_relu(call: Call) -> tuple[Operand, ...]:
    return (call.each(LeakyReLU(call.get("alpha", 0.01)), call.input(0)),)


def _elu(call: Call) -> tuple[Operand, ...]:
    return (call.each(ELU(call.get("alpha", 1.0)), call.input(0)),)


def _celu(call: Call) -> tuple[Operand, ...]:
    return (call.each(CELU(call.get("alpha", 1.0)), call.input(0)),)


def _selu(call: Call) -> tuple[Operand, ...]:
    """y = gamma * elu(x, alpha): its own kind for the usual numbers, an ELU times gamma for others."""
    x = call.input(0)
    alpha, gamma = call.get("alpha", 1.67326324), call.get("gamma", 1.05070098)
    if math.isclose(alpha, 1.67326324, rel_tol=1e-6) and math.isclose(gamma, 1.05070098, rel_tol=1e-6):
        return (call.each(SELU(), x),)
    return (call.each(Rescale(gamma), call.each(ELU(alpha), x)),)


def _hard_sigmoid(call: Call) -> tuple[Operand, ...]:
    """y = min(max(alpha*x + beta, 0), 1)."""
    line = call.each(Rescale(call.get("alpha", 0.2), call.get("beta", 0.5)), call.input(0))
    return (call.each(Clip(0.0, 1.0), line),)


def _softplus(call: Call) -> tuple[Operand, ...]:
    return (call.each(Softplus(threshold=80.0), call.input(0)),)


def _gelu(call: Call) -> tuple[Operand, ...]:
    return (call.each(GELU(call.one_of("approximate", "none", "tanh")), call.input(0)),)


def _swish(call: Call) -> tuple[Operand, ...]:
    """y = x * sigmoid(alpha*x), which is silu(alpha*x) / alpha."""
    x, alpha = call.input(0), call.get("alpha", 1.0)
    if alpha == 1.0:
        return (call.each(SiLU(), x),)
    if alpha == 0.0:
        return (call.each(Rescale(0.5), x),)
    return (call.each(Rescale(1 / alpha), call.each(SiLU(), call.each(Rescale(alpha), x))),)


def _thresholded_relu(call: Call) -> tuple[Operand, ...]:
    return (call.each(Threshold(call.get("alpha", 1.0)), call.input(0)),)


def _prelu(call: Call) -> tuple[Operand, ...]:
    """A slope for all, or one per channel (before opset 7 always counted along the channels)."""
    x, slope = call.input(0), call.fixed(1, "slope")
    if call.opset < 7 and slope.ndim == 1:
        slope = slope.reshape(-1, *(1,) * (len(call.shape(x)) - 2))
    if known(x):
        if x.ndim > 1 and slope.shape == (x.shape[1], *(1,) * (x.ndim - 2)):
            return (call.apply(PReLU(slope.size), x, weight=slope.ravel()),)
        return (np.where(x < 0, x * slope, x).astype(x.dtype, copy=False),)
    rank, slope = len(x.shape), slope[0] if slope.ndim == len(x.shape) + 1 and len(slope) == 1 else slope
    full = (1,) * (rank - slope.ndim) + slope.shape
    if full[1:] != (1,) * (rank - 1) or full[0] not in (1, x.shape[0]):
        call.refuse(f"slope has the shape {slope.shape}; supported: one number, or one per channel of {x.shape}")
    return (call.apply(PReLU(slope.size), x, weight=slope.ravel()),)


def _clip(call: Call) -> tuple[Operand, ...]:
    """Bounds are inputs since opset 11, attributes before; either may be left out."""
    x = call.input(0)
    low, high = call.fixed_option(1, "min"), call.fixed_option(2, "max")
    least = float(low.reshape(())) if low is not None else call.get("min", -math.inf)
    most = float(high.reshape(())) if high is not None else call.get("max", math.inf)
    if known(x) and x.dtype != np.float32:
        return (np.minimum(np.maximum(x, x.dtype.type(least) if low is not None else x),
                           x.dtype.type(most) if high is not None else x),)  # fmt: skip
    if (least, most) == (0.0, 6.0):
        return (call.each(ReLU6(), x),)
    if least == 0.0 and most >= np.finfo(np.float32).max:
        return (call.each(ReLU(), x),)
    if known(x) and least > most:  # every value becomes the upper bound
        return (np.minimum(np.maximum(x, x.dtype.type(least)), x.dtype.type(most)),)
    bounds = [None if math.isinf(bound) else bound for bound in (least, most)]
    return (call.each(Clip(*bounds), x) if any(b is not None for b in bounds) else x,)


def _numbers(function: Callable[[Array], Array], layer: Callable[[], Layer], call: Call) -> tuple[Operand, ...]:
    """A function that whole numbers have too: NumPy's for them, the layer for floats."""
    x = call.input(0)
    if known(x) and x.dtype.kind != "f":
        return (function(x),)
    return (call.each(layer(), x),)


def _array_only(function: Callable[[Array], Array], call: Call) -> tuple[Operand, ...]:
    """A function of arrays that networks have no layer for."""
    x = call.fixed(0, "its input")
    with np.errstate(all="ignore"):
        return (np.asarray(function(x), bool if function in _TESTS else x.dtype),)


_TESTS = (np.isnan, np.logical_not)


def _shrink(call: Call) -> tuple[Operand, ...]:
    """y = x - bias above lambd, x + bias below -lambd, 0 between."""
    x, bias, limit = call.fixed(0, "its input"), call.get("bias", 0.0), call.get("lambd", 0.5)
    return (np.where(x < -limit, x + bias, np.where(x > limit, x - bias, 0)).astype(x.dtype),)


OPERATORS: dict[str, Function] = {
    "Relu": partial(_numbers, lambda x: np.maximum(x, 0), ReLU),
    "Sigmoid": partial(_plain, Sigmoid),
    "Tanh": partial(_plain, Tanh),
    "HardSwish": partial(_plain, HardSwish),
    "Mish": partial(_plain, Mish),
    "Softsign": partial(_plain, Softsign),
    "Erf": partial(_plain, Erf),
    "Exp": partial(_plain, Exp),
    "Log": partial(_plain, Log),
    "Sqrt": partial(_plain, partial(Power, 0.5)),
    "Abs": partial(_numbers, np.abs, Abs),
    "Neg": partial(_numbers, np.negative, partial(Rescale, -1.0)),
    "LeakyRelu": _leaky_relu,
    "Elu": _elu,
    "Celu": _celu,
    "Selu": _selu,
    "HardSigmoid": _hard_sigmoid,
    "Softplus": _softplus,
    "Gelu": _gelu,
    "Swish": _swish,
    "ThresholdedRelu": _thresholded_relu,
    "PRelu": _prelu,
    "Clip": _clip,
    "Shrink": _shrink,
    "Not": partial(_array_only, np.logical_not),
    "Floor": partial(_array_only, np.floor),
    "Ceil": partial(_array_only, np.ceil),
    "Round": partial(_array_only, np.rint),
    "Sign": partial(_array_only, np.sign),
    "IsNaN": partial(_array_only, np.isnan),
    "Sin": partial(_array_only, np.sin),
    "Cos": partial(_array_only, np.cos),
}
