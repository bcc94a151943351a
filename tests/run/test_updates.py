"""Steps whose gradients are clipped, added up from parts, or stopped at frozen layers: as PyTorch does them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import simplecell as sc
from simplecell.layers.base import Array
from simplecell.objectives import CrossEntropy, Optimiser
from simplecell.run.native_stepper import NativeStepper

RANDOM = np.random.default_rng(9)
IMAGES = RANDOM.standard_normal((5, 24, 2, 6, 6)).astype(np.float32)
TARGETS = RANDOM.integers(0, 4, (5, 24))


def network() -> sc.Model:
    return sc.Sequential(
        sc.Input(2, 6, 6), sc.Conv2d(5, 3, name="a"), sc.ReLU(), sc.Conv2d(4, 3, name="b"), sc.ReLU(), sc.Flatten(),
        sc.Linear(4, name="c"),
    ).init(2)  # fmt: skip


def ours(optimizer: Optimiser, **how: Any) -> dict[str, Array]:
    net = network()
    weights = {name: w.copy() for name, w in net.weights.items()}
    stepper = NativeStepper(net.graph, weights, optimizer, CrossEntropy(), **how)
    for images, targets in zip(IMAGES, TARGETS, strict=True):
        stepper.step(images, targets, optimizer.lr)
    return weights


def torchs(make: Any, clip: float | None = None, frozen: tuple[str, ...] = ()) -> dict[str, Array]:
    """The same in float64."""
    ws = {name: torch.tensor(np.array(w, np.float64), requires_grad=True) for name, w in network().weights.items()}
    moving = [w for name, w in ws.items() if name[0] not in frozen]
    optimizer = make(moving)
    for images, targets in zip(IMAGES, TARGETS, strict=True):
        x = torch.relu(
            torch.nn.functional.conv2d(torch.tensor(images.astype(np.float64)), ws["a.weight"], ws["a.bias"])
        )
        x = torch.relu(torch.nn.functional.conv2d(x, ws["b.weight"], ws["b.bias"]))
        scores = torch.nn.functional.linear(x.flatten(1), ws["c.weight"], ws["c.bias"])
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(scores, torch.tensor(targets)).backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(moving, clip)
        optimizer.step()
    return {name: w.detach().numpy() for name, w in ws.items()}


SGD = (sc.SGD(0.1, momentum=0.9, weight_decay=0.01), lambda ws: torch.optim.SGD(ws, 0.1, 0.9, weight_decay=0.01))
ADAM = (sc.Adam(0.01, amsgrad=True), lambda ws: torch.optim.Adam(ws, 0.01, amsgrad=True))
NATIVE_ADAM = (sc.AdamW(0.01), lambda ws: torch.optim.AdamW(ws, 0.01))
WAYS: dict[str, dict[str, Any]] = {
    "clipped": {"clip": 0.3}, "not clipped": {"clip": 1e6}, "in 4 parts": {"accumulate": 4},
    "in 5 uneven parts": {"accumulate": 5}, "more parts than images": {"accumulate": 99},
    "first frozen": {"frozen": ("a",)}, "middle frozen": {"frozen": ("b",)}, "last two frozen": {"frozen": ("b", "c")},
    "all at once": {"clip": 0.2, "accumulate": 3, "frozen": ("a",)},
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize("rule", [SGD, ADAM, NATIVE_ADAM], ids=["sgd", "adam by its definition", "adamw"])
def test_five_steps_are_pytorchs(rule: tuple[Optimiser, Any], way: dict[str, Any]) -> None:
    """Parts change nothing but rounding; PyTorch sees the batch whole."""
    optimizer, make = rule
    got = ours(optimizer, **way)
    expected = torchs(make, way.get("clip"), way.get("frozen", ()))
    begun = network().weights
    for name, w in got.items():
        np.testing.assert_allclose(w, expected[name], rtol=0, atol=2e-5, err_msg=name)
        assert np.array_equal(w, begun[name]) == (name[0] in way.get("frozen", ()))


def test_a_frozen_beginning_costs_no_backward_work() -> None:
    def kinds(*frozen: str) -> list[str]:
        net = network()
        weights = {name: w.copy() for name, w in net.weights.items()}
        plan = NativeStepper(net.graph, weights, SGD[0], CrossEntropy(), frozen=frozen).executable(8).plan
        return [op.kind for op in plan.ops if op.kind.endswith((".dx", ".dw", ".update", "sgd"))]

    assert kinds("a", "b") == ["linear.update", "sgd"]
    assert kinds().count("conv2d.dw") == 2
    assert kinds("a").count("conv2d.dw") == kinds("b").count("conv2d.dw") == 1
    assert kinds("a").count("conv2d.dx") == 0


def test_the_number_of_parts_is_a_matter_of_memory() -> None:
    net = network()
    weights = {name: w.copy() for name, w in net.weights.items()}
    stepper = NativeStepper(net.graph, weights, SGD[0], CrossEntropy(), accumulate=4)
    stepper.step(IMAGES[0], TARGETS[0], 0.1)
    assert {batch for batch, _ in stepper._ready} == {6, 0}


@pytest.mark.parametrize(("how", "text"), [
    ({"frozen": ("d",)}, "frozen='d': no layer of this name learns; those that do: a, b, c"),
    ({"frozen": ("a", "b", "c")}, "all layers that learn are frozen"),
    ({"clip": 0}, "clip must be at least"), ({"accumulate": 0}, "accumulate must be"),
])  # fmt: skip
def test_impossible_ways_are_refused(how: dict[str, Any], text: str) -> None:
    with pytest.raises(sc.ArgumentError, match=text):
        network().trainer(**how)
