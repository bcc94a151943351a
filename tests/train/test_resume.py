"""Checkpoints: going on from any step ends where an unbroken training ends, and from another training not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simplecell as sc
from simplecell import data
from simplecell.objectives import Cosine, OneCycle
from simplecell.objectives.schedules import Plateau, Warmup
from simplecell.train import (
    BEST,
    LAST,
    Batch,
    Callback,
    EarlyStopping,
    History,
    Logger,
    ModelCheckpoint,
    Run,
    read_checkpoint,
)  # fmt: skip

TIMES = ("seconds", "images_per_second", "waiting_seconds")


def network() -> sc.Model:
    return sc.Sequential(
        sc.Input(1, 8, 8), sc.Conv2d(6, 3, name="conv"), sc.BatchNorm(name="norm"), sc.ReLU(), sc.Dropout(0.3),
        sc.Flatten(), sc.Linear(10, name="fc"),
    )  # fmt: skip


def parts() -> tuple[Any, Any]:
    return data.split(data.digits()[0].take(range(100)), 0.2, seed=1)


class StopAt(Callback):
    """Stops after so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def on_train_begin(self, run: Run) -> None:
        self.run = run

    def on_batch_end(self, batch: Batch) -> None:
        self.left -= 1
        if not self.left:
            self.run.stop()


def trained(resume: Path | None = None, *callbacks: Callback, **changes: Any) -> tuple[sc.Model, History]:
    train, validation = parts()
    steps = changes.pop("augment", (data.Flip(), data.Shift(1)))
    given: dict[str, Any] = {
        "epochs": 4, "batch": 16, "optimizer": sc.SGD(0.05, momentum=0.9, weight_decay=1e-3), "schedule": Cosine(4),
        "per": "step", "seed": 3, "validation": validation, "workers": 1,
    }  # fmt: skip
    net = changes.pop("net", None) or network()
    history = net.fit(
        data.augmented(train, *steps) if steps else train, callbacks=callbacks, resume=resume, **(given | changes)
    )
    return net, history


def untimed(history: History) -> list[dict[str, float]]:
    return [{name: value for name, value in record.items() if name not in TIMES} for record in history.epochs]


def assert_same(got: tuple[sc.Model, History], whole: tuple[sc.Model, History]) -> None:
    for (name, w), expected in zip(got[0].weights.items(), whole[0].weights.values(), strict=True):
        np.testing.assert_array_equal(w, expected, err_msg=name)
    assert untimed(got[1]) == untimed(whole[1])


STEPS = 5 * 4


@pytest.fixture(scope="module")
def whole() -> tuple[sc.Model, History]:
    return trained()


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_from_every_step_it_ends_with_the_same_bits(tmp_path: Path, step: int, whole: tuple[sc.Model, History]) -> None:
    """With dropout, batch normalisation, augmentation, a rate for each step, and 0, 1 or 2 workers before and after."""
    _, first = trained(None, StopAt(step), ModelCheckpoint(tmp_path), workers=step % 3)
    assert first.interrupted == (step < STEPS)
    found = read_checkpoint(tmp_path / LAST)
    assert found.saved.steps == step
    assert_same(trained(tmp_path / LAST, workers=(step + 1) % 3), whole)


@pytest.mark.parametrize("changes", [
    {"optimizer": sc.Adam(0.01, amsgrad=True), "clip": 0.5},
    {"optimizer": sc.AdamW(0.01), "accumulate": 3},
    {"optimizer": sc.RMSprop(0.01, momentum=0.5, centered=True), "schedule": Plateau(0.5, patience=0), "per": "epoch"},
    {"schedule": Warmup(2, then=OneCycle(2)), "per": "epoch", "frozen": ("conv",)},
], ids=["adam, clipped", "adamw, in parts", "rmsprop, plateau", "one cycle, frozen"])  # fmt: skip
def test_whatever_there_is_to_remember(tmp_path: Path, changes: dict[str, Any]) -> None:
    unbroken = trained(**changes)
    path: Path | None = None
    for steps in (3, 4, 7):  # stopped three times
        trained(path, StopAt(steps), ModelCheckpoint(tmp_path), **changes)
        path = tmp_path / LAST
    assert read_checkpoint(tmp_path / LAST).saved.steps == 14
    assert_same(trained(path, **changes), unbroken)


def test_a_training_that_is_done_can_be_made_longer(tmp_path: Path) -> None:
    constant = {"schedule": None, "per": "epoch"}
    trained(None, ModelCheckpoint(tmp_path), **constant, epochs=2)
    assert_same(trained(tmp_path / LAST, **constant, epochs=4), trained(**constant, epochs=4))
    assert len(trained(tmp_path / LAST, **constant, epochs=2)[1]) == 2


def test_a_checkpoint_is_a_model_too(tmp_path: Path) -> None:
    net, history = trained(None, ModelCheckpoint(tmp_path))
    train, validation = parts()
    again = sc.load(tmp_path / LAST)
    np.testing.assert_array_equal(again(train.images), net(train.images))
    assert again.preprocessing == train.preprocessing
    best = sc.load(tmp_path / BEST)
    assert best.evaluate(validation)["loss"] == min(history["validation_loss"])


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "network": (
        {"net": sc.Sequential(sc.Input(1, 8, 8), sc.Conv2d(6, 5, name="conv"), sc.Flatten(), sc.Linear(10, name="fc"))},
        r"conv.weight: 6x1x3x3 in the checkpoint, 6x1x5x5 here\n(.|\n)*norm.bias: 6 in the checkpoint, none here",
    ),
    "optimiser": ({"optimizer": sc.Adam(0.01)}, "state conv.weight:step: none in the checkpoint, one number here"),
    "rate": ({"optimizer": sc.SGD(0.1, momentum=0.9, weight_decay=1e-3)}, r'sgd: {"lr": 0.05.*checkpoint, {"lr": 0.1'),
    "seed": ({"seed": 4}, "seed: 3 in the checkpoint, 4 here"),
    "batch": ({"batch": 8}, "batch: 16 in the checkpoint, 8 here"),
    "schedule": ({"schedule": Cosine(5)}, r'schedule: {"cosine": {"epochs": 4.*"epochs": 5'),
    "augmentation": ({"augment": ()}, r"data: .*Flip.* in the checkpoint, .*digits/train"),
}


@pytest.mark.parametrize(("changes", "text"), WRONG.values(), ids=list(WRONG))
def test_a_checkpoint_of_another_training_is_refused_by_what_differs(
    tmp_path: Path, changes: dict[str, Any], text: str
) -> None:
    trained(None, StopAt(1), ModelCheckpoint(tmp_path))
    with pytest.raises(sc.FileError, match=r"is of another training:(.|\n)*" + text):
        trained(tmp_path / LAST, **changes)


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    network().init(0).save(tmp_path / "model.safetensors")
    with pytest.raises(sc.FileError, match="not a checkpoint of this version: format 'simplecell model 1'"):
        trained(tmp_path / "model.safetensors")
    with pytest.raises(sc.FileError, match=r"nothing\.safetensors: cannot be read: No such file"):
        trained(tmp_path / "nothing.safetensors")


def test_the_log_has_each_epoch_once_after_a_resume(tmp_path: Path) -> None:
    trained(None, StopAt(12), ModelCheckpoint(tmp_path), Logger(tmp_path))
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2
    _, history = trained(tmp_path / LAST, Logger(tmp_path))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert lines == history.epochs
    table = (tmp_path / "log.csv").read_text().splitlines()
    assert table[0] == ",".join(history.epochs[0])
    assert [line.split(",")[0] for line in table[1:]] == ["1", "2", "3", "4"]


def test_early_stopping_is_a_matter_of_the_history_alone(tmp_path: Path) -> None:
    """Losses on paper: 3, 2, 2.5, 1.9999, 2, 2.1 with a patience of 1 and steps of 0.01 stop after the fourth."""
    losses = [3.0, 2.0, 2.5, 1.9999, 2.0, 2.1]
    for begin in range(6):
        run, rule = Run(9, 10, 5, True), EarlyStopping("loss", patience=1, min_delta=0.01)
        run.history = History([{"loss": loss} for loss in losses[:begin]])
        rule.on_train_begin(run)
        while len(run.history) < 6 and not run.stopping:
            run.history.epochs.append({"loss": losses[len(run.history)]})
            rule.on_epoch_end(run.history.epochs[-1])
        assert len(run.history) == max(begin, 4)
    with pytest.raises(sc.ArgumentError, match=r"monitor='validation_loss' is not measured; known: epoch, loss"):
        trained(None, EarlyStopping(), validation=None)
    rising = [{"epoch": i, "validation_accuracy": a} for i, a in enumerate([0.5, 0.7, 0.6, 0.6])]
    run, rule = Run(9, 10, 5, True), EarlyStopping("validation_accuracy", patience=1)
    rule.on_train_begin(run)
    run.history = History(rising)  # type: ignore[arg-type]
    rule.on_epoch_end(rising[-1])
    assert run.stopping


def test_a_loss_that_is_not_finite_names_the_layer_and_gives_back_the_weights(tmp_path: Path) -> None:
    """A rate so large that the first update leaves float32: seen at the second batch, begun at the first."""
    train = data.arrays(parts()[0].images * 1000, parts()[0].targets)
    net = sc.Sequential(sc.Input(1, 8, 8), sc.Flatten(), sc.Linear(10, name="fc")).init(3)
    before = {name: w.copy() for name, w in net.weights.items()}
    with pytest.raises(sc.TrainingError) as caught:
        net.fit(train, epochs=2, batch=16, optimizer=sc.SGD(3e38), callbacks=[ModelCheckpoint(tmp_path)], seed=3)
    text = str(caught.value)
    assert "epoch 1, batch 2: the loss is" in text
    assert "1 step(s) earlier: values and gradients are finite, the largest gradient is that of" in text
    assert "the weights are those before that step" in text
    assert all(np.array_equal(w, before[name]) for name, w in net.weights.items())
    assert not (tmp_path / LAST).exists()


def test_the_first_layer_that_overflows_is_named_with_its_count() -> None:
    net = sc.Sequential(
        sc.Input(1, 8, 8), sc.Conv2d(2, 3, name="quiet"), sc.Conv2d(3, 3, name="loud"), sc.Flatten(),
        sc.Linear(10, name="fc"),
    ).init(0)  # fmt: skip
    weights = {name: w.copy() for name, w in net.weights.items()}
    weights["loud.weight"][1] = 3e38
    net.load_weights(weights)
    with pytest.raises(sc.TrainingError, match=r"first seen: loud \(Conv2d\) is the first layer with [\d,]+ of \d+"):
        net.fit(parts()[0], epochs=1, batch=16, optimizer=sc.SGD(0.01))
    for name, w in net.weights.items():
        np.testing.assert_array_equal(w, weights[name])
