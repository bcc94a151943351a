"""A training that diverged: the step is found again from a copy of a short while ago, and looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from simplecell.data.batching import Batch
from simplecell.errors import TrainingError, message
from simplecell.run.stepper import Snapshot, Stepper

EVERY: Final = 100
"""Steps between two copies."""


@dataclass(slots=True)
class Anchor:
    """The stepper as it was before batch `batch` (from 0) of an epoch."""

    saved: Snapshot
    batch: int


def diverged(
    stepper: Stepper,
    anchor: Anchor,
    stream: Callable[[int], Iterator[Batch]],
    rate: Callable[[int], float],
    place: str,
    number: int,
    loss: float,
) -> TrainingError:
    """The error for a loss that is not finite at batch `number` (from 0); the weights are put back to those before the
    first step that spoilt them.

    `stream(b)` gives the epoch's batches from b on, `rate(b)` the learning rate of a batch.
    """
    found, back = _found(stepper, anchor, stream, rate, number)
    lr = rate(number)
    rule = f"the loss is {loss} at learning rate {lr:g}: the training diverged."
    ago = f", {number - back} step(s) earlier" if back < number else ""
    facts = [f"first seen{ago}: {found}", "the weights are those before that step"]
    remedies = [f"a smaller lr, such as {lr / 10:g}", "inputs scaled to about 0..1", "clip=1.0"]
    return TrainingError(message(place, rule, facts, remedies))


def _found(
    stepper: Stepper,
    anchor: Anchor,
    stream: Callable[[int], Iterator[Batch]],
    rate: Callable[[int], float],
    number: int,
) -> tuple[str, int]:
    """(what the watched step showed, its batch)."""
    stepper.restore(anchor.saved)
    for at, (images, targets) in enumerate(stream(anchor.batch), start=anchor.batch):
        before = Snapshot.of(stepper)
        result = stepper.step(images, targets, rate(at))
        if at >= number or not np.isfinite(result.loss) or not _finite(stepper):
            stepper.restore(before)
            return stepper.watch(images, targets), at
    return "not found again", number


def _finite(stepper: Stepper) -> bool:
    return all(np.isfinite(w).all() for w in stepper.weights.values())
