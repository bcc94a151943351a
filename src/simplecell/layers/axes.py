"""The axes of the kinds that move values: where along one axis an output finds its input."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from simplecell.geometry import Window


@dataclass(frozen=True, slots=True)
class Picked:
    """An axis along which output `i` reads input `start + i*step` alone, or nothing where that lies outside.

    >>> Picked(5, 3, 0, 2).reads(2), Picked(5, 3, 0, 2).read_by(3), Picked(2, 4, -1, 1).reads(0)
    ((4,), (), ())
    """

    inputs: int
    outputs: int
    start: int
    step: int

    @property
    def window(self) -> Window:
        """The same as a window of one cell."""
        after = self.start + (self.outputs - 1) * self.step + 1 - self.inputs
        return Window(1, self.step, 1, -self.start, after)

    def reads(self, i: int) -> tuple[int, ...]:
        place = self.start + i * self.step
        return (place,) if 0 <= place < self.inputs else ()

    def read_by(self, j: int) -> tuple[int, ...]:
        i, rest = divmod(j - self.start, self.step)
        return (i,) if rest == 0 and 0 <= i < self.outputs else ()


@dataclass(frozen=True, slots=True)
class Bordered:
    """An axis continued on both sides by its own values. `border` says how:

    "reflect"    mirrored at the edge cells, which are not repeated: 2 1 | 0 1 2
    "replicate"  the edge cells repeated: 0 0 | 0 1 2
    "circular"   from the other end: 1 2 | 0 1 2

    >>> [Bordered(3, 2, 1, border).reads(0) for border in ("reflect", "replicate", "circular")]
    [(2,), (0,), (1,)]
    """

    inputs: int
    before: int
    after: int
    border: str

    @property
    def outputs(self) -> int:
        return self.before + self.inputs + self.after

    def reads(self, i: int) -> tuple[int, ...]:
        place, last = i - self.before, self.inputs - 1
        if self.border == "circular":
            return (place % self.inputs,)
        if self.border == "replicate":
            return (min(max(place, 0), last),)
        return (-place if place < 0 else 2 * last - place if place > last else place,)

    def read_by(self, j: int) -> tuple[int, ...]:
        last = self.inputs - 1
        places = {j}
        if self.border == "circular":
            places |= {j - self.inputs, j + self.inputs}
        elif self.border == "reflect":
            places |= {-j, 2 * last - j}
        else:
            places |= set(range(-self.before, 0)) if j == 0 else set()
            places |= set(range(last + 1, last + 1 + self.after)) if j == last else set()
        return tuple(sorted(p + self.before for p in places if -self.before <= p <= last + self.after))


@dataclass(frozen=True, slots=True)
class Shuffled:
    """An axis of `groups` equal blocks read in turn: output `i` reads place `i // groups` of block `i % groups`.

    >>> [Shuffled(6, 2).reads(i)[0] for i in range(6)], Shuffled(6, 2).read_by(3)
    ([0, 3, 1, 4, 2, 5], (1,))
    """

    inputs: int
    groups: int

    @property
    def outputs(self) -> int:
        return self.inputs

    def reads(self, i: int) -> tuple[int, ...]:
        return (i % self.groups * (self.inputs // self.groups) + i // self.groups,)

    def read_by(self, j: int) -> tuple[int, ...]:
        block, place = divmod(j, self.inputs // self.groups)
        return (place * self.groups + block,)


@dataclass(frozen=True, slots=True)
class Resampled:
    """An axis drawn out or together: `ratio` input cells per output, exact.

    "nearest"  output i reads cell floor(i*ratio)
    "linear"   it reads the two cells around its position, by nearness: (i + 1/2)*ratio - 1/2, not below 0; with
               `corners`, which are then cell centres, i*ratio

    >>> Resampled(2, 4, Fraction(1, 2), "linear").taps(1), Resampled(2, 4, Fraction(1, 2), "nearest").reads(3)
    (((0, 0.75), (1, 0.25)), (1,))
    """

    inputs: int
    outputs: int
    ratio: Fraction
    rule: str
    corners: bool = False

    def taps(self, i: int) -> tuple[tuple[int, float], ...]:
        """The cells that output `i` reads and their shares, which sum to 1 and are not 0."""
        last, half = self.inputs - 1, Fraction(1, 2)
        if self.rule == "nearest":
            return ((min(floor(i * self.ratio), last), 1.0),)
        position = i * self.ratio if self.corners else max((i + half) * self.ratio - half, Fraction(0))
        cell = min(floor(position), last)
        share = position - cell
        return ((cell, float(1 - share)), (cell + 1, float(share))) if share and cell < last else ((cell, 1.0),)

    def reads(self, i: int) -> tuple[int, ...]:
        return tuple(cell for cell, _ in self.taps(i))

    def read_by(self, j: int) -> tuple[int, ...]:
        outputs = range(self.outputs)
        first = bisect_left(outputs, j, key=lambda i: self.taps(i)[-1][0])
        return tuple(range(first, bisect_right(outputs, j, key=lambda i: self.taps(i)[0][0])))
