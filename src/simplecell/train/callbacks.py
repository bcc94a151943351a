"""What can be called while a network trains, in Keras's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simplecell.train.history import History, Record


@dataclass(slots=True)
class Run:
    """A training under way, as callbacks see it.

    epochs    how many are wanted; they count from 1
    images    images in one epoch
    batch     images in one step; the last one of an epoch may have fewer
    lr        the learning rate of this epoch
    classes   whether the targets are classes, so that `Batch.correct` and accuracies exist
    """

    epochs: int
    images: int
    batch: int
    classes: bool
    lr: float = 0.0
    stopping: bool = field(default=False, init=False)

    @property
    def steps(self) -> int:
        """Training steps in one epoch.

        >>> Run(epochs=1, images=100, batch=32, classes=True).steps
        4
        """
        return -(-self.images // self.batch)

    def stop(self) -> None:
        """End the training after the batch that is under way."""
        self.stopping = True


@dataclass(frozen=True, slots=True)
class Batch:
    """One training step: its number in the epoch (from 1), its images, the epoch's running totals.

    `loss` is the mean over the images of this epoch so far, `correct` how many of them had the right class scored
    highest (None for regression), `seen` how many they are.
    """

    number: int
    images: int
    loss: float
    correct: int | None
    seen: int


class Callback:
    """Override what you need. `on_train_end` is called however the training ends, also after an error."""

    def on_train_begin(self, run: Run) -> None:
        """Before the first epoch; keep `run` to read it later or to call `run.stop()`."""

    def on_epoch_begin(self, epoch: int) -> None:
        """Before the first batch of an epoch; epochs count from 1."""

    def on_batch_end(self, batch: Batch) -> None:
        """After each training step."""

    def on_epoch_end(self, record: Record) -> None:
        """After each complete epoch and its validation, with its entry in the history."""

    def on_train_end(self, history: History) -> None:
        """At the end, whatever the reason."""
