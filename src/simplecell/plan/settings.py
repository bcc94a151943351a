"""What a plan depends on besides the graph: the machine, and what the user asks for.

with simplecell.use(threads=2, algorithm="reference"):
    net(images)
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from simplecell.errors import ArgumentError
from simplecell.geometry import whole_number

MAX_THREADS = 64


class Machine(NamedTuple):
    """The instruction set whose kernels run."""

    isa: str


class Settings(NamedTuple):
    """What `use` can set. `threads` None: SIMPLECELL_THREADS, else the processors this process may use. `algorithm`:
    the one to prefer wherever it accepts; "reference" runs every layer's NumPy definition. `precision` "exact" allows
    only algorithms that obey IEEE element by element."""

    threads: int | None = None
    algorithm: str | None = None
    precision: str = "fast"

    def thread_count(self) -> int:
        """Threads to run on."""
        if self.threads is not None:
            return self.threads
        given = os.environ.get("SIMPLECELL_THREADS")
        if given is None:
            return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 64)
        if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= MAX_THREADS:
            raise ArgumentError(f"SIMPLECELL_THREADS must be a whole number from 1 to {MAX_THREADS}, got {given!r}")
        return int(given)


_DEFAULT = Settings()
_current: ContextVar[Settings] = ContextVar("simplecell_settings", default=_DEFAULT)


def settings() -> Settings:
    """The settings in force here."""
    return _current.get()


@contextmanager
def use(
    *, threads: int | None = None, algorithm: str | None = None, precision: str | None = None
) -> Generator[Settings]:
    """Settings for the lines inside `with`; what is left out stays as it is. In force for this thread or task alone."""
    changed = settings()
    if threads is not None:
        if whole_number(threads, "threads", 1) > MAX_THREADS:
            raise ArgumentError(f"threads must be at most {MAX_THREADS}, got {threads}")
        changed = changed._replace(threads=int(threads))
    if algorithm is not None:
        changed = changed._replace(algorithm=algorithm)
    if precision is not None:
        if precision not in ("fast", "exact"):
            raise ArgumentError(f"precision is 'fast' or 'exact', got {precision!r}")
        changed = changed._replace(precision=precision)
    token = _current.set(changed)
    try:
        yield changed
    finally:
        _current.reset(token)
