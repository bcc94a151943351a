"""Batches of a data set, in an order that depends on the seed and the epoch alone."""

from __future__ import annotations

import operator
from collections.abc import Iterator

import numpy as np

from simplecell.data.dataset import Dataset, Images, Targets
from simplecell.errors import ArgumentError


def batches(dataset: Dataset, batch: int, seed: int | None = None, epoch: int = 0) -> Iterator[tuple[Images, Targets]]:
    """Yield (images, targets) of `batch` images each; every image once; the last batch may be smaller.

    order = permutation of 0..n-1 by NumPy's PCG64 seeded with [seed, epoch]

    Rules: without a seed the order is the data set's own. The arrays are C-contiguous copies: whoever gets them may
    keep and change them.
    Raises: ArgumentError if batch is below 1, or seed or epoch below 0.

    >>> from simplecell.data import arrays
    >>> data = arrays(np.zeros((5, 1, 2, 2)), [0, 1, 2, 3, 4])
    >>> [targets.tolist() for _, targets in batches(data, 2)]
    [[0, 1], [2, 3], [4]]
    """
    if operator.index(batch) < 1:
        raise ArgumentError(f"batch {batch}: at least 1 is needed")
    for what, number in (("seed", seed), ("epoch", epoch)):
        if number is not None and operator.index(number) < 0:
            raise ArgumentError(f"{what} {number}: at least 0 is needed")
    return _batches(dataset, batch, seed, epoch)


def _batches(dataset: Dataset, batch: int, seed: int | None, epoch: int) -> Iterator[tuple[Images, Targets]]:
    images, targets = dataset.images, dataset.targets
    if seed is None:
        order = np.arange(len(dataset))
    else:
        order = np.random.Generator(np.random.PCG64([seed, epoch])).permutation(len(dataset))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        yield images.take(rows, axis=0), targets.take(rows, axis=0)
