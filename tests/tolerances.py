"""Every tolerance of the tests, derived from the dtype, the length of the sums and the algorithm."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

GRADCHECK_STEP = 1e-6
GRADCHECK_ABSOLUTE = 1e-5
GRADCHECK_RELATIVE = 1e-3
"""Central differences in float64, as PyTorch's gradcheck: their own error is of the order step**2 + eps/step."""

TERMS = 1e-12
"""Terms against the value they make up, relative to the sum of their magnitudes: thousands of roundings in float64."""


def eps(dtype: Any) -> float:
    """The distance from 1 to the next number of the dtype."""
    return float(np.finfo(dtype).eps)


def direct_sum(dtype: Any, terms: int) -> float:
    """A sum of `terms` products added one by one, relative to the sum of their magnitudes: roundings add up as a
    random walk, 2 * eps * sqrt(terms)."""
    return 2 * eps(dtype) * sqrt(max(terms, 1))


def two_sums(dtype: Any, terms: int) -> float:
    """Two independent sums of the same products against each other: both may err."""
    return 2 * direct_sum(dtype, terms)


def elementary(dtype: Any, operations: int) -> float:
    """A chain of so many correctly or nearly correctly rounded operations (exp, log, divide), relative."""
    return 4 * eps(dtype) * operations


def steps(dtype: Any, count: int) -> float:
    """Weights after `count` steps of the same update rule in two implementations whose roundings differ (a fused
    multiply-add against a product and a sum), relative to the largest weight: errors of eps per step at most add up."""
    return 4 * eps(dtype) * count


def standard_errors(count: float) -> float:
    """How many standard errors a statistic of random draws may lie off: 5, once in 1.7 million."""
    return 5 / sqrt(count)
