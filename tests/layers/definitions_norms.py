"""The normalising kinds once more, value by value: with whom it is normalised, their mean and their variance."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from layers.counting import Arrays, Number, Tally, units

Place = tuple[int, ...]


def scaled(z: Number, weights: Arrays, place: Place) -> Number:
    z = z * weights["weight"][place] if "weight" in weights else z
    return z + weights["bias"][place] if "bias" in weights else z


def batchnorm(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), y = xs, np.empty(xs[0].shape, object)
    for place in units(*x.shape):
        k = place[:1]
        deviation = Number(math.sqrt(weights["running_var"][k].value + layer.eps), tally)
        y[place] = scaled((x[place] - weights["running_mean"][k]) / deviation, weights, k)
    return y


def within(
    x: np.ndarray, eps: float, together: Callable[[Place, Place], bool], at: Callable[[Place], Place], weights: Arrays
) -> np.ndarray:
    """Each value normalised by those of its image that are `together` with it; its weights lie `at` some index."""
    y = np.empty(x.shape, object)
    for place in units(*x.shape):
        values = [x[other].value for other in units(*x.shape) if together(place, other)]
        mean = math.fsum(values) / len(values)
        variance = math.fsum((v - mean) ** 2 for v in values) / len(values)
        z = (x[place].value - mean) / math.sqrt(variance + eps)
        y[place] = scaled(Number(z, x[place].tally), weights, at(place))
    return y


def instancenorm(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    return within(xs[0], layer.eps, lambda a, b: a[0] == b[0], lambda a: a[:1], weights)


def groupnorm(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    size = len(xs[0]) // layer.groups
    return within(xs[0], layer.eps, lambda a, b: a[0] // size == b[0] // size, lambda a: a[:1], weights)


def layernorm(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    free = 0 if layer.normalized_shape is None else xs[0].ndim - len(layer.normalized_shape)
    return within(xs[0], layer.eps, lambda a, b: a[:free] == b[:free], lambda a: a[free:], weights)


def localresponsenorm(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), y = xs, np.empty(xs[0].shape, object)
    for c, *place in units(*x.shape):
        window = range(c - layer.size // 2, c + (layer.size - 1) // 2 + 1)
        squares = sum(x[other, *place].value ** 2 for other in window if 0 <= other < len(x))
        y[c, *place] = x[c, *place] / Number((layer.k + layer.alpha * squares / layer.size) ** layer.beta, tally)
    return y


DEFINITIONS: dict[str, Callable[[Any, list[np.ndarray], Arrays, Tally], np.ndarray]] = {
    "BatchNorm": batchnorm,
    "InstanceNorm": instancenorm,
    "GroupNorm": groupnorm,
    "LayerNorm": layernorm,
    "LocalResponseNorm": localresponsenorm,
}
