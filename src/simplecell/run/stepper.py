"""What trains: one step on one batch, whichever engine does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from simplecell.layers.base import Array
from simplecell.objectives import Loss, Optimiser


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one training step tells: the batch's mean loss before the update, and for class targets how many of its
    images had the right class scored highest."""

    loss: float
    correct: int | None


class Stepper(Protocol):
    """Trains a network's weights in place, a batch at a time. `steps` counts what was done; with `seed` it fixes the
    next step's random masks."""

    weights: Mapping[str, Array]
    optimizer: Optimiser
    loss: Loss
    seed: int
    steps: int

    def step(self, images: Array, targets: Array, lr: float) -> StepResult:
        """Forward, loss, backward and update on one batch (n, c, h, w) of any n from 1."""
        ...

    def state(self) -> Mapping[str, Array]:
        """The optimiser's state by name, live: `conv1.weight:momentum_buffer`."""
        ...
