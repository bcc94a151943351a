"""Winograd's matrices: that they compute convolutions, in rationals."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from simplecell.kernels.winograd_matrices import POINTS, Matrix, matrices


def apply(matrix: Matrix, values: list[Fraction]) -> list[Fraction]:
    return [sum((a * b for a, b in zip(row, values, strict=True)), Fraction(0)) for row in matrix]


@pytest.mark.parametrize(("outputs", "taps"), [(4, 3), (2, 3), (3, 2), (2, 5), (6, 3)])
def test_every_product_of_an_input_and_a_tap_arrives_where_convolution_wants_it(outputs: int, taps: int) -> None:
    """The algorithm is bilinear, so units are enough: y[i] = sum of g[t] * d[i + t]."""
    points = [*POINTS, Fraction(5, 2), Fraction(-5, 2)][: outputs + taps - 2]
    m = matrices(outputs, taps, points)
    inputs = outputs + taps - 1
    for tap, place in product(range(taps), range(inputs)):
        g, d = [Fraction(i == tap) for i in range(taps)], [Fraction(i == place) for i in range(inputs)]
        middle = [a * b for a, b in zip(apply(m.filter, g), apply(m.input, d), strict=True)]
        assert apply(m.output, middle) == [Fraction(i + tap == place) for i in range(outputs)]


def test_too_few_or_equal_points_are_refused() -> None:
    with pytest.raises(ValueError, match=r"F\(4, 3\) needs 5 distinct points, got 4"):
        matrices(4, 3, [*POINTS[:4], POINTS[0]])
