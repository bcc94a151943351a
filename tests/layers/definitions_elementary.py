"""The kinds that other programs' networks bring, straight from their formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from layers.counting import Number, Tally

Arrays = Mapping[str, np.ndarray]

FUNCTIONS: dict[str, Callable[[Any, float], float]] = {
    "Abs": lambda _, x: -x if x < 0 else x,
    "Exp": lambda _, x: math.e**x,
    "Log": lambda _, x: math.log(x),
    "Erf": lambda _, x: 1 - math.erfc(x),
    "Softsign": lambda _, x: x / (1 + (-x if x < 0 else x)),
    "Clip": lambda layer, x: (
        layer.least
        if layer.least is not None and x < layer.least
        else layer.most
        if layer.most is not None and x > layer.most
        else x
    ),
    "Threshold": lambda layer, x: x if x > layer.threshold else layer.fill,
    "Power": lambda layer, x: x**layer.exponent,
    "Rescale": lambda layer, x: x * layer.scale + layer.offset,
}


def elementary(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    y = np.empty(xs[0].shape, object)
    for place, number in np.ndenumerate(xs[0]):
        y[place] = Number(FUNCTIONS[layer.kind](layer, number.value), tally)
    return y


def spread(place: tuple[int, ...], sizes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(0 if n == 1 else i for i, n in zip(place, sizes, strict=True))


def affine(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    y = np.empty(xs[0].shape, object)
    for place, number in np.ndenumerate(xs[0]):
        at = spread(place, layer.shape)
        y[place] = number * weights["weight"][at] if layer.weight else number
        y[place] = y[place] + weights["bias"][at] if layer.bias else y[place]
    return y


def maximum(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    y = xs[0].copy()
    for x in xs[1:]:
        for place, number in np.ndenumerate(x):
            y[place] = number if number > y[place] else y[place]
    return y


def expand(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    y = np.empty(layer.shape, object)
    for place in np.ndindex(*layer.shape):
        y[place] = xs[0][spread(place, xs[0].shape)]
    return y


def take(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    lines = list(np.moveaxis(xs[0], layer.axis, 0))
    y = np.empty((len(layer.indices), *np.moveaxis(xs[0], layer.axis, 0).shape[1:]), object)
    for i, index in enumerate(layer.indices):
        y[i] = lines[index]
    return np.moveaxis(y, 0, layer.axis)


def matmul(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    a, b = xs
    y = np.empty((*a.shape[:-1], b.shape[-1]), object)
    for *lead, i, j in np.ndindex(*y.shape):
        products = [a[(*lead, i, k)].value * b[(*lead, k, j)].value for k in range(a.shape[-1])]
        y[(*lead, i, j)] = Number(sum(products), tally)
    return y


DEFINITIONS: dict[str, Callable[[Any, list[np.ndarray], Arrays, Tally], np.ndarray]] = {
    **dict.fromkeys(FUNCTIONS, elementary),
    "Affine": affine,
    "Maximum": maximum,
    "Expand": expand,
    "Take": take,
    "MatMul": matmul,
}
