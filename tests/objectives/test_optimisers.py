"""Optimisers against PyTorch over 200 steps, schedules against PyTorch's, and impossible settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import tolerances
from simplecell.errors import ArgumentError
from simplecell.objectives import SGD, choose_schedule
from simplecell.objectives.schedules import Constant, Step

STEPS = 200


@pytest.mark.parametrize("sgd", SGD.EXAMPLES, ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sgd_is_pytorchs(sgd: SGD, dtype: Any) -> None:
    """On a valley of its own for each weight: g = curvature * (w - goal) plus noise."""
    rng = np.random.default_rng(4)
    start, goal = rng.standard_normal((2, 3, 5)).astype(dtype)
    curvature = rng.uniform(0.1, 2.0, (3, 5)).astype(dtype)
    tensor = torch.nn.Parameter(torch.from_numpy(start.copy()))
    theirs = torch.optim.SGD([tensor], sgd.lr, sgd.momentum, nesterov=sgd.nesterov, weight_decay=sgd.weight_decay)
    w, state = start.copy(), {name: np.zeros(shape, dtype) for name, shape in sgd.state(start.shape).items()}
    for _ in range(STEPS):
        noise = rng.standard_normal((3, 5)).astype(dtype) * dtype(0.1)
        w_before, kept = w.copy(), {name: a.copy() for name, a in state.items()}
        new_w, new_state = sgd.update(w, curvature * (w - goal) + noise, state, sgd.lr)
        np.testing.assert_array_equal(w, w_before, err_msg="the weight was written to")
        assert all(np.array_equal(state[name], kept[name]) for name in kept)
        assert set(new_state) == set(state)
        w, state = new_w, new_state
        tensor.grad = torch.from_numpy(curvature) * (tensor.detach() - torch.from_numpy(goal)) + torch.from_numpy(noise)
        theirs.step()
    near = tolerances.steps(dtype, STEPS) * max(np.abs(start).max(), np.abs(goal).max())
    assert w.dtype == dtype
    np.testing.assert_allclose(w, tensor.detach().numpy(), rtol=0, atol=near)
    if sgd.momentum:
        np.testing.assert_allclose(
            state["momentum_buffer"],
            theirs.state[tensor]["momentum_buffer"].numpy(),
            rtol=0,
            atol=near / (1 - sgd.momentum),
        )


def test_two_steps_on_paper() -> None:
    """lr 1/2, momentum 1/2, decay 1: w 4, g 0 -> v 4, w 2; then g 2 -> v 2 + 2 + 2 = 6, w -1."""
    sgd = SGD(0.5, momentum=0.5, weight_decay=1.0)
    w, state = sgd.update(np.array([4.0]), np.array([0.0]), {"momentum_buffer": np.zeros(1)}, 0.5)
    assert (w.item(), state["momentum_buffer"].item()) == (2.0, 4.0)
    w, state = sgd.update(w, np.array([2.0]), state, 0.5)
    assert (w.item(), state["momentum_buffer"].item()) == (-1.0, 6.0)


def test_without_momentum_nothing_is_kept() -> None:
    assert SGD(0.1).state((3, 4)) == {}
    assert SGD(0.1, momentum=0.5).state((3, 4)) == {"momentum_buffer": (3, 4)}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"lr": -0.1}, "lr must be at least 0 and finite, got -0.1"),
        ({"lr": float("nan")}, "lr must be at least 0 and finite, got nan"),
        ({"lr": float("inf")}, "lr must be at least 0 and finite, got inf"),
        ({"lr": "0.1"}, "lr must be a number, got '0.1'"),
        ({"lr": True}, "lr must be a number, got True"),
        ({"lr": 0.1, "momentum": 1.0}, "momentum must be at least 0 and below 1, got 1.0"),
        ({"lr": 0.1, "momentum": -0.5}, "momentum must be at least 0 and below 1, got -0.5"),
        ({"lr": 0.1, "weight_decay": -1}, "weight_decay must be at least 0 and finite, got -1"),
        ({"lr": 0.1, "nesterov": True}, "nesterov needs a momentum above 0, got momentum=0"),
        ({"lr": 0.1, "nesterov": "yes"}, "nesterov must be True or False, got 'yes'"),
    ],
)
def test_impossible_settings(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        SGD(**settings)
    assert says in str(caught.value)


def test_the_step_schedule_is_pytorchs() -> None:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    theirs = torch.optim.lr_scheduler.StepLR(optimiser, step_size=3, gamma=0.5)
    for epoch in range(20):
        assert Step(3, 0.5).at(0.4, epoch) == pytest.approx(theirs.get_last_lr()[0], rel=tolerances.TERMS)
        optimiser.step()
        theirs.step()


def test_schedules_are_chosen_and_checked() -> None:
    assert choose_schedule(None) == choose_schedule("constant") == Constant()
    assert choose_schedule(Step(2)) == Step(2)
    with pytest.raises(ArgumentError, match=r"step: .*every"):
        choose_schedule("step")
    with pytest.raises(ArgumentError, match="every must be at least 1, got 0"):
        Step(0)
    with pytest.raises(ArgumentError, match="factor must be at least 0"):
        Step(2, -1.0)
