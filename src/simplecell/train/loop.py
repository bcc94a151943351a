"""The training loop: epochs of batches through a stepper."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from simplecell.data import ArrayDataset, Dataset, Workers, batches
from simplecell.errors import ArgumentError
from simplecell.objectives import Optimiser, Schedule
from simplecell.run.stepper import Snapshot, Stepper, StepResult
from simplecell.train.callbacks import Batch, Callback, Run
from simplecell.train.checkpoint import Position, check_fits, read_checkpoint
from simplecell.train.divergence import EVERY, Anchor, diverged
from simplecell.train.history import History, Record

Evaluate = Callable[[Dataset], Mapping[str, float]]
Per = Literal["epoch", "step"]


def fit(
    stepper: Stepper,
    train: Dataset,
    validation: Dataset | None = None,
    *,
    epochs: int,
    batch: int,
    optimizer: Optimiser,
    schedule: Schedule | None = None,
    per: Per = "epoch",
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    evaluate: Evaluate | None = None,
    workers: int | None = None,
    processes: bool = False,
    resume: str | os.PathLike[str] | None = None,
    about: Mapping[str, str] | None = None,
    save_model: Callable[[Path], None] | None = None,
) -> History:
    """Train through `stepper` for `epochs` epochs and return the history.

    Args:
        per: the schedule gives a rate for each epoch, or for each step at its fraction of the epochs.
        workers: threads, or with `processes` processes, that prepare batches ahead; by default one, or none for arrays
            in memory.
        resume: a checkpoint to go on from instead of from the beginning.
        about, save_model: what a checkpoint says about the model, and what writes the model as a file.

    Rules: the order of the images is that of `data.batches` with this seed and the epoch's number. `evaluate` measures
    `validation` after each epoch. Ctrl-C ends the training after the batch that is under way, a second one at once;
    the history then says `interrupted`, and the weights are those after the last whole batch.
    Raises: ArgumentError for impossible numbers; FileError for a checkpoint of another training; TrainingError when the
    loss is no longer finite, with the layer where that began; the weights are then those before that step.
    """
    _check(epochs, batch, per, validation is None or evaluate is not None)
    run = Run(epochs, len(train), batch, bool(train.classes), stepper=stepper, about=about or {}, save_model=save_model)
    run.settings = stepper.settings() | {
        "data": repr(train), "batch": batch, "seed": seed, "per": per,
        "schedule": {} if schedule is None else {schedule.kind: schedule.arguments()},
    }  # fmt: skip
    if resume is not None:
        _go_on(run, stepper, resume)
    ahead = workers if workers is not None else 0 if isinstance(train, ArrayDataset) else 1
    helped = Workers(train, ahead, processes=processes)
    stream = partial(batches, train, batch, seed, workers=helped)
    loop = _Loop(run, stepper, stream, optimizer.lr, schedule, per, callbacks)
    with helped, _gentle_ctrl_c(run), _called_at_the_end(run, callbacks):
        for callback in callbacks:
            callback.on_train_begin(run)
        while run.position.epoch <= epochs and not run.stopping and (record := loop.epoch()) is not None:
            if validation is not None and evaluate is not None:
                record |= {f"validation_{name}": value for name, value in evaluate(validation).items()}
            loop.complete(record)
        run.history.interrupted = len(run.history) < epochs
    return run.history


def _check(epochs: int, batch: int, per: str, measurable: bool) -> None:
    for what, number in (("epochs", epochs), ("batch", batch)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ArgumentError(f"{what} must be a whole number from 1, got {number!r}")
    if not measurable:
        raise ArgumentError("validation needs a function `evaluate` that measures it")
    if per not in ("epoch", "step"):
        raise ArgumentError(f"the schedule goes per 'epoch' or per 'step', got {per!r}")


def _go_on(run: Run, stepper: Stepper, path: str | os.PathLike[str]) -> None:
    """Put stepper and run to where a checkpoint stands."""
    found = read_checkpoint(path)
    check_fits(path, found, stepper, run.settings)
    stepper.restore(found.saved)
    run.history, run.position = found.history, found.position
    run.history.interrupted = False


class _Loop:
    """The steps of one training; where it stands is `run.position`."""

    def __init__(
        self,
        run: Run,
        stepper: Stepper,
        stream: Callable[..., Generator[tuple[Any, Any]]],
        lr: float,
        schedule: Schedule | None,
        per: Per,
        callbacks: Sequence[Callback],
    ) -> None:
        self.run, self.stepper, self.stream, self.callbacks = run, stepper, stream, callbacks
        self.lr, self.schedule, self.per = lr, schedule, per
        self.anchor = Anchor(Snapshot({}, {}, 0), 0)

    def rate(self, number: int) -> float:
        """The learning rate of a batch (from 0) of the epoch under way."""
        if self.schedule is None:
            return self.lr
        epoch = self.run.position.epoch - 1
        at = epoch + number / self.run.steps if self.per == "step" else epoch
        return self.schedule.at(self.lr, at, _losses(self.run.history))

    def epoch(self) -> Record | None:
        """Train the rest of the epoch -> its record, or None if it was ended before its last batch."""
        run, position = self.run, self.run.position
        run.lr = self.rate(position.batch)
        for callback in self.callbacks:
            callback.on_epoch_begin(position.epoch)
        stream = self.stream(position.epoch, start=position.batch)
        self.anchor = Anchor(Snapshot.of(self.stepper), position.batch)
        began = time.perf_counter()
        with closing(stream):
            for images, targets in stream:
                position.waiting += time.perf_counter() - began
                self._step(images, targets)
                now = time.perf_counter()
                position.seconds, began = position.seconds + now - began, now
                if run.stopping and position.batch < run.steps:
                    return None
        record: Record = {"epoch": position.epoch, "loss": position.loss / position.seen}
        if run.classes:
            record["accuracy"] = position.correct / position.seen
        seconds = max(position.seconds, 1e-9)
        speed = {"images_per_second": position.seen / seconds, "waiting_seconds": position.waiting}
        return record | {"lr": run.lr, "seconds": seconds, **speed}

    def complete(self, record: Record) -> None:
        """Enter an epoch in the history and go to the next."""
        self.run.history.epochs.append(record)
        self.run.position = Position(self.run.position.epoch + 1)
        for callback in self.callbacks:
            callback.on_epoch_end(record)

    def _step(self, images: Any, targets: Any) -> None:
        run, position = self.run, self.run.position
        run.lr = self.rate(position.batch)
        result: StepResult = self.stepper.step(images, targets, run.lr)
        if not math.isfinite(result.loss):
            place = f"epoch {position.epoch}, batch {position.batch + 1}"
            again = partial(self._again, position.epoch)
            raise diverged(self.stepper, self.anchor, again, self.rate, place, position.batch, result.loss)
        n = len(images)
        position.loss, position.seen = position.loss + n * result.loss, position.seen + n
        position.correct += result.correct or 0
        position.batch += 1
        if position.batch - self.anchor.batch >= EVERY:
            self.anchor = Anchor(Snapshot.of(self.stepper), position.batch)
        if self.callbacks:
            correct = position.correct if run.classes else None
            told = Batch(position.batch, n, position.loss / position.seen, correct, position.seen)
            for callback in self.callbacks:
                callback.on_batch_end(told)

    def _again(self, epoch: int, start: int) -> Iterator[tuple[Any, Any]]:
        return self.stream(epoch, start=start)


def _losses(history: History) -> list[float]:
    """The loss after each epoch so far, of the validation where there is one."""
    return [float(record.get("validation_loss", record["loss"])) for record in history.epochs]


@contextmanager
def _called_at_the_end(run: Run, callbacks: Sequence[Callback]) -> Iterator[None]:
    """However the training ends, the callbacks are told; `run.failed` says whether by an error."""
    try:
        yield
    except BaseException:
        run.failed = True
        raise
    finally:
        for callback in callbacks:
            callback.on_train_end(run.history)


@contextmanager
def _gentle_ctrl_c(run: Run) -> Iterator[None]:
    """Let the first Ctrl-C end the training after its batch. Only in the main thread, which alone gets it, and only
    where nobody else has taken it over."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def handler(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run.stop()

    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
