"""What can be called while a network trains, in Keras's words."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simplecell.errors import ArgumentError, FileError
from simplecell.files import write_atomically
from simplecell.geometry import whole_number
from simplecell.train.checkpoint import Position, write_checkpoint
from simplecell.train.history import History, Record

if TYPE_CHECKING:
    from simplecell.run.stepper import Stepper

LAST: Final = "last.safetensors"
BEST: Final = "best.safetensors"
LOGS: Final = ("log.csv", "log.jsonl")


@dataclass(slots=True)
class Run:
    """A training under way, as callbacks see it.

    epochs    how many are wanted; they count from 1
    images    images in one epoch
    batch     images in one step; the last one of an epoch may have fewer
    lr        the learning rate of this step
    classes   whether the targets are classes, so that `Batch.correct` and accuracies exist
    history   the complete epochs so far
    position  the epoch under way and how much of it is done
    failed    whether it is ending by an error
    """

    epochs: int
    images: int
    batch: int
    classes: bool
    lr: float = 0.0
    history: History = field(default_factory=History)
    position: Position = field(default_factory=Position)
    stepper: Stepper | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    about: Mapping[str, str] = field(default_factory=dict[str, str])
    save_model: Callable[[Path], None] | None = None
    stopping: bool = field(default=False, init=False)
    failed: bool = field(default=False, init=False)

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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a checkpoint: everything from which `fit(..., resume=path)` goes on, bit for bit.

        Raises: FileError with the path and the cause; TrainingError if a weight is no longer finite.
        """
        if self.stepper is None:
            raise ArgumentError("this run has no network to save")
        write_checkpoint(path, self.stepper, self.position, self.history, self.settings, self.about)


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


def falls(monitor: str) -> bool:
    """Whether less of a quantity is better: of losses and errors, not of accuracies."""
    return any(word in monitor for word in ("loss", "error"))


def best_epoch(history: History, monitor: str) -> int:
    """The position in the history of the best epoch, the first of equals; -1 without epochs.

    Raises: ArgumentError if the quantity was not measured.
    """
    known = history.epochs[0] if history.epochs else {monitor: 0}
    if monitor not in known:
        raise ArgumentError(f"monitor={monitor!r} is not measured; known: {', '.join(known)}")
    values = [value if falls(monitor) else -value for value in history[monitor]]
    return min(range(len(values)), key=lambda at: values[at] if not math.isnan(values[at]) else math.inf, default=-1)


class EarlyStopping(Callback):
    """Stop when a quantity has not become better for `patience` epochs.

    Args:
        monitor: an entry of the records; losses and errors shall fall, others rise.
        patience: how many epochs without a better one are borne.
        min_delta: by how much an epoch must be better to count.

    Rules: all it knows is the history, so a resumed training stops where an unbroken one does.
    """

    def __init__(self, monitor: str = "validation_loss", patience: int = 5, min_delta: float = 0.0) -> None:
        self.monitor, self.patience = monitor, whole_number(patience, "patience", 0)
        self.min_delta = min_delta

    def on_train_begin(self, run: Run) -> None:
        self._run = run
        if run.history.epochs:
            self.on_epoch_end(run.history.epochs[-1])

    def on_epoch_end(self, record: Record) -> None:
        best_epoch(self._run.history, self.monitor)  # says it if there is no such quantity
        sign = 1 if falls(self.monitor) else -1
        best, waited = math.inf, 0
        for value in (sign * value for value in self._run.history[self.monitor]):
            best, waited = (value, 0) if value < best - self.min_delta else (best, waited + 1)
        if waited > self.patience:
            self._run.stop()


class ModelCheckpoint(Callback):
    """Keep a training in a folder: last.safetensors, from which it can go on, and best.safetensors, a model.

    Args:
        folder: where to; made if it is not there.
        every: write the last one every so many steps; otherwise when `seconds` have passed since the one before.
        monitor: the quantity by which an epoch is the best; by default the validation's loss where it is measured.

    Rules: each file is replaced in one step. What ended by Ctrl-C or `run.stop()` is written too; what ended by an
    error is not, so the last good one stays.
    Raises: FileError with the path and the cause.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        every: int | None = None,
        seconds: float = 30.0,
        monitor: str | None = None,
    ) -> None:
        self.folder, self.monitor = Path(folder), monitor
        self.every = None if every is None else whole_number(every, "every", 1)
        self.seconds = seconds

    def on_train_begin(self, run: Run) -> None:
        self._run, self._since, self._written = run, 0, time.monotonic()
        made_folder(self.folder)

    def on_batch_end(self, batch: Batch) -> None:
        self._since += 1
        due = self._since >= self.every if self.every else time.monotonic() - self._written > self.seconds
        if due:
            self._save()

    def on_epoch_end(self, record: Record) -> None:
        monitor = self.monitor or ("validation_loss" if "validation_loss" in record else "")
        if monitor and self._run.save_model is not None:
            history = self._run.history
            if best_epoch(history, monitor) == len(history) - 1:
                self._run.save_model(self.folder / BEST)

    def on_train_end(self, history: History) -> None:
        if not self._run.failed:
            self._save()

    def _save(self) -> None:
        self._run.save(self.folder / LAST)
        self._since, self._written = 0, time.monotonic()


class Logger(Callback):
    """Write a line per epoch to log.csv and log.jsonl in a folder, as it comes.

    Rules: a resumed training writes the epochs of its checkpoint anew, so that nothing stands twice.
    Raises: FileError with the path and the cause.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def on_train_begin(self, run: Run) -> None:
        made_folder(self.folder)
        self._columns: list[str] = []
        for name in LOGS:
            write_atomically(self.folder / name, [])
        for record in run.history.epochs:
            self.on_epoch_end(record)

    def on_epoch_end(self, record: Record) -> None:
        table = io.StringIO()
        first, self._columns = not self._columns, self._columns or list(record)
        writer = csv.DictWriter(table, self._columns, lineterminator="\n", extrasaction="ignore")
        if first:
            writer.writeheader()
        writer.writerow(record)
        for name, text in zip(LOGS, (table.getvalue(), json.dumps(record) + "\n"), strict=True):
            try:
                with open(self.folder / name, "a", encoding="utf-8") as file:
                    file.write(text)
            except OSError as cause:
                raise FileError(f"{self.folder / name}: cannot be written: {cause.strerror}") from cause


def made_folder(folder: Path) -> Path:
    """Make a folder and return it. FileError if it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise FileError(f"{folder}: cannot be made: {cause.strerror}") from cause
    return folder
