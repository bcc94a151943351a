"""Numbers that count their multiplications."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

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


def units(*sizes: int) -> Iterator[tuple[int, ...]]:
    return itertools.product(*map(range, sizes))
