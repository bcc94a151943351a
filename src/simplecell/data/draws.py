"""Random numbers without a generator: each is a function of where it is used, so that no order of work changes it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Draw = tuple[int, int]
"""(seed, epoch): what the order and the augmentation of an epoch depend on."""

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def uniform(draw: Draw, rows: NDArray[np.integer[Any]], count: int) -> NDArray[np.float64]:
    """Return `count` numbers from 0 up to below 1 for each of `rows`: (len(rows), count).

    u = mix(mix(mix(mix(seed) ^ epoch) ^ row) ^ number) / 2^64, its first 53 bits

    Rules: the numbers of a row depend on the seed, the epoch and the row alone.
    Source: the mixing function of SplitMix64; Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014.

    >>> a = uniform((0, 1), np.array([4, 7]), 3)
    >>> a.shape, bool((a[1] == uniform((0, 1), np.array([7]), 3)[0]).all())
    ((2, 3), True)
    """
    seed, epoch = (np.array([number % 2**64], np.uint64) for number in draw)
    state = _mixed(_mixed(_mixed(seed) ^ epoch) ^ rows.astype(np.uint64))
    bits = _mixed(state[:, np.newaxis] ^ np.arange(count, dtype=np.uint64))
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One step of SplitMix64: every bit of the result depends on every bit of x."""
    z = x + _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
