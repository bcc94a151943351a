"""Losses, optimisers and schedules against PyTorch: values, gradients, 200 recorded gradients, every epoch's rate."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from simplecell.errors import ArgumentError, DataError
from simplecell.objectives import (
    OPTIMISERS,
    SCHEDULES,
    SGD,
    Adam,
    AdamW,
    BinaryCrossEntropy,
    Cosine,
    CrossEntropy,
    Huber,
    Loss,
    MeanAbsoluteError,
    OneCycle,
    Optimiser,
    Plateau,
    RMSprop,
    Schedule,
    Step,
    Warmup,
)

STEPS = 200
LOSSES: list[tuple[Loss, Callable[..., torch.Tensor], str]] = [
    (MeanAbsoluteError(), F.l1_loss, "values"),
    (Huber(), F.huber_loss, "values"),
    (Huber(0.3), lambda s, t: F.huber_loss(s, t, delta=0.3), "values"),
    (BinaryCrossEntropy(), F.binary_cross_entropy_with_logits, "shares"),
]


@pytest.mark.parametrize(("loss", "theirs", "targets"), LOSSES, ids=[str(loss) for loss, *_ in LOSSES])
@pytest.mark.parametrize("scale", [1.0, 100.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_losses_of_values_are_pytorchs(loss: Loss, theirs: Any, targets: str, scale: float, dtype: Any) -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        shape = tuple(rng.integers(1, 6, int(rng.integers(1, 5))).tolist())
        scores = (rng.standard_normal(shape) * scale).astype(dtype)
        t = (rng.standard_normal(shape) if targets == "values" else rng.random(shape).round(1)).astype(dtype)
        tensor = torch.from_numpy(scores).requires_grad_()
        value = theirs(tensor, torch.from_numpy(t))
        value.backward()
        assert tensor.grad is not None
        near = tolerances.direct_sum(dtype, scores.size) + tolerances.elementary(dtype, 4)
        exact = float(theirs(tensor.detach().double(), torch.from_numpy(t).double()))
        assert loss.value(scores, t) == pytest.approx(exact, rel=near)
        np.testing.assert_allclose(
            loss.gradient(scores, t), tensor.grad.numpy(), rtol=near, atol=near / scores.size, strict=True
        )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_weights_of_classes_and_smoothed_labels_are_pytorchs(dtype: Any) -> None:
    rng = np.random.default_rng(2)
    for number in range(200):
        n, k = int(rng.integers(1, 20)), int(rng.integers(2, 12))
        weight = rng.random(k) + 0.1 if number % 3 else None
        smoothing = float(rng.random()) if number % 4 else 0.0
        loss = CrossEntropy(None if weight is None else tuple(weight.tolist()), smoothing)
        scores, targets = (rng.standard_normal((n, k)) * 5).astype(dtype), rng.integers(0, k, n)
        tensor = torch.from_numpy(scores).requires_grad_()
        given = None if weight is None else torch.from_numpy(weight.astype(dtype))
        theirs = F.cross_entropy(tensor, torch.from_numpy(targets), given, label_smoothing=smoothing)
        theirs.backward()
        assert tensor.grad is not None
        near = tolerances.direct_sum(dtype, n * k) + tolerances.elementary(dtype, k + 4)
        assert loss.value(scores, targets) == pytest.approx(theirs.item(), rel=near, abs=near)
        np.testing.assert_allclose(loss.gradient(scores, targets), tensor.grad.numpy(), rtol=near, atol=near)


@pytest.mark.parametrize(
    "loss",
    [*CrossEntropy.EXAMPLES, *BinaryCrossEntropy.EXAMPLES, *MeanAbsoluteError.EXAMPLES, *Huber.EXAMPLES],
    ids=str,
)
def test_gradients_are_slopes(loss: Any) -> None:
    rng = np.random.default_rng(3)
    scores = rng.standard_normal((4, 2))
    targets = rng.integers(0, 2, 4) if loss.targets == "classes" else rng.random((4, 2))
    slope, step = np.empty_like(scores), tolerances.GRADCHECK_STEP
    for place in np.ndindex(scores.shape):
        move = np.zeros_like(scores)
        move[place] = step
        slope[place] = (loss.value(scores + move, targets) - loss.value(scores - move, targets)) / (2 * step)
    np.testing.assert_allclose(
        loss.gradient(scores, targets), slope,
        rtol=tolerances.GRADCHECK_RELATIVE, atol=tolerances.GRADCHECK_ABSOLUTE,
    )  # fmt: skip


def test_losses_by_hand() -> None:
    """Two images of two classes, equal scores: log 2 each, whatever the weights; half the classes' weight 3, half 1."""
    even, targets = np.zeros((2, 2)), np.array([0, 1])
    for loss in CrossEntropy.EXAMPLES[:3]:
        assert isinstance(loss, CrossEntropy)
        assert loss.value(even, targets) == pytest.approx(np.log(2), rel=tolerances.TERMS)
    gradient = CrossEntropy(weight=(3.0, 1.0)).gradient(even, targets)
    np.testing.assert_allclose(gradient, [[-3 / 8, 3 / 8], [1 / 8, -1 / 8]], rtol=tolerances.TERMS)
    assert np.isnan(CrossEntropy(weight=(0.0, 1.0)).value(even[:1], targets[:1]))
    assert BinaryCrossEntropy().value(np.array([1000.0, -1000.0]), np.array([1.0, 0.0])) == 0.0
    assert BinaryCrossEntropy().value(np.array([1000.0]), np.array([0.0])) == 1000.0


def torch_optimiser(rule: Optimiser, tensor: torch.nn.Parameter) -> torch.optim.Optimizer:
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    kind: Any = kinds.get(rule.kind, torch.optim.RMSprop)
    return kind([tensor], **rule.arguments())


RULES = [rule for kind in OPTIMISERS.values() for rule in kind.EXAMPLES]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_200_recorded_gradients_give_pytorchs_weights(rule: Any, dtype: Any) -> None:
    rng = np.random.default_rng(4)
    start = rng.standard_normal((3, 5)).astype(dtype)
    gradients = (rng.standard_normal((STEPS, 3, 5)) + rng.standard_normal((3, 5))).astype(dtype)
    tensor = torch.nn.Parameter(torch.from_numpy(start.copy()))
    theirs = torch_optimiser(rule, tensor)
    w, state = start.copy(), {name: np.zeros(shape, dtype) for name, shape in rule.state(start.shape).items()}
    for g in gradients:
        before, kept = w.copy(), {name: a.copy() for name, a in state.items()}
        new_w, new_state = rule.update(w, g, state, rule.lr)
        np.testing.assert_array_equal(w, before, err_msg="the weight was written to")
        assert all(np.array_equal(state[name], kept[name]) for name in kept)
        assert {n: (a.shape, a.dtype) for n, a in new_state.items()} == {n: (a.shape, a.dtype) for n, a in kept.items()}
        w, state = new_w, new_state
        tensor.grad = torch.from_numpy(g)
        theirs.step()
    assert w.dtype == dtype
    largest = max(1.0, float(np.abs(w).max()))
    np.testing.assert_allclose(w, tensor.detach().numpy(), rtol=0, atol=tolerances.steps(dtype, STEPS) * largest)
    for name, array in state.items():
        there = theirs.state[tensor][name].numpy()
        near = tolerances.steps(dtype, STEPS) * max(1.0, float(np.abs(there).max()))
        np.testing.assert_allclose(array, there, rtol=0, atol=near)


def test_two_steps_of_adam_on_paper() -> None:
    """b1 = b2 = 1/2, lr 1, g 2 then 0: m 1, 1/2 and v 2, 1; over 1 - 1/4 that is 2/3, 4/3: w = -1 - (2/3)/sqrt(4/3)."""
    adam = Adam(1.0, betas=(0.5, 0.5), eps=0.0)
    state = {name: np.zeros(shape) for name, shape in adam.state((1,)).items()}
    w, state = adam.update(np.zeros(1), np.array([2.0]), state, 1.0)
    assert w.item() == pytest.approx(-1.0, rel=tolerances.TERMS)
    w, state = adam.update(w, np.zeros(1), state, 1.0)
    assert w.item() == pytest.approx(-1.0 - 2 / 3 / (4 / 3) ** 0.5, rel=tolerances.TERMS)
    assert (state["exp_avg"].item(), state["exp_avg_sq"].item(), float(state["step"])) == (0.5, 1.0, 2.0)


def torch_schedule(schedule: Schedule, optimiser: torch.optim.Optimizer, lr: float) -> Any:
    of = torch.optim.lr_scheduler
    if isinstance(schedule, Step):
        return of.StepLR(optimiser, schedule.every, schedule.factor)
    if isinstance(schedule, Cosine):
        return of.CosineAnnealingLR(optimiser, schedule.epochs, schedule.minimum)
    if isinstance(schedule, OneCycle):
        return of.OneCycleLR(
            optimiser, lr, schedule.epochs, pct_start=schedule.pct_start, cycle_momentum=False,
            div_factor=schedule.div_factor, final_div_factor=schedule.final_div_factor,
        )  # fmt: skip
    if isinstance(schedule, Warmup):
        rise = of.LinearLR(optimiser, schedule.start, 1.0, schedule.epochs)
        return of.SequentialLR(optimiser, [rise, torch_schedule(schedule.then, optimiser, lr)], [schedule.epochs])
    return of.ConstantLR(optimiser, 1.0)


@pytest.mark.parametrize(
    "schedule",
    [Step(3, 0.5), Cosine(10), Cosine(7, minimum=0.01), OneCycle(20), OneCycle(12, 0.5, 10.0, 100.0), OneCycle(3),
     Warmup(3), Warmup(5, 0.1, Cosine(10)), Warmup(4, 0.25, Step(2, 0.5))],
    ids=str,
)  # fmt: skip
def test_schedules_are_pytorchs(schedule: Any) -> None:
    lr = 0.4
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SequentialLR's own call of step
        theirs = torch_schedule(schedule, optimiser, lr)
        whole = (
            schedule.epochs + getattr(getattr(schedule, "then", None), "epochs", 5)
            if isinstance(schedule, Warmup)
            else getattr(schedule, "epochs", 20)
        )
        for epoch in range(whole):
            assert schedule.at(lr, epoch) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-9, abs=1e-15)
            optimiser.step()
            if epoch < whole - 1:
                theirs.step()
    if not isinstance(schedule, Step | Warmup):
        assert schedule.at(lr, whole + 30) <= schedule.at(lr, whole - 1)


@pytest.mark.parametrize(
    "schedule",
    [Plateau(), Plateau(0.5, patience=1, cooldown=2, min_lr=0.02), Plateau(0.5, 0), Plateau(0.3, 2, threshold=0.1)],
    ids=str,
)
def test_the_plateau_is_pytorchs(schedule: Plateau) -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
        theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min", **schedule.arguments())
        losses: list[float] = []
        for epoch in range(60):
            assert schedule.at(0.4, epoch, losses) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-9)
            losses.append(float(np.exp(-epoch / 20) + rng.random() * 0.3))
            theirs.step(losses[-1])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Adam(betas=(0.9,)), "betas must be two numbers (b1, b2), got (0.9,)"),
        (lambda: Adam(betas=(0.9, 1.0)), "a number of betas must be at least 0 and below 1, got 1.0"),
        (lambda: Adam(betas=0.9), "betas must be two numbers"),
        (lambda: Adam(eps=-1), "eps must be at least 0"),
        (lambda: Adam(amsgrad=1), "amsgrad must be True or False, got 1"),
        (lambda: AdamW(weight_decay="1"), "weight_decay must be a number, got '1'"),
        (lambda: RMSprop(alpha=1.0), "alpha must be at least 0 and below 1, got 1.0"),
        (lambda: RMSprop(momentum=-1), "momentum must be at least 0"),
        (lambda: RMSprop(centered="no"), "centered must be True or False, got 'no'"),
        (lambda: Huber(0), "delta must be above 0, got 0"),
        (lambda: CrossEntropy(weight=2.0), "weight must be one number per class, got 2.0"),
        (lambda: CrossEntropy(weight=(1.0, -1.0)), "a class's weight must be at least 0"),
        (lambda: CrossEntropy(label_smoothing=1.0), "label_smoothing must be at least 0 and below 1, got 1.0"),
        (lambda: Cosine(0), "epochs must be at least 1, got 0"),
        (lambda: Cosine(5, -1.0), "minimum must be at least 0"),
        (lambda: OneCycle(5, 1.0), "pct_start must be at least 0 and below 1, got 1.0"),
        (lambda: OneCycle(5, 0.0), "pct_start must be above 0"),
        (lambda: OneCycle(5, div_factor=0.5), "div_factor must be at least 1"),
        (lambda: Warmup(0), "epochs must be at least 1, got 0"),
        (lambda: Warmup(3, then="cosine"), "then must be a schedule, got 'cosine'"),
        (lambda: Warmup(3, then={"kind": "sine"}), "unknown schedule 'sine'; known: constant, step, cosine"),
        (lambda: Plateau(1.0), "factor must be at least 0 and below 1, got 1.0"),
        (lambda: Plateau(patience=-1), "patience must be at least 0, got -1"),
    ],
)
def test_impossible_settings(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        make()
    assert says in str(caught.value)


def test_bad_targets_are_refused_with_the_numbers() -> None:
    with pytest.raises(DataError, match=r"targets from 0 to 1, got 2.0 at \(0, 1\)"):
        BinaryCrossEntropy().value(np.zeros((1, 2)), np.array([[1.0, 2.0]]))
    with pytest.raises(DataError, match="has 2 class weights for 3 classes"):
        CrossEntropy(weight=(1.0, 1.0)).value(np.zeros((1, 3)), np.array([0]))
    for loss in (MeanAbsoluteError(), Huber(), BinaryCrossEntropy()):
        with pytest.raises(DataError, match=rf"{loss.kind} needs scores and targets of one shape.*\(2, 1\) and \(2,\)"):
            loss.gradient(np.zeros((2, 1)), np.zeros(2))


def test_the_tables_hold_all() -> None:
    assert {*OPTIMISERS} == {"sgd", "adam", "adamw", "rmsprop"} == {rule.kind for rule in (SGD(0.1), *RULES)}
    assert {*SCHEDULES} == {"constant", "step", "cosine", "one_cycle", "warmup", "plateau"}
