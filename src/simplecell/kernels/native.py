"""The door to the native engine: loaded when first needed, its instruction set chosen once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from types import ModuleType

from simplecell.errors import EngineError


@cache
def engine() -> ModuleType:
    """The compiled module; EngineError with the remedy where it is missing."""
    try:
        from simplecell import _native
    except ImportError as error:
        raise EngineError(f"the native engine is not built ({error}): pip install . in the source folder") from error
    return _native


@cache
def isa() -> str:
    """The instruction set in use: SIMPLECELL_ISA, else the best that this machine runs."""
    usable = list(engine().isas())
    wanted = os.environ.get("SIMPLECELL_ISA")
    if not wanted:
        return usable[0]
    if wanted not in usable:
        compiled = list(engine().compiled_isas())
        why = "this processor cannot run it" if wanted in compiled else f"compiled are {', '.join(compiled)}"
        raise EngineError(f"SIMPLECELL_ISA={wanted}: {why}; usable here: {', '.join(usable)}")
    return wanted


def sizes(kernel: str, isa_name: str, arguments: Mapping[str, int | float], threads: int = 1) -> dict[str, int]:
    """Bytes that each operand of a kernel needs, its scratch too."""
    return engine().sizes(kernel, isa_name, dict(arguments), threads=threads)
