"""Every kind once more, straight from its formula, in plain loops over numbers that count multiplications.

Nothing of the package is used but the layers' own arguments: sizes and padding are derived here again.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]


class Tally:
    """Multiplications done, and those of them by a cell of the padding."""

    def __init__(self) -> None:
        self.multiplications = 0
        self.by_padding = 0


class Number:
    """A float that reports each multiplication to its tally."""

    def __init__(self, value: float, tally: Tally, padding: bool = False) -> None:
        self.value, self.tally, self.padding = float(value), tally, padding

    def __add__(self, other: Number) -> Number:
        return Number(self.value + other.value, self.tally)

    def __sub__(self, other: Number) -> Number:
        return Number(self.value - other.value, self.tally)

    def __truediv__(self, other: Number | int) -> Number:
        return Number(self.value / (other.value if isinstance(other, Number) else other), self.tally)

    def __mul__(self, other: Number) -> Number:
        self.tally.multiplications += 1
        self.tally.by_padding += self.padding
        return Number(self.value * other.value, self.tally)

    def __gt__(self, other: Number) -> bool:
        return self.value > other.value


def counting(array: np.ndarray, tally: Tally) -> np.ndarray:
    numbers = np.empty(array.shape, object)
    for place, value in np.ndenumerate(array):
        numbers[place] = Number(value, tally)
    return numbers


def axis(layer: Any, n: int, which: int) -> tuple[int, int, int, int, int, int, int]:
    """(outputs, kernel, stride, dilation, before, after, n) of rows (0) or columns (1)."""
    arguments = layer.arguments()
    k, s = arguments["kernel_size"][which], arguments["stride"][which]
    d = arguments.get("dilation", (1, 1))[which]
    span = d * (k - 1) + 1
    if arguments["padding"] == "same":
        outputs = math.ceil(n / s)
        total = max((outputs - 1) * s + span - n, 0)
        return outputs, k, s, d, total // 2, total - total // 2, n
    before, after = arguments["padding"][which]
    if arguments.get("ceil_mode"):
        outputs = math.ceil((n + before + after - span) / s) + 1
        outputs -= (outputs - 1) * s >= n + before
    else:
        outputs = math.floor((n + before + after - span) / s) + 1
    return outputs, k, s, d, before, after, n


def units(*sizes: int) -> Iterator[tuple[int, ...]]:
    return itertools.product(*map(range, sizes))


def window(rows: tuple[int, ...], cols: tuple[int, ...], i: int, j: int) -> Iterator[tuple[int, int, int, int]]:
    """(row tap, column tap, row, column) of output (i, j)'s window."""
    _, kh, sh, dh, top, _, _ = rows
    _, kw, sw, dw, left, _, _ = cols
    for a, e in units(kh, kw):
        yield a, e, i * sh - top + a * dh, j * sw - left + e * dw


def inside(shape: Sequence[int], y: int, x: int) -> bool:
    return 0 <= y < shape[1] and 0 <= x < shape[2]


def conv2d(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), w = xs, weights["weight"]
    rows, cols = axis(layer, x.shape[1], 0), axis(layer, x.shape[2], 1)
    filters, depth = w.shape[:2]
    y = np.empty((filters, rows[0], cols[0]), object)
    for k, i, j in units(*y.shape):
        first = k // (filters // layer.groups) * depth
        total = weights["bias"][k] if layer.bias else Number(0, tally)
        for c in range(depth):
            for a, e, row, col in window(rows, cols, i, j):
                real = inside(x.shape, row, col)
                cell = x[first + c, row, col] if real else Number(0, tally, padding=True)
                total = total + cell * w[k, c, a, e]
        y[k, i, j] = total
    return y


def maxpool2d(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    rows, cols = axis(layer, x.shape[1], 0), axis(layer, x.shape[2], 1)
    y = np.empty((x.shape[0], rows[0], cols[0]), object)
    for c, i, j in units(*y.shape):
        for _, _, row, col in window(rows, cols, i, j):
            if inside(x.shape, row, col) and (y[c, i, j] is None or x[c, row, col] > y[c, i, j]):
                y[c, i, j] = x[c, row, col]
    return y


def avgpool2d(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    rows, cols = axis(layer, x.shape[1], 0), axis(layer, x.shape[2], 1)
    margin = layer.count_include_pad and layer.padding != "same"
    y = np.empty((x.shape[0], rows[0], cols[0]), object)
    for c, i, j in units(*y.shape):
        total, cells = Number(0, tally), 0
        for _, _, row, col in window(rows, cols, i, j):
            real = inside(x.shape, row, col)
            total = total + x[c, row, col] if real else total
            cells += real or (margin and row < rows[6] + rows[5] and col < cols[6] + cols[5])
        y[c, i, j] = total / cells if cells else Number(0, tally)
    return y


def linear(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), w = xs, weights["weight"]
    y = np.empty(len(w), object)
    for o in range(len(w)):
        y[o] = weights["bias"][o] if layer.bias else Number(0, tally)
        for i in range(len(x)):
            y[o] = y[o] + x[i] * w[o, i]
    return y


def softmax(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    powers = np.empty(x.shape, object)
    for place, number in np.ndenumerate(x):
        powers[place] = Number(math.exp(number.value), tally)
    return powers / powers.sum(axis=0)


def relu(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    zero = Number(0, tally)
    y = np.empty(xs[0].shape, object)
    for place, number in np.ndenumerate(xs[0]):
        y[place] = number if number > zero else zero
    return y


def flatten(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    if x.ndim == 1:
        return x
    c, h, w = x.shape
    y = np.empty(c * h * w, object)
    for k, i, j in units(c, h, w):
        y[(k * h + i) * w + j] = x[k, i, j]
    return y


def unchanged(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    return xs[0]


def added(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    return sum(xs[1:], xs[0])


DEFINITIONS: dict[str, Callable[[Any, list[np.ndarray], Arrays, Tally], np.ndarray]] = {
    "Conv2d": conv2d,
    "MaxPool2d": maxpool2d,
    "AvgPool2d": avgpool2d,
    "Linear": linear,
    "Softmax": softmax,
    "ReLU": relu,
    "Flatten": flatten,
    "Dropout": unchanged,
    "Add": added,
}


def define(layer: Any, xs: Sequence[np.ndarray], weights: Arrays) -> tuple[np.ndarray, Tally]:
    """One image through a layer by its definition: -> (y, the multiplications it took)."""
    tally = Tally()
    numbers = [counting(x, tally) for x in xs]
    y = DEFINITIONS[layer.kind](layer, numbers, {k: counting(w, tally) for k, w in weights.items()}, tally)
    return np.vectorize(lambda number: number.value, otypes=[float])(y), tally
