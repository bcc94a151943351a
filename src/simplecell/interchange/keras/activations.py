"""Keras's activations: functions by name, in any layer that has one, and layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from simplecell.interchange.keras.stage import Stage
from simplecell.interchange.onnx.values import Traced
from simplecell.layers import CELU, ELU, GELU, HardSigmoid, LeakyReLU, ReLU6, Softplus
from simplecell.layers.base import Array, Layer

Function = Callable[[Stage, Traced], Traced]


def _number(value: float) -> Array:
    return np.array(value, np.float32)


def _onnx(op: str, a: Stage, x: Traced) -> Traced:
    return a.onnx(op, x)


def _kind(make: Callable[[], Layer], a: Stage, x: Traced) -> Traced:
    return a.layer(make(), x)


def _softmax(op: str, a: Stage, x: Traced) -> Traced:
    axis = a.get("axis", -1)
    if not isinstance(axis, int):
        a.refuse(f"axis = {axis!r}; supported: one axis")
    return a.onnx(op, x, axis=a.axis(axis, len(x.shape) + 1))


FUNCTIONS: dict[str, Function] = {
    "linear": lambda a, x: x,
    "relu": partial(_onnx, "Relu"),
    "relu6": partial(_kind, ReLU6),
    "leaky_relu": partial(_kind, lambda: LeakyReLU(0.2)),
    "sigmoid": partial(_onnx, "Sigmoid"),
    "tanh": partial(_onnx, "Tanh"),
    "softmax": partial(_softmax, "Softmax"),
    "log_softmax": partial(_softmax, "LogSoftmax"),
    "elu": partial(_kind, ELU),
    "selu": partial(_onnx, "Selu"),
    "celu": partial(_kind, CELU),
    "gelu": partial(_kind, GELU),
    **dict.fromkeys(("silu", "swish"), partial(_onnx, "Swish")),
    **dict.fromkeys(("hard_silu", "hard_swish"), partial(_onnx, "HardSwish")),
    "hard_sigmoid": partial(_kind, HardSigmoid),
    "hard_tanh": lambda a, x: a.onnx("Clip", x, _number(-1), _number(1)),
    "softplus": partial(_kind, lambda: Softplus(threshold=80.0)),
    "softsign": partial(_onnx, "Softsign"),
    "exponential": partial(_onnx, "Exp"),
    "mish": partial(_onnx, "Mish"),
}
"""The function of each name."""


def activated(a: Stage, x: Traced) -> Traced:
    """What a layer's own activation makes of its value: a layer behind it, `conv1_relu` of conv1."""
    given = a.get("activation")
    if isinstance(given, Mapping) and given.get("class_name") != "function":
        return _as_layer(a, x, given)
    name = given.get("config") if isinstance(given, Mapping) else given
    if name is None:
        return x
    if name not in FUNCTIONS:
        a.refuse(f"activation = {name!r}; supported: {', '.join(FUNCTIONS)}")
    return FUNCTIONS[name](Stage(a.kind, f"{a.name}_{name}", {}, (x,), a.path, a.room), x)


def _as_layer(a: Stage, x: Traced, given: Mapping[str, Any]) -> Traced:
    """An activation that is a layer itself, such as PReLU with its weights."""
    kind, config = given.get("class_name"), given.get("config")
    if kind not in OPERATORS or given.get("registered_name") or not isinstance(config, Mapping):
        a.refuse(f"activation = {kind!r}; supported: {', '.join([*FUNCTIONS, *OPERATORS])}")
    return OPERATORS[kind](Stage(kind, f"{a.name}_activation", config, (x,), f"{a.path}/activation", a.room))


def _activation(a: Stage) -> Traced:
    """The layer Activation, whose name is its function's layer's."""
    name = a.get("activation")
    if isinstance(name, str) and name in FUNCTIONS:
        return FUNCTIONS[name](Stage(a.kind, a.name, {}, a.inputs, a.path, a.room), a.x)
    return activated(a, a.x)


def _relu(a: Stage) -> Traced:
    """y = max_value above, slope * (x - threshold) below the threshold, x between."""
    slope, most, threshold = (float(a.get(key) or 0) for key in ("negative_slope", "max_value", "threshold"))
    bounded = a.get("max_value") is not None
    if threshold:
        if slope or bounded:
            a.refuse(f"threshold = {threshold} with a slope or a largest value; supported: alone")
        return a.onnx("ThresholdedRelu", a.x, alpha=threshold)
    if slope:
        leaky = a.layer(LeakyReLU(slope), a.x)
        return a.onnx("Clip", leaky, None, _number(most)) if bounded else leaky
    if not bounded:
        return a.onnx("Relu", a.x)
    return a.layer(ReLU6(), a.x) if most == 6 else a.onnx("Clip", a.x, _number(0), _number(most))


def _leaky_relu(a: Stage) -> Traced:
    return a.layer(LeakyReLU(float(a.get("negative_slope", 0.3))), a.x)


def _prelu(a: Stage) -> Traced:
    """One slope for all, or one per channel."""
    slope = a.weight_from_keras(a.weights("alpha")["alpha"])
    return a.onnx("PRelu", a.x, slope)


OPERATORS: dict[str, Callable[[Stage], Traced]] = {
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "PReLU": _prelu,
    "ELU": lambda a: a.layer(ELU(float(a.get("alpha", 1.0))), a.x),
    "Softmax": lambda a: _softmax("Softmax", a, a.x),
}
