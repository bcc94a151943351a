"""What trains: one step on one batch, whichever engine does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from simplecell.layers.base import Array
from simplecell.objectives import Loss, Optimiser, Record


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

    def settings(self) -> dict[str, Any]:
        """What its steps depend on besides their batches, in a form that JSON keeps."""
        ...

    def state(self) -> Mapping[str, Array]:
        """The optimiser's state by name, live: `conv1.weight:momentum_buffer`."""
        ...

    def restore(self, saved: Snapshot) -> None:
        """Take weights, state and count of steps as they were saved."""
        ...

    def watch(self, images: Array, targets: Array) -> str:
        """Where a step on this batch first leaves the finite numbers, as a sentence; nothing is changed."""
        ...


def settings_of(*records: Record) -> dict[str, Any]:
    """Records by the name of their table's row: `{"sgd": {"lr": 0.1, ...}}`."""
    return {record.kind: record.arguments() for record in records}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a step depends on besides its batch and learning rate, as copies."""

    weights: Mapping[str, Array]
    state: Mapping[str, Array]
    steps: int

    @classmethod
    def of(cls, stepper: Stepper) -> Snapshot:
        """The stepper as it stands."""
        weights = {name: w.copy() for name, w in stepper.weights.items()}
        return cls(weights, {name: array.copy() for name, array in stepper.state().items()}, stepper.steps)

    def copy_into(self, stepper: Stepper) -> None:
        """Write the arrays and the count back."""
        for live, saved in ((stepper.weights, self.weights), (stepper.state(), self.state)):
            for name, array in saved.items():
                live[name][...] = array
        stepper.steps = self.steps
