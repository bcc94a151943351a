"""Winograd's matrices as exact rationals, from the points they interpolate at.

y = A^T ((G g) * (B^T d)): r taps g slide over m + r - 1 inputs d to m outputs y, at the cost of m + r - 1 products.
Each factor is a polynomial's values at the points; the one at infinity is its leading coefficient. In two dimensions
every matrix is applied to rows and to columns.

Source: Winograd, Arithmetic complexity of computations, 1980; Lavin and Gray, Fast algorithms for convolutional neural
networks, 2016. The points: Barabasz et al., Error analysis and improving the accuracy of Winograd convolution, 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

Matrix = tuple[tuple[Fraction, ...], ...]

POINTS = tuple(Fraction(p) for p in ("0", "2/3", "-2/3", "3/2", "-3/2"))
"""The finite points of F(4, 3). Beside the textbook's 0, 1, -1, 2, -2 they leave a fifth of the largest error."""


@dataclass(frozen=True, slots=True)
class Matrices:
    """output: A^T (m, m+r-1); filter: G (m+r-1, r); input: B^T (m+r-1, m+r-1)."""

    output: Matrix
    filter: Matrix
    input: Matrix


def matrices(outputs: int, taps: int, points: Sequence[Fraction] = POINTS) -> Matrices:
    """F(outputs, taps) at finite `points` and infinity.

    >>> [[str(v) for v in row] for row in matrices(2, 3, [Fraction(0), Fraction(1), Fraction(-1)]).input]
    [['-1', '0', '1', '0'], ['0', '1', '1', '0'], ['0', '-1', '1', '0'], ['0', '-1', '0', '1']]
    """
    if len(set(points)) != outputs + taps - 2:
        raise ValueError(f"F({outputs}, {taps}) needs {outputs + taps - 2} distinct points, got {len(set(points))}")
    others = {p: [q for q in points if q != p] for p in points}
    scale = {p: 1 / prod((p - q for q in others[p]), start=Fraction(1)) for p in points}
    at_infinity = (*(Fraction(0) for _ in range(taps - 1)), Fraction(1))
    return Matrices(
        output=tuple((*(p**i for p in points), Fraction(i == outputs - 1)) for i in range(outputs)),
        filter=(*(tuple(scale[p] * p**i for i in range(taps)) for p in points), at_infinity),
        input=(*((*polynomial(others[p]), Fraction(0)) for p in points), polynomial(points)),
    )


def polynomial(roots: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The coefficients, constant first, of the product of (x - root).

    >>> [int(c) for c in polynomial([Fraction(1), Fraction(2)])]
    [2, -3, 1]
    """
    coefficients = [Fraction(1)]
    for root in roots:
        below, above = [*coefficients, Fraction(0)], [Fraction(0), *coefficients]
        coefficients = [b - root * a for a, b in zip(below, above, strict=True)]
    return tuple(coefficients)
