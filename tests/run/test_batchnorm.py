"""Networks with running averages: the reference's training against PyTorch's, the engine's against the reference's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

import simplecell as sc
import tolerances
from simplecell.errors import ShapeError
from simplecell.objectives import CrossEntropy
from simplecell.run import reference
from simplecell.run.reference_stepper import ReferenceStepper
from torch_threads import one_thread


def network() -> sc.Model:
    return sc.Sequential(
        sc.Input(2, 6, 6), sc.Conv2d(4, 3, bias=False, name="conv"), sc.BatchNorm(name="bn1"),
        sc.PReLU(4, name="prelu"), sc.Flatten(), sc.Linear(5, name="fc1"), sc.BatchNorm(name="bn2", momentum=0.3),
        sc.Sigmoid(), sc.Linear(3, name="fc2"),
    )  # fmt: skip


def in_torch() -> torch.nn.Module:
    modules = {
        "conv": torch.nn.Conv2d(2, 4, 3, bias=False), "bn1": torch.nn.BatchNorm2d(4), "prelu": torch.nn.PReLU(4),
        "flat": torch.nn.Flatten(), "fc1": torch.nn.Linear(64, 5), "bn2": torch.nn.BatchNorm1d(5, momentum=0.3),
        "sigmoid": torch.nn.Sigmoid(), "fc2": torch.nn.Linear(5, 3),
    }  # fmt: skip
    net = torch.nn.Sequential()
    for name, module in modules.items():
        net.add_module(name, module)
    return net.double()


def batches(count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(3)
    for step in range(count):
        n = int(rng.integers(2, 9))
        yield rng.standard_normal((n, 2, 6, 6)) * (1 + step / 100) + 0.5, rng.integers(0, 3, n)


@one_thread()
def test_a_hundred_steps_are_pytorchs() -> None:
    """Weights, running averages and the evaluation after them, in float64."""
    net, theirs = network().init(seed=1), in_torch()
    weights = {name: w.astype(np.float64) for name, w in net.weights.items()}
    missing = theirs.load_state_dict({k: torch.from_numpy(w.copy()) for k, w in weights.items()}, strict=False)
    assert all(name.endswith("num_batches_tracked") for name in missing.missing_keys)
    assert missing.unexpected_keys == []
    ours = ReferenceStepper(net.graph, weights, sc.SGD(lr=0.05, momentum=0.9), CrossEntropy())
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.05, momentum=0.9)
    for x, target in batches(100):
        result = ours.step(x, target, 0.05)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(theirs(torch.from_numpy(x)), torch.from_numpy(target))
        loss.backward()
        optimizer.step()
        assert result.loss == pytest.approx(loss.item(), rel=1e-9)
    state = theirs.state_dict()
    for name, w in weights.items():
        np.testing.assert_allclose(w, state[name].numpy(), rtol=1e-9, atol=1e-9, err_msg=name)
    theirs.eval()
    x = np.random.default_rng(4).standard_normal((7, 2, 6, 6))
    scores = reference.forward(net.graph, [x], weights).values["fc2"]
    np.testing.assert_allclose(scores, theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-8, atol=1e-8)


def test_the_engine_trains_as_the_reference_does() -> None:
    net = network().init(seed=1)
    weights = {name: w.astype(np.float64) for name, w in net.weights.items()}
    assert weights["bn1.running_var"].tolist() == [1.0] * 4
    assert weights["prelu.weight"].tolist() == [0.25] * 4
    ours = ReferenceStepper(net.graph, weights, sc.SGD(lr=0.05), CrossEntropy())
    step = net.trainer(optimizer=sc.SGD(lr=0.05), loss="cross_entropy")
    for count, (x, target) in enumerate(batches(10), 1):
        x = x.astype(np.float32)
        loss = step(x, target)
        near = 50 * tolerances.steps(np.float32, count)  # a deviation as small as 1/50 stretches a rounding so much
        assert loss == pytest.approx(ours.step(x.astype(np.float64), target, 0.05).loss, rel=near)
        for name, w in weights.items():
            np.testing.assert_allclose(net.weights[name], w, rtol=near, atol=near, err_msg=name)


def test_running_averages_are_saved_and_used(tmp_path: object) -> None:
    net = network().init(seed=2)
    step = net.trainer(optimizer=sc.SGD(lr=0.05), loss="cross_entropy")
    x, target = next(batches(1))
    x = x.astype(np.float32)
    before = net(x)
    step(x, target)
    assert not np.array_equal(net.weights["bn1.running_mean"], np.zeros(4))
    net.save(f"{tmp_path}/net.safetensors")
    np.testing.assert_array_equal(sc.load(f"{tmp_path}/net.safetensors")(x), net(x))
    assert not np.array_equal(net(x), before)
    assert net.count().parameters == 4 * 2 * 9 + 2 * 4 + 4 + 64 * 5 + 5 + 2 * 5 + 5 * 3 + 3


def test_a_batch_of_one_is_refused_with_the_layer_and_the_remedy() -> None:
    net = network().init(seed=2)
    step = net.trainer(optimizer=sc.SGD(lr=0.05), loss="cross_entropy")
    with pytest.raises(ShapeError, match=r"layer 6 'bn2' \(BatchNorm\): needs more than one value per channel"):
        step(np.zeros((1, 2, 6, 6), np.float32), np.zeros(1, np.int64))
