"""The table of algorithms: for each kind of op, what can compute it.

An algorithm is a record. It says whether it accepts an op (None, or a sentence why not), what time it expects to take,
and the native calls that do the work. The choice among those that accept is the plan's; see `simplecell.plan.choose`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from simplecell.kernels.ir import Call, Op, Tensor

LARGEST_NUMBER = 2.0**30
"""Kernels take no real number of a layer beyond this."""


class Workshop(Protocol):
    """What an algorithm may ask for while it lowers an op to calls."""

    @property
    def training(self) -> bool: ...
    @property
    def batch(self) -> int: ...

    def tensor(self, name: str) -> Tensor:
        """A tensor of the plan by name."""
        ...

    def need(self, kernel: str, arguments: Mapping[str, int | float], operand: str) -> int:
        """Bytes that an operand of a kernel needs."""
        ...

    def scratch(self, nbytes: int, name: str = "scratch") -> str:
        """A tensor that lives during this op alone; several have different names."""
        ...

    def packed(self, weight: str, form: str, nbytes: int) -> tuple[str, bool]:
        """A tensor for `weight` in the order `form`: -> (name, whether it is made once in the prologue); in training
        it lives during this op alone, because weights change with every step."""
        ...


class Algorithm(NamedTuple):
    """A way to compute one kind of op natively.

    accepts   None, or a sentence that says why not
    work      (FLOPs, bytes moved) that it really does for an op, given the batch
    rate      share of the machine's peak FLOP rate that it is expected to reach; a constant kept as data
    lower     the native calls
    exact     whether it obeys IEEE element by element (Winograd does not)
    """

    name: str
    kind: str
    accepts: Callable[[Op], str | None]
    work: Callable[[Op, int], tuple[float, float]]
    rate: float
    lower: Callable[[Op, Workshop], tuple[Call, ...]]
    exact: bool = True


def always(op: Op) -> str | None:
    """Accepts every op of the kind."""
    del op
    return None
