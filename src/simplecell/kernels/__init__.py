"""What is fast: the table of native algorithms, and the door to the compiled engine."""

from __future__ import annotations

from simplecell.kernels import conv, linear, narrow, simple, winograd
from simplecell.kernels.ir import Call, Candidate, Op, Tensor
from simplecell.kernels.table import Algorithm, Workshop

ALGORITHMS: tuple[Algorithm, ...] = (*winograd.ALGORITHMS, *narrow.ALGORITHMS, *conv.ALGORITHMS, *linear.ALGORITHMS, *simple.ALGORITHMS)
"""Every algorithm, in the order in which they are considered."""


def algorithms(kind: str) -> tuple[Algorithm, ...]:
    """Those that compute one kind of op."""
    return tuple(a for a in ALGORITHMS if a.kind == kind)


__all__ = ["ALGORITHMS", "Algorithm", "Call", "Candidate", "Op", "Tensor", "Workshop", "algorithms"]
