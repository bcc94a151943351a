"""Every kind once more, straight from its formula, in plain loops over numbers that count multiplications.

Nothing of the package is used but the layers' own arguments: sizes and padding are derived here again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from layers import definitions_elementary, definitions_elementwise, definitions_norms, definitions_wiring
from layers.counting import Arrays, Number, Tally, counting, units


def axis(layer: Any, n: int, which: int) -> tuple[int, int, int, int, int, int, int]:
    """(outputs, kernel, stride, dilation, before, after, n) of one spatial axis."""
    arguments = layer.arguments()
    k, s = arguments["kernel_size"][which], arguments["stride"][which]
    d = arguments["dilation"][which] if "dilation" in arguments else 1
    span = d * (k - 1) + 1
    if arguments["padding"] == "same":
        outputs = math.ceil(n / s)
        total = max((outputs - 1) * s + span - n, 0)
        return outputs, k, s, d, total // 2, total - total // 2, n
    before, after = arguments["padding"][which]
    if "output_padding" in arguments:
        outputs = (n - 1) * s - before - after + span + arguments["output_padding"][which]
    elif arguments.get("ceil_mode"):
        outputs = math.ceil((n + before + after - span) / s) + 1
        outputs -= (outputs - 1) * s >= n + before
    else:
        outputs = math.floor((n + before + after - span) / s) + 1
    return outputs, k, s, d, before, after, n


def axes_of(layer: Any, x: np.ndarray) -> list[tuple[int, ...]]:
    return [axis(layer, n, which) for which, n in enumerate(x.shape[1:])]


def window(axes: Sequence[tuple[int, ...]], place: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """(tap, cell) of the window that begins where `place` says, cells of the padding too."""
    for tap in units(*(a[1] for a in axes)):
        yield (
            tap,
            tuple(i * s - before + t * d for i, t, (_, _, s, d, before, *_) in zip(place, tap, axes, strict=True)),
        )


def inside(sizes: Sequence[int], cell: Sequence[int]) -> bool:
    return all(0 <= i < n for i, n in zip(cell, sizes, strict=True))


def convolution(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), w, axes = xs, weights["weight"], axes_of(layer, xs[0])
    filters, depth = w.shape[:2]
    y = np.empty((filters, *(a[0] for a in axes)), object)
    for k, *place in units(*y.shape):
        first = k // (filters // layer.groups) * depth
        total = weights["bias"][k] if layer.bias else Number(0, tally)
        for c in range(depth):
            for tap, cell in window(axes, place):
                value = x[first + c, *cell] if inside(x.shape[1:], cell) else Number(0, tally, padding=True)
                total = total + value * w[k, c, *tap]
        y[k, *place] = total
    return y


def transposed_convolution(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), w, axes = xs, weights["weight"], axes_of(layer, xs[0])
    y = np.empty((layer.out_channels, *(a[0] for a in axes)), object)
    for k, *place in units(*y.shape):
        y[k, *place] = weights["bias"][k] if layer.bias else Number(0, tally)
    share = layer.out_channels // layer.groups
    for c, *place in units(*x.shape):
        first = c // (len(x) // layer.groups) * share
        for k in range(share):
            for tap, cell in window(axes, place):
                kept = inside(y.shape[1:], cell)
                product = Number(x[c, *place].value, tally, padding=not kept) * w[c, k, *tap]
                if kept:
                    y[first + k, *cell] = y[first + k, *cell] + product
    return y


def maxpool(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), axes = xs, axes_of(layer, xs[0])
    y = np.empty((x.shape[0], *(a[0] for a in axes)), object)
    for c, *place in units(*y.shape):
        y[c, *place] = most(x[c, *cell] for _, cell in window(axes, place) if inside(x.shape[1:], cell))
    return y


def most(numbers: Iterable[Number]) -> Number:
    """The largest, the first of equal ones."""
    first, *others = numbers
    for number in others:
        first = number if number > first else first
    return first


def avgpool(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), axes = xs, axes_of(layer, xs[0])
    margin = layer.count_include_pad and layer.padding != "same"
    y = np.empty((x.shape[0], *(a[0] for a in axes)), object)
    for c, *place in units(*y.shape):
        total, cells = Number(0, tally), 0
        for _, cell in window(axes, place):
            real = inside(x.shape[1:], cell)
            total = total + x[c, *cell] if real else total
            cells += real or (margin and all(i < a[6] + a[5] for i, a in zip(cell, axes, strict=True)))
        y[c, *place] = total / cells if cells else Number(0, tally)
    return y


def region(x: np.ndarray, sizes: Sequence[int | None], place: Sequence[int]) -> list[tuple[int, ...]]:
    """The cells of one region: along each axis those that lie at least partly in [i*n/m, (i+1)*n/m)."""
    shape = x.shape[1:]
    parts = [
        (Fraction(n, m or n) * i, Fraction(n, m or n) * (i + 1)) for i, n, m in zip(place, shape, sizes, strict=True)
    ]
    return [c for c in units(*shape) if all(i + 1 > low and i < high for i, (low, high) in zip(c, parts, strict=True))]


def regional(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    """The adaptive and the global pools."""
    (x,) = xs
    sizes = layer.arguments().get("output_size", (1,) * (x.ndim - 1))
    y = np.empty((x.shape[0], *(m or n for n, m in zip(x.shape[1:], sizes, strict=True))), object)
    for c, *place in units(*y.shape):
        numbers = [x[c, *cell] for cell in region(x, sizes, place)]
        total = sum(numbers[1:], numbers[0])
        y[c, *place] = most(numbers) if "Max" in layer.kind else total / len(numbers)
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


def flatten(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    if x.ndim == 1:
        return x
    y = np.empty(x.size, object)
    for place in units(*x.shape):
        feature = 0
        for index, size in zip(place, x.shape, strict=True):
            feature = feature * size + index
        y[feature] = x[place]
    return y


def unchanged(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    return xs[0]


def added(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    return sum(xs[1:], xs[0])


DEFINITIONS: dict[str, Callable[[Any, list[np.ndarray], Arrays, Tally], np.ndarray]] = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), convolution),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), transposed_convolution),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "MaxPool3d"), maxpool),
    **dict.fromkeys(("AvgPool1d", "AvgPool2d", "AvgPool3d"), avgpool),
    **dict.fromkeys(("GlobalAvgPool", "GlobalMaxPool", "AdaptiveMaxPool2d"), regional),
    **dict.fromkeys(("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"), regional),
    "Linear": linear,
    **definitions_elementary.DEFINITIONS,
    **definitions_elementwise.DEFINITIONS,
    **definitions_norms.DEFINITIONS,
    **definitions_wiring.DEFINITIONS,
    "Softmax": softmax,
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
