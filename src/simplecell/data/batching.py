"""Batches of a data set, in an order that depends on the seed and the epoch alone, prepared ahead where wanted."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from simplecell.data.dataset import Dataset, Images, Targets
from simplecell.errors import ArgumentError

AHEAD = 2
"""Batches that each worker may be ahead of who takes them."""

Batch = tuple[Images, Targets]


def batches(
    dataset: Dataset, batch: int, seed: int | None = None, epoch: int = 0, *, start: int = 0, workers: int = 0
) -> Generator[Batch]:
    """Yield (images, targets) of `batch` images each; every image once; the last batch may be smaller.

    order = permutation of 0..n-1 by NumPy's PCG64 seeded with [seed, epoch]

    Rules: without a seed the order is the data set's own and nothing is augmented. With `start` the first so many
    batches are left out. `workers` threads prepare batches ahead, at most AHEAD each; their number changes nothing in
    the batches or their order. The arrays are C-contiguous and new: whoever gets them may keep and change them.
    Raises: ArgumentError if batch is below 1, or another number below 0; what a worker raises, when its batch is due.

    >>> from simplecell.data import arrays
    >>> data = arrays(np.zeros((5, 1, 2, 2)), [0, 1, 2, 3, 4])
    >>> [targets.tolist() for _, targets in batches(data, 2)]
    [[0, 1], [2, 3], [4]]
    """
    if operator.index(batch) < 1:
        raise ArgumentError(f"batch {batch}: at least 1 is needed")
    for what, number in (("seed", seed), ("epoch", epoch), ("start", start), ("workers", workers)):
        if number is not None and operator.index(number) < 0:
            raise ArgumentError(f"{what} {number}: at least 0 is needed")
    return _batches(dataset, batch, seed, epoch, start, workers)


def _batches(dataset: Dataset, batch: int, seed: int | None, epoch: int, start: int, workers: int) -> Generator[Batch]:
    targets, draw = dataset.targets, None if seed is None else (seed, epoch)
    if seed is None:
        order = np.arange(len(dataset))
    else:
        order = np.random.Generator(np.random.PCG64([seed, epoch])).permutation(len(dataset))

    def made(first: int) -> Batch:
        rows = order[first : first + batch]
        return np.ascontiguousarray(dataset.gather(rows, draw), np.float32), targets.take(rows, axis=0)

    firsts = range(start * batch, len(order), batch)
    if not workers:
        yield from map(made, firsts)
        return
    pool = ThreadPoolExecutor(workers, "simplecell-data")
    waiting: deque[Future[Batch]] = deque()
    try:
        for first in firsts:
            waiting.append(pool.submit(made, first))
            if len(waiting) > AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
