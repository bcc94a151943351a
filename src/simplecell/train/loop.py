"""The training loop: epochs of batches through a stepper."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from simplecell.data import Dataset, batches
from simplecell.errors import ArgumentError, TrainingError, message
from simplecell.objectives import Optimiser, Schedule
from simplecell.run.stepper import Stepper
from simplecell.train.callbacks import Batch, Callback, Run
from simplecell.train.history import History, Record

Evaluate = Callable[[Dataset], Mapping[str, float]]


def fit(
    stepper: Stepper,
    train: Dataset,
    validation: Dataset | None = None,
    *,
    epochs: int,
    batch: int,
    optimizer: Optimiser,
    schedule: Schedule | None = None,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    evaluate: Evaluate | None = None,
) -> History:
    """Train through `stepper` for `epochs` epochs and return the history.

    Rules: the order of the images is that of `data.batches` with this seed and the epoch's number. `evaluate` measures
    `validation` after each epoch. Ctrl-C ends the training after the batch that is under way, a second one at once;
    the history then says `interrupted`, and the weights are those after the last whole batch.
    Raises: ArgumentError for impossible numbers; TrainingError when the loss is no longer finite.
    """
    for what, number in (("epochs", epochs), ("batch", batch)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ArgumentError(f"{what} must be a whole number from 1, got {number!r}")
    if validation is not None and evaluate is None:
        raise ArgumentError("validation needs a function `evaluate` that measures it")
    run = Run(epochs, len(train), batch, bool(train.classes))
    history = History()
    try:
        with _gentle_ctrl_c(run):
            for callback in callbacks:
                callback.on_train_begin(run)
            for epoch in range(1, epochs + 1):
                run.lr = schedule.at(optimizer.lr, epoch - 1, _losses(history)) if schedule else optimizer.lr
                record = _epoch(stepper, train, run, epoch, seed, callbacks)
                if record is not None and validation is not None and evaluate is not None:
                    record |= {f"validation_{name}": value for name, value in evaluate(validation).items()}
                if record is not None:
                    history.epochs.append(record)
                    for callback in callbacks:
                        callback.on_epoch_end(record)
                if run.stopping:
                    history.interrupted = epoch < epochs or record is None
                    break
    finally:
        for callback in callbacks:
            callback.on_train_end(history)
    return history


def _losses(history: History) -> list[float]:
    """The loss after each epoch so far, of the validation where there is one."""
    return [float(record.get("validation_loss", record["loss"])) for record in history.epochs]


def _epoch(
    stepper: Stepper, train: Dataset, run: Run, epoch: int, seed: int, callbacks: Sequence[Callback]
) -> Record | None:
    """Train one epoch -> its record, or None if it was ended before its last batch."""
    for callback in callbacks:
        callback.on_epoch_begin(epoch)
    lr, total, correct, seen, steps = run.lr, 0.0, 0, 0, run.steps
    began = time.perf_counter()
    for number, (images, targets) in enumerate(batches(train, run.batch, seed, epoch), start=1):
        result = stepper.step(images, targets, lr)
        if not math.isfinite(result.loss):
            raise _diverged(result.loss, epoch, number, lr)
        n = len(images)
        total, seen, correct = total + n * result.loss, seen + n, correct + (result.correct or 0)
        if callbacks:
            told = Batch(number, n, total / seen, correct if run.classes else None, seen)
            for callback in callbacks:
                callback.on_batch_end(told)
        if run.stopping and number < steps:
            return None
    seconds = time.perf_counter() - began
    record: Record = {"epoch": epoch, "loss": total / seen}
    if run.classes:
        record["accuracy"] = correct / seen
    return record | {"lr": lr, "seconds": seconds, "images_per_second": seen / max(seconds, 1e-9)}


def _diverged(loss: float, epoch: int, number: int, lr: float) -> TrainingError:
    place = f"epoch {epoch}, batch {number}"
    rule = f"the loss is {loss} at learning rate {lr:g}: the training diverged and the weights are spoilt."
    remedies = [
        f"a smaller lr, such as {lr / 10:g}",
        "inputs scaled to about 0..1",
        "net.init(seed) before the next try",
    ]
    return TrainingError(message(place, rule, remedies=remedies))


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
