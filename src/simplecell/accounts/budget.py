"""The largest batch that fits into a given memory."""

from __future__ import annotations

import re
from fractions import Fraction

from simplecell.accounts.memory import Memory, memory
from simplecell.errors import ArgumentError, MemoryLimitError, message
from simplecell.geometry import whole_number
from simplecell.graph import Graph
from simplecell.objectives import Optimiser
from simplecell.words.numbers import bytes_text

_UNITS = {
    "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
_LARGEST = 1 << 20
"""Images beyond which no batch is searched."""


def bytes_of(size: int | str) -> int:
    """A memory size in bytes: a whole number of them, or a number with a unit.

    >>> bytes_of("24 GB"), bytes_of("1.5GiB"), bytes_of(1000)
    (24000000000, 1610612736, 1000)
    """
    if not isinstance(size, str):
        return whole_number(size, "memory", 0)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*", size)
    units = {unit.lower(): factor for unit, factor in _UNITS.items()}
    if found is None or found[2].lower() not in units:
        remedies = ["'24 GB' (10^9 bytes)", "'24 GiB' (2^30 bytes)", "a whole number of bytes"]
        raise ArgumentError(
            message(f"memory {size!r}", f"is not a number with one of {', '.join(_UNITS)}.", (), remedies)
        )
    return int(Fraction(found[1]) * units[found[2].lower()])


def max_batch(
    graph: Graph, size: int | str, *, training: bool = False, optimizer: Optimiser | str | None = None
) -> Memory:
    """The account of the largest batch whose total stays within `size`: found by making the plans, not by a formula.

    Rules: what else lives in the process, Python itself among it, is not counted. At most 1,048,576 images.
    Raises: ArgumentError for a size that is none; MemoryLimitError when one image does not fit, with what would.
    """
    limit = bytes_of(size)

    def account(batch: int) -> Memory:
        return memory(graph, batch, training=training, optimizer=optimizer)

    fits = account(1)
    if fits.total > limit:
        raise MemoryLimitError(_too_small(fits, limit))
    over: Memory | None = None
    while over is None or over.batch - fits.batch > 1:
        room = (limit - fits.total) // max(fits.per_image, 1)
        guess = fits.batch + max(room, 1) if over is None else _between(fits, over, limit)
        tried = account(min(guess, _LARGEST))
        if tried.total <= limit:
            fits = tried
        else:
            over = tried
        if fits.batch == _LARGEST:
            break
    return fits


def _between(fits: Memory, over: Memory, limit: int) -> int:
    """Where a straight line between two accounts meets the limit, strictly between them."""
    share = (limit - fits.total) / (over.total - fits.total)
    guess = fits.batch + int(share * (over.batch - fits.batch))
    return min(max(guess, fits.batch + 1), over.batch - 1)


def _too_small(one: Memory, limit: int) -> str:
    parts = ", ".join(f"{name} {bytes_text(size)}" for name, size in one.parts().items() if size)
    step = f"a training step with {one.optimizer}" if one.training else "a pass"
    remedies = [f"{bytes_text(one.total)} or more", "a smaller input"]
    if one.training and one.state:
        remedies.append("sc.SGD(lr) without momentum, which keeps no state")
    return message("", f"{bytes_text(limit)} do not hold even one image: {step} takes {bytes_text(one.total)}.",
                   [parts], remedies)  # fmt: skip
