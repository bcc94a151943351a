"""The kinds that move, join or gate values, straight from their formulas."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from layers.counting import Number, Tally

Arrays = Mapping[str, np.ndarray]


def places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*map(range, shape))


def scaled(number: Number, share: float | Fraction, tally: Tally) -> Number:
    """A share that is not learned: no multiplication is counted."""
    return Number(number.value * float(share), tally)


def pairs(given: Any, x: np.ndarray) -> list[tuple[int, int]]:
    return [(given, given)] * (x.ndim - 1) if isinstance(given, int) else list(given)


def pad(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    margins = pairs(layer.padding, x)
    y = np.empty((len(x), *(n + a + b for n, (a, b) in zip(x.shape[1:], margins, strict=True))), object)
    for c, *at in places(y.shape):
        cell = [i - a for i, (a, _) in zip(at, margins, strict=True)]
        for k, (i, n) in enumerate(zip(cell, x.shape[1:], strict=True)):
            if layer.mode == "reflect":
                cell[k] = -i if i < 0 else 2 * (n - 1) - i if i >= n else i
            elif layer.mode == "replicate":
                cell[k] = 0 if i < 0 else n - 1 if i >= n else i
            elif layer.mode == "circular":
                cell[k] = i + n if i < 0 else i - n if i >= n else i
        real = all(0 <= i < n for i, n in zip(cell, x.shape[1:], strict=True))
        y[c, *at] = x[c, *cell] if real else Number(layer.value, tally)
    return y


def crop(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    return x[:, *(slice(a, n - b) for n, (a, b) in zip(x.shape[1:], pairs(layer.margins, x), strict=True))]


def part(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    ends = [end or (None,) * x.ndim for end in (layer.start, layer.stop, layer.step)]
    return x[tuple(slice(*three) for three in zip(*ends, strict=True))]


def upsample(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    spatial = x.ndim - 1
    sizes = layer.size if isinstance(layer.size, tuple) else (layer.size,) * spatial
    factors = layer.scale_factor if isinstance(layer.scale_factor, tuple) else (layer.scale_factor,) * spatial
    outputs = [math.floor(n * f) if s is None else s for n, s, f in zip(x.shape[1:], sizes, factors, strict=True)]
    y = np.empty((len(x), *outputs), object)
    for c, *at in places(y.shape):
        total = Number(0, tally)
        for cell in places(x.shape[1:]):
            share = Fraction(1)
            for i, j, n, m, factor in zip(at, cell, x.shape[1:], outputs, factors, strict=True):
                ratio = Fraction(n, m) if factor is None else 1 / Fraction(factor)
                share *= nearness(i, j, n, m, ratio, layer)
            total = total + scaled(x[c, *cell], share, tally)
        y[c, *at] = total
    return y


def nearness(i: int, j: int, n: int, m: int, ratio: Fraction, layer: Any) -> Fraction:
    """The share of cell j in output i: a hat around its position, or all of the nearest."""
    if layer.mode == "nearest":
        return Fraction(j == min(math.floor(i * ratio), n - 1))
    centre = Fraction(2 * i + 1, 2) * ratio - Fraction(1, 2)
    if layer.align_corners:
        centre = Fraction(i * (n - 1), m - 1) if m > 1 else Fraction(0)
    centre = min(max(centre, Fraction(0)), Fraction(n - 1))
    return max(Fraction(0), 1 - abs(centre - j))


def reshape(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    known = math.prod(size for size in layer.shape if size > 0)
    y = np.empty([x.size // known if size < 0 else size for size in layer.shape], object)
    for p, q in zip(places(y.shape), places(x.shape), strict=True):
        y[p] = x[q]
    return y


def permute(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,) = xs
    y = np.empty([x.shape[d] for d in layer.dims], object)
    for place in places(x.shape):
        y[tuple(place[d] for d in layer.dims)] = x[place]
    return y


def pixelshuffle(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), r = xs, layer.upscale_factor
    y = np.empty((len(x) // r**2, x.shape[1] * r, x.shape[2] * r), object)
    for c, i, j in places(y.shape):
        y[c, i, j] = x[c * r * r + i % r * r + j % r, i // r, j // r]
    return y


def channelshuffle(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    (x,), y = xs, np.empty(xs[0].shape, object)
    for g, i in places((layer.groups, len(x) // layer.groups)):
        y[i * layer.groups + g] = x[g * (len(x) // layer.groups) + i]
    return y


def concat(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    lines = [line for x in xs for line in np.moveaxis(x, layer.axis, 0)]
    y = np.empty((len(lines), *np.moveaxis(xs[0], layer.axis, 0).shape[1:]), object)
    for i, line in enumerate(lines):
        y[i] = line
    return np.moveaxis(y, 0, layer.axis)


def mul(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    y = np.empty([max(sizes) for sizes in zip(*(x.shape for x in xs), strict=True)], object)
    for at in places(y.shape):
        factors = [x[tuple(i if n > 1 else 0 for i, n in zip(at, x.shape, strict=True))] for x in xs]
        y[at] = Number(math.prod(f.value for f in factors), tally)
    return y


def unchanged(layer: Any, xs: list[np.ndarray], weights: Arrays, tally: Tally) -> np.ndarray:
    return xs[0]


DEFINITIONS: dict[str, Callable[[Any, list[np.ndarray], Arrays, Tally], np.ndarray]] = {
    "Pad": pad,
    "Crop": crop,
    "Slice": part,
    "Upsample": upsample,
    "Reshape": reshape,
    "Permute": permute,
    "PixelShuffle": pixelshuffle,
    "ChannelShuffle": channelshuffle,
    "Concat": concat,
    "Mul": mul,
    "Dropout2d": unchanged,
}
