"""How explanations write and add numbers, and write runs of indices."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from simplecell.layers.base import Array
from simplecell.words import exact_text

EPSILON = float(np.finfo(np.float32).eps)


class NumberColumn:
    """How a set of numbers is written so that their points stand under each other.

    Four significant digits of the largest, at least four decimals where all are below 10, no digits that are zero in
    all of them. A number too small for that is written as 2.0e-06; only 0 is written 0.

    >>> NumberColumn([0.5, 0.0625, 1e-9, 0.0]).write(0.0625), NumberColumn([1.0, -3.0]).write(-3.0)
    ('0.0625', '-3')
    """

    def __init__(self, values: Iterable[float]) -> None:
        numbers = [v for v in values if math.isfinite(v)]
        largest = max(map(abs, numbers), default=0.0)
        self.scientific = largest != 0 and not 1e-4 <= largest < 1e7
        digits = 0 if largest == 0 or self.scientific else max(0, 3 - math.floor(math.log10(largest)))
        digits = max(digits, 4) if digits > 0 and largest < 10 else digits
        while digits and all(round(v, digits) == round(v, digits - 1) for v in numbers):
            digits -= 1
        self.digits = digits

    def write(self, value: float) -> str:
        if value == 0 or not math.isfinite(value):
            return "0" if value == 0 else str(value)
        if self.scientific:
            return f"{value:.3e}"
        text = f"{value:.{self.digits}f}"
        return f"{value:.1e}" if float(text) == 0 else text


def runs(indices: Sequence[int]) -> str:
    """Ascending indices in short: runs as first-last, evenly spaced ones by their beginning and end.

    >>> runs((0, 1, 2, 5)), runs((0, 2, 4, 6)), runs((3,)), runs((0, 2))
    ('0-2, 5', '0, 2, ..., 6', '3', '0, 2')
    """
    steps = {b - a for a, b in itertools.pairwise(indices)}
    if len(indices) > 3 and len(steps) == 1 and steps != {1}:
        return f"{indices[0]}, {indices[1]}, ..., {indices[-1]}"
    parts: list[list[int]] = []
    for index in indices:
        if parts and index == parts[-1][-1] + 1:
            parts[-1].append(index)
        else:
            parts.append([index])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)


def exact_number(value: float) -> str:
    """A float64 with all its digits, without a bare `.0`.

    >>> exact_number(3.0), exact_number(0.1)
    ('3', '0.1')
    """
    return exact_text(value).removesuffix(".0")


def by_magnitude(values: Array) -> list[int]:
    """The places of values, the largest magnitude first; NaN, which decides any sum that it is in, before all.

    >>> by_magnitude(np.array([0.5, -3.0, np.nan, 3.0]))
    [2, 1, 3, 0]
    """
    return np.argsort(-np.nan_to_num(np.abs(values), nan=np.inf), kind="stable").tolist()


def total(values: Sequence[float]) -> float:
    """The sum, rounded once; as IEEE says where a value is NaN or infinite."""
    return math.fsum(values) if all(map(math.isfinite, values)) else sum(values)


class Running:
    """A sum that grows: as `total` of all that was added, in two floats, so that a long one need not be added anew.

    >>> so_far = Running()
    >>> so_far.add([1e16, 1.0]), so_far.add([1.0]), so_far.add([-1e16])
    ((1e+16, 1e+16), (1.0, 1.0000000000000002e+16), (-1e+16, 2.0))
    """

    def __init__(self) -> None:
        self._high = self._low = 0.0

    def add(self, values: Sequence[float]) -> tuple[float, float]:
        """Add values -> (their sum alone, the sum so far)."""
        alone = total(values)
        if not math.isfinite(alone + self._high):
            self._high += alone
            return alone, self._high
        rest = math.fsum([*values, -alone])  # what rounding took from `alone`
        parts = [self._high, self._low, alone, rest]
        self._high = math.fsum(parts)
        self._low = math.fsum([*parts, -self._high])
        return alone, self._high


def exact(value: float) -> float | str:
    """A float as JSON keeps it: itself, or "nan", "inf", "-inf", which JSON has no number for and `float` reads."""
    number = float(value)
    return number if math.isfinite(number) else str(number)


def nested(array: Array) -> Any:
    """An array as nested lists in which JSON keeps infinities and NaN as text.

    >>> nested(np.array([[1.0, np.nan]]))
    [[1.0, 'nan']]
    """
    return exact(float(array)) if array.ndim == 0 else [nested(part) for part in array]


def plain(value: object) -> object:
    """A number of a sentence as JSON keeps it."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return exact(float(value)) if isinstance(value, (float, np.floating)) else value
