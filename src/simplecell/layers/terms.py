"""One number of a layer, opened: an output value into its terms, a gradient into what it is the sum of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Unit = tuple[int, ...]


@dataclass(frozen=True)
class Terms:
    """One output value, opened.

    The rule says how the terms make up the value:

    "sum"        products.sum() + bias. Where a layer divides by a deviation of its own inputs, the weights are the
                 factors at that deviation, which is among `named`.
    "max"        inputs[winner]; its product alone is not zero
    "ratio"      products[winner] / products.sum(), where the products are exp(input - largest) (softmax)
    "log_ratio"  inputs[winner] - named["largest"] - log(products.sum()), products as before (its logarithm)
    "divisive"   inputs[winner] / (named["k"] + products.sum()) ** named["beta"] (local response normalisation)
    "function"   products[0]: a function of the one input, with no product to show
    "product"    inputs[0] * inputs[1] * ...; products[i] is the product so far

    A term at padding has `real` False. For a ratio, its logarithm, a function and a product the weights are 1 and say
    nothing (`weighted` is False).

    source   (t,)       which of the layer's inputs the term comes from
    at       (t, rank)  its index there, (c, y, x) or (f,); outside the input for padding
    real     (t,)       False where the term is padding
    inputs   (t,)       the value read (0 in padding; -inf for a max)
    weights  (t,)       what it is multiplied with, the layer's weight or a factor the layer's rule gives
    products (t,)       inputs * weights as the rule counts them
    named               quantities that the sentence speaks of, by name
    """

    rule: str
    source: Array
    at: Array
    real: Array
    inputs: Array
    weights: Array
    products: Array
    bias: float | None
    value: float
    winner: int | None = None
    named: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def weighted(self) -> bool:
        """Whether each product is an input times a weight."""
        return self.rule not in ("ratio", "log_ratio", "function", "product")

    def combine(self) -> float:
        """The value that the terms give by their rule; equals `value` up to rounding. Sums are exact and rounded once
        (`math.fsum`) unless a term is NaN or infinite."""
        if self.rule == "product":
            return math.prod(map(float, self.inputs))
        summands = [*map(float, self.products), self.bias or 0.0]
        total = math.fsum(summands) if all(map(math.isfinite, summands)) else sum(summands)
        if self.winner is None or self.rule == "max":
            return total
        with np.errstate(all="ignore"):  # what IEEE says about infinities and zeros is the value
            x, product, divisor = self.inputs[self.winner], self.products[self.winner], np.float64(total)
            if self.rule == "ratio":
                return float(product / divisor)
            if self.rule == "log_ratio":
                return float(x - self.named["largest"] - np.log(divisor))
            return float(x / (self.named["k"] + divisor) ** self.named["beta"])


class Cell(NamedTuple):
    """One value of a batch that a layer reads: of which of its inputs, of which image, and where."""

    source: int
    image: int
    unit: Unit


class Slopes(NamedTuple):
    """How every output of a batch moves with one number that it is computed from: an input's, or a learned one.

    The number's gradient is (dy[image, at] * values).sum(), dy the gradients of the outputs.

    image   (t,)       which image of the batch the output belongs to
    at      (t, rank)  the output's index, (k, i, j) or (f,)
    values  (t,)       d y[image, at] / d number
    what    what a value is: "input" or "weight" (one of the layer's, at `place`), "one" (the number is passed on or
            added as it is), "winner" (1 where it is its window's maximum, which is at `place`, else 0), "share" (a
            factor of the layer's rule), "slope" (the derivative of the layer's formula)
    place   (t, r)     for an input (c, y, x), outside the input for padding; for a weight its index; for a winner
    """

    image: Array
    at: Array
    values: Array
    what: str
    place: Array | None = None

    def gradient(self, dy: Array) -> float:
        """The gradient of the number behind the outputs' gradients `dy` (n, ...)."""
        return float((dy[(self.image, *self.at.T)] * self.values).sum())


def in_image(image: int, at: Array, values: Array, what: str, place: Array | None = None) -> Slopes:
    """Slopes of outputs that all belong to one image."""
    return Slopes(np.full(len(at), image), at, values, what, place)


def in_batch(cells: Array, values: Array, what: str, place: Array | None = None) -> Slopes:
    """Slopes of outputs given by image and index together, (t, 1 + rank)."""
    return Slopes(cells[:, 0], cells[:, 1:], values, what, place)


def grid(*axes: Sequence[int]) -> Array:
    """Every index of a box (t, rank), row-major.

    >>> grid((0, 2), (5,)).tolist()
    [[0, 5], [2, 5]]
    """
    sizes = [len(axis) for axis in axes]
    columns = np.empty((len(axes), *sizes), np.int64)
    for number, axis in enumerate(axes):
        columns[number] = np.asarray(axis, np.int64).reshape(-1, *[1] * (len(axes) - number - 1))
    return columns.reshape(len(axes), math.prod(sizes)).T


def value_at(x: Array, images: Array, at: Array) -> Array:
    """The values of x (n, ...) at these indices of these images, in float64; 0 for what lies outside."""
    columns, real = at.T, np.ones(len(at), bool)
    for column, size in zip(columns, x.shape[1:], strict=True):
        real &= (column >= 0) & (column < size)
    if not real.all():
        columns = np.where(real, columns, 0)
    return np.where(real, x[(images, *columns)], 0.0).astype(np.float64)
