"""Batches of a data set, in an order that depends on the seed and the epoch alone, prepared ahead where wanted."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future

import numpy as np

from simplecell.data.dataset import Dataset
from simplecell.data.workers import Batch, Rows, Workers
from simplecell.errors import ArgumentError

AHEAD = 2
"""Batches that each worker may be ahead of who takes them."""


def batches(
    dataset: Dataset,
    batch: int,
    seed: int | None = None,
    epoch: int = 0,
    *,
    start: int = 0,
    workers: int | Workers = 0,
    processes: bool = False,
) -> Generator[Batch]:
    """Yield (images, targets) of `batch` images each; every image once; the last batch may be smaller.

    order = permutation of 0..n-1 by NumPy's PCG64 seeded with [seed, epoch]

    Args:
        start: so many batches are left out at the beginning.
        workers: threads, or with `processes` processes, that prepare batches ahead, at most AHEAD each; or `Workers`
            of the data set that are there already. They change nothing in the batches or their order.

    Rules: without a seed the order is the data set's own and nothing is augmented. The arrays are C-contiguous and new:
    whoever gets them may keep and change them.
    Raises: ArgumentError if batch is below 1, or another number below 0; what a worker raises, when its batch is due.

    >>> from simplecell.data import arrays
    >>> data = arrays(np.zeros((5, 1, 2, 2)), [0, 1, 2, 3, 4])
    >>> [targets.tolist() for _, targets in batches(data, 2)]
    [[0, 1], [2, 3], [4]]
    """
    if operator.index(batch) < 1:
        raise ArgumentError(f"batch {batch}: at least 1 is needed")
    count = workers.count if isinstance(workers, Workers) else workers
    for what, number in (("seed", seed), ("epoch", epoch), ("start", start), ("workers", count)):
        if number is not None and operator.index(number) < 0:
            raise ArgumentError(f"{what} {number}: at least 0 is needed")
    draw = None if seed is None else (seed, epoch)
    order = np.arange(len(dataset))
    if draw is not None:
        order = np.random.Generator(np.random.PCG64(list(draw))).permutation(len(dataset))
    parts = (order[first : first + batch] for first in range(start * batch, len(order), batch))
    if isinstance(workers, Workers):
        return _batches(workers, parts, draw)
    return _with_own(Workers(dataset, workers, processes=processes), parts, draw)


def _with_own(workers: Workers, parts: Iterator[Rows], draw: tuple[int, int] | None) -> Generator[Batch]:
    with workers:
        yield from _batches(workers, parts, draw)


def _batches(workers: Workers, parts: Iterator[Rows], draw: tuple[int, int] | None) -> Generator[Batch]:
    if not workers.count:
        yield from (workers.made(rows, draw) for rows in parts)
        return
    waiting: deque[Future[Batch]] = deque()
    try:
        for rows in parts:
            waiting.append(workers.begun(rows, draw))
            if len(waiting) > AHEAD * workers.count:
                yield workers.taken(waiting.popleft())
        while waiting:
            yield workers.taken(waiting.popleft())
    finally:
        for batch in waiting:
            batch.cancel()
