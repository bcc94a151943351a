"""The activations once more, each as one line about one number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from layers.counting import Arrays, Number, Tally


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def gelu(layer: Any, x: float) -> float:
    if layer.approximate == "tanh":
        return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + math.erf(x / math.sqrt(2)))


FUNCTIONS: dict[str, Callable[[Any, float], float]] = {
    "ReLU": lambda _, x: x if x > 0 else 0.0,
    "ReLU6": lambda _, x: min(max(x, 0.0), 6.0),
    "LeakyReLU": lambda layer, x: x if x > 0 else layer.negative_slope * x,
    "ELU": lambda layer, x: x if x > 0 else layer.alpha * (math.exp(x) - 1),
    "SELU": lambda _, x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1)),
    "CELU": lambda layer, x: max(0.0, x) + min(0.0, layer.alpha * (math.exp(x / layer.alpha) - 1)),
    "Sigmoid": lambda _, x: logistic(x),
    "HardSigmoid": lambda _, x: min(max(x / 6 + 0.5, 0.0), 1.0),
    "HardSwish": lambda _, x: x * min(max(x / 6 + 0.5, 0.0), 1.0),
    "Tanh": lambda _, x: (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)),
    "GELU": gelu,
    "SiLU": lambda _, x: x * logistic(x),
    "Mish": lambda _, x: x * math.tanh(math.log(1 + math.exp(x))),
    "Softplus": lambda layer, x: (
        x if layer.beta * x > layer.threshold else math.log(1 + math.exp(layer.beta * x)) / layer.beta
    ),
}


def elementwise(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    y = np.empty(xs[0].shape, object)
    for place, number in np.ndenumerate(xs[0]):
        y[place] = Number(FUNCTIONS[layer.kind](layer, number.value), tally)
    return y


def prelu(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    y = np.empty(xs[0].shape, object)
    for place, number in np.ndenumerate(xs[0]):
        slope = weights["weight"][place[0] if layer.num_parameters > 1 else 0]
        y[place] = Number(max(number.value, 0), tally) + slope * Number(min(number.value, 0), tally)
    return y


def logsoftmax(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    y = np.empty(x.shape, object)
    for place, number in np.ndenumerate(x):
        total = sum(math.exp(other.value) for other in x[:, *place[1:]])
        y[place] = Number(number.value - math.log(total), tally)
    return y


DEFINITIONS: dict[str, Callable[[Any, list[np.ndarray], Arrays, Tally], np.ndarray]] = {
    **dict.fromkeys(FUNCTIONS, elementwise),
    "PReLU": prelu,
    "LogSoftmax": logsoftmax,
}
