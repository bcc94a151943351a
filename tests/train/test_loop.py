"""The training loop: its order, its records, its ends."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import simplecell as sc
from simplecell.data import ArrayDataset, arrays, batches
from simplecell.layers.base import Array
from simplecell.objectives import SGD, CrossEntropy
from simplecell.objectives.schedules import Step
from simplecell.run.stepper import Snapshot, StepResult
from simplecell.train import Batch, Callback, History, Run, confusion, evaluate, fit


class Recorder:
    """A stepper that learns nothing: it writes down what it is given and tells the losses it was made with."""

    def __init__(self, losses: list[float] | None = None, correct: int | None = 1) -> None:
        self.losses, self.correct = losses, correct
        self.seen: list[tuple[Array, Array, float]] = []
        self.steps, self.weights = 0, {}

    def step(self, images: Array, targets: Array, lr: float) -> StepResult:
        self.seen.append((images, targets, lr))
        loss = 1.0 if self.losses is None else self.losses[len(self.seen) - 1]
        return StepResult(loss, self.correct)

    def state(self) -> Mapping[str, Array]:
        return {}

    def settings(self) -> dict[str, Any]:
        return {}

    def restore(self, saved: Snapshot) -> None:
        self.seen = self.seen[: len(self.seen) - len(self.seen) % 3]

    def watch(self, images: Array, targets: Array) -> str:
        return "watched"


def ten() -> ArrayDataset:
    return arrays(np.arange(10.0).reshape(10, 1, 1, 1), [0, 1] * 5)


def test_each_epoch_goes_through_all_images_in_the_order_of_its_seed() -> None:
    stepper = Recorder()
    fit(stepper, ten(), epochs=2, batch=4, optimizer=SGD(0.1), seed=3)
    assert [len(images) for images, _, _ in stepper.seen] == [4, 4, 2] * 2
    wanted = [images for epoch in (1, 2) for images, _ in batches(ten(), 4, 3, epoch)]
    for (images, _, _), expected in zip(stepper.seen, wanted, strict=True):
        np.testing.assert_array_equal(images, expected)
    first, second = (np.concatenate([x for x, _, _ in part]).ravel() for part in (stepper.seen[:3], stepper.seen[3:]))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first.tolist() != second.tolist()


def test_loss_and_accuracy_are_means_over_images_not_over_batches() -> None:
    """Batches of 4, 4 and 2 with losses 1, 2, 6: (4*1 + 4*2 + 2*6)/10 = 2.4, not (1+2+6)/3 = 3."""
    history = fit(Recorder([1.0, 2.0, 6.0], correct=2), ten(), epochs=1, batch=4, optimizer=SGD(0.1))
    (record,) = history.epochs
    assert record["loss"] == pytest.approx(2.4, rel=1e-15)
    assert record["accuracy"] == 0.6
    assert record["epoch"] == 1
    assert record["lr"] == 0.1
    assert record["images_per_second"] == pytest.approx(10 / record["seconds"])
    assert not history.interrupted


def test_the_schedule_gives_the_rate_of_each_epoch() -> None:
    stepper = Recorder()
    history = fit(stepper, ten(), epochs=4, batch=10, optimizer=SGD(0.8), schedule=Step(2, 0.5))
    assert [lr for _, _, lr in stepper.seen] == [0.8, 0.8, 0.4, 0.4]
    assert history["lr"] == [0.8, 0.8, 0.4, 0.4]


def test_regression_has_no_accuracy_and_validation_is_measured_after_each_epoch() -> None:
    data = arrays(np.zeros((3, 1, 1, 1)), np.zeros((3, 2)))
    history = fit(
        Recorder(correct=None), data, data, epochs=2, batch=2, optimizer=SGD(0.1),
        evaluate=lambda given: {"loss": 0.25, "mean_absolute_error": float(len(given))},
    )  # fmt: skip
    assert set(history.epochs[0]) == {
        "epoch", "loss", "lr", "seconds", "images_per_second", "waiting_seconds", "validation_loss",
        "validation_mean_absolute_error",
    }  # fmt: skip
    assert history["validation_mean_absolute_error"] == [3.0, 3.0]


class Diary(Callback):
    """Writes down every call, and stops the run at a batch if told to."""

    def __init__(self, stop_at: tuple[int, int] | None = None) -> None:
        self.lines: list[str] = []
        self.stop_at, self.epoch = stop_at, 0

    def on_train_begin(self, run: Run) -> None:
        self.run = run
        self.lines.append(f"train begins: {run.epochs} epochs of {run.steps} steps")

    def on_epoch_begin(self, epoch: int) -> None:
        self.epoch = epoch
        self.lines.append(f"epoch {epoch} begins")

    def on_batch_end(self, batch: Batch) -> None:
        self.lines.append(f"batch {batch.number}: {batch.images} images, {batch.seen} seen, loss {batch.loss:g}")
        if self.stop_at == (self.epoch, batch.number):
            self.run.stop()

    def on_epoch_end(self, record: Mapping[str, float]) -> None:
        self.lines.append(f"epoch {record['epoch']} ends")

    def on_train_end(self, history: History) -> None:
        self.lines.append(f"train ends with {len(history)} epochs")


def test_callbacks_are_called_in_their_order() -> None:
    diary = Diary()
    fit(Recorder([1.0, 4.0]), ten(), epochs=1, batch=8, optimizer=SGD(0.1), callbacks=[diary])
    assert diary.lines == [
        "train begins: 1 epochs of 2 steps",
        "epoch 1 begins",
        "batch 1: 8 images, 8 seen, loss 1",
        "batch 2: 2 images, 10 seen, loss 1.6",
        "epoch 1 ends",
        "train ends with 1 epochs",
    ]


@pytest.mark.parametrize(("stop_at", "epochs", "steps", "interrupted"), [
    ((2, 1), 1, 4, True),
    ((1, 3), 1, 3, True),
    ((3, 3), 3, 9, False),
    ((3, 2), 2, 8, True),
])  # fmt: skip
def test_a_stop_ends_the_training_after_its_batch(
    stop_at: tuple[int, int], epochs: int, steps: int, interrupted: bool
) -> None:
    stepper, diary = Recorder(), Diary(stop_at)
    history = fit(stepper, ten(), epochs=3, batch=4, optimizer=SGD(0.1), callbacks=[diary])
    assert (len(history), len(stepper.seen), history.interrupted) == (epochs, steps, interrupted)
    assert diary.lines[-1] == f"train ends with {epochs} epochs"


def test_ctrl_c_ends_the_training_after_its_batch_and_gives_the_key_back() -> None:
    class Interrupting(Recorder):
        def step(self, images: Array, targets: Array, lr: float) -> StepResult:
            if len(self.seen) == 4:
                os.kill(os.getpid(), signal.SIGINT)
            return super().step(images, targets, lr)

    stepper = Interrupting()
    history = fit(stepper, ten(), epochs=5, batch=4, optimizer=SGD(0.1))
    assert history.interrupted
    assert (len(history), len(stepper.seen)) == (1, 5)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_ends_it_at_once_and_the_callbacks_are_told() -> None:
    class Impatient(Recorder):
        def step(self, images: Array, targets: Array, lr: float) -> StepResult:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            return super().step(images, targets, lr)

    diary = Diary()
    with pytest.raises(KeyboardInterrupt):
        fit(Impatient(), ten(), epochs=5, batch=4, optimizer=SGD(0.1), callbacks=[diary])
    assert diary.lines[-1] == "train ends with 0 epochs"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_names_epoch_batch_rate_and_remedy(loss: float) -> None:
    with pytest.raises(sc.TrainingError) as caught:
        fit(Recorder([1.0, 1.0, 1.0, 1.0, loss]), ten(), epochs=3, batch=4, optimizer=SGD(0.5))
    text = str(caught.value)
    assert text.startswith(f"epoch 2, batch 2: the loss is {loss} at learning rate 0.5:")
    assert "a smaller lr, such as 0.05" in text


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"batch": 0}, {"epochs": 1.5}, {"batch": True}, {"seed": -1}])
def test_impossible_numbers_are_refused_before_a_step(wrong: dict[str, int]) -> None:
    stepper = Recorder()
    given = {"epochs": 1, "batch": 4, "seed": 0} | wrong
    (name,) = wrong
    with pytest.raises(sc.ArgumentError, match=name):
        fit(stepper, ten(), optimizer=SGD(0.1), **given)  # type: ignore[arg-type]
    assert stepper.seen == []


def test_nan_in_the_data_is_refused_with_its_place() -> None:
    images = np.zeros((4, 1, 8, 8))
    images[2, 0, 5, 6] = np.nan
    with pytest.raises(sc.DataError, match="image 2 has nan at channel 0, row 5, column 6"):
        arrays(images, [0, 1, 2, 3])


def test_evaluation_is_over_the_whole_set_at_once() -> None:
    """Scores on paper: image i has scores (0, i - 4.5), so classes 0 x 5 then 1 x 5 for targets 0 1 0 1 ..."""

    def network(images: Array) -> Array:
        x = images.reshape(-1, 1)
        return np.concatenate([np.zeros_like(x), x - 4.5], axis=1)

    found = evaluate(network, ten(), CrossEntropy(), batch=3)
    margins = [(i - 4.5) * (1 if i % 2 else -1) for i in range(10)]
    assert found["loss"] == pytest.approx(sum(math.log1p(math.exp(-m)) for m in margins) / 10, rel=1e-12)
    assert found["accuracy"] == 0.6
    np.testing.assert_array_equal(confusion(network, ten(), batch=7), [[3, 2], [2, 3]])


def test_a_network_with_another_number_of_classes_is_refused() -> None:
    with pytest.raises(sc.DataError, match="2 classes, but the network gives 3 values per image"):
        confusion(lambda images: np.zeros((len(images), 3)), ten())
