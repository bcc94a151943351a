"""
The CPU engine of simplecell: kernels by name, and programs of them that run without Python.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy
import numpy.typing


def isas() -> list[str]:
    """The instruction sets that are compiled in and run here, best first."""

def compiled_isas() -> list[str]:
    """The instruction sets that are compiled in, best first."""

def cpu() -> dict[str, Any]:
    """
    This machine: brand (str), features (list[str]), cores (int, those this process may use).
    """

def aligned(nbytes: int) -> numpy.typing.NDArray[numpy.uint8]:
    """
    A zero-filled uint8 array on a 64-byte boundary; large ones take memory as it is touched.
    """

def fma_peak(isa: str, threads: int = 1, seconds: float = 0.2) -> float:
    """
    The most GFLOP/s that multiply-adds on registers reach here: the best of many rounds.
    """

def bandwidth(threads: int = 1, nbytes: int = 268435456, seconds: float = 0.4) -> tuple[float, float]:
    """
    GB/s of reading and of copying nbytes (a copied byte counts twice): the best of many rounds.
    """

def kernels() -> list[dict[str, Any]]:
    """
    Every kernel: name, family, isas, args (names), operands (dicts of name, role, dtype, optional, over).
    """

def sizes(kernel: str, isa: str, args: Mapping[str, int | float], threads: int = 1) -> dict[str, int]:
    """The bytes each operand needs, packed weights and scratch included."""

def run_kernel(kernel: str, isa: str, args: Mapping[str, int | float], operands: Mapping[str, numpy.typing.NDArray[Any] | None], threads: int = 1) -> None:
    """
    Runs one kernel on arrays, checked as Program.add checks; scratch may be left out. Arrays that overlap are the caller's affair.
    """

class Program:
    """Steps over named segments of memory, run in one call without Python."""

    def __init__(self, isa: str, threads: int = 1, parts: int = 1) -> None: ...

    def segment(self, name: str, stride: int = 0) -> int:
        """
        Declares a segment and returns its number; in part i it begins i * stride bytes further on.
        """

    def add(self, kernel: str, args: Mapping[str, int | float], operands: Mapping[str, tuple[int, int, int] | None], label: str = '', prologue: bool = False) -> None:
        """
        Appends a step; operands are (segment, offset, nbytes) or None. Raises ValueError with the numbers.
        """

    def bind(self, segment: int, array: numpy.typing.NDArray[Any], writable: bool) -> None:
        """
        Binds a segment to an array, of which a reference is kept. Raises ValueError where an operand does not fit.
        """

    def set_doors(self, doors: Sequence[tuple[int, Sequence[int]]]) -> None:
        """
        Says which segments callers' arrays are bound to, as (segment, shape), for run_on.
        """

    def run_on(self, arrays: tuple[object, ...]) -> bool:
        """
        Binds C-contiguous float32 arrays of the doors' shapes and runs; False, and nothing is done, for others.
        """

    def run(self) -> None:
        """Runs the steps. Raises RuntimeError if a segment is unbound."""

    def run_prologue(self) -> None:
        """Runs the prologue's steps."""

    def profile(self) -> list[float]:
        """Runs the steps once and returns the seconds of each."""

    def steps(self) -> list[dict[str, Any]]:
        """Every step: kernel, label, prologue, args, operands."""

    def segments(self) -> list[dict[str, Any]]:
        """
        Every segment: name, nbytes that its operands reach to, written, bound.
        """

    @property
    def isa(self) -> str: ...

    @property
    def threads(self) -> int: ...

    @property
    def parts(self) -> int: ...
