"""What losses, optimisers, initialisers, schedules and metrics have in common: records chosen from closed tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt

from simplecell.errors import ArgumentError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Record:
    """An immutable definition with its arguments as fields; JSON keeps `kind` and `arguments()`."""

    kind: ClassVar[str]
    formula: ClassVar[str]
    EXAMPLES: ClassVar[Sequence[Record]] = ()

    def arguments(self) -> dict[str, Any]:
        """The arguments in a form that JSON keeps; `KIND(**arguments)` gives an equal record."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def make(cls, arguments: Mapping[str, Any]) -> Self:
        """A record of this kind from what `arguments` gave. ArgumentError for an argument that it does not have or
        lacks."""
        try:
            return cls(**arguments)
        except TypeError as error:
            raise ArgumentError(f"{cls.kind}: {error}") from None


R = TypeVar("R", bound=Record)


def kind_named(table: Mapping[str, type[R]], name: object, what: str) -> type[R]:
    """The entry of a closed table; ArgumentError with the known names for any other."""
    if not isinstance(name, str) or name not in table:
        raise ArgumentError(f"unknown {what} {name!r}; known: {', '.join(table)}")
    return table[name]


def number(value: object, name: str, least: float, below: float = math.inf) -> float:
    """`value` as a float with least <= value < below; anything else is an ArgumentError that names it."""
    if isinstance(value, (bool, str)) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise ArgumentError(f"{name} must be a number, got {value!r}")
    if not least <= float(value) < below:
        limit = "finite" if below == math.inf else f"below {below:g}"
        raise ArgumentError(f"{name} must be at least {least:g} and {limit}, got {value!r}")
    return float(value)


def flag(value: object, name: str) -> None:
    """ArgumentError unless `value` is True or False."""
    if not isinstance(value, bool):
        raise ArgumentError(f"{name} must be True or False, got {value!r}")
