"""Winograd inside networks: where it is chosen, what excludes it, and that training loses nothing by it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import simplecell as sc
from simplecell.kernels import algorithms
from simplecell.kernels.ir import Op
from simplecell.plan import Plan


def of_convolutions(plan: Plan) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for op in plan.ops:
        if op.kind.startswith("conv2d"):
            found.setdefault(op.kind, set()).add(op.algorithm)
    return found


def wide(channels: int = 64, size: int = 56) -> sc.Model:
    layer = sc.Conv2d(channels, 3, padding=1)
    return sc.Sequential(sc.Input(channels, size, size), layer, sc.ReLU(), sc.Flatten(), sc.Linear(2)).init(0)


def test_it_is_chosen_where_it_pays_and_excluded_by_exact_precision() -> None:
    net = wide()
    assert of_convolutions(net.plan(8)) == {"conv2d": {"winograd"}}
    with sc.use(precision="exact"):
        assert of_convolutions(net.plan(8)) == {"conv2d": {"direct"}}
    with sc.use(algorithm="direct"):
        assert of_convolutions(net.plan(8)) == {"conv2d": {"direct"}}


def test_both_algorithms_give_the_same_values_within_a_tile_s_rounding() -> None:
    net = wide(24, 30)
    x = np.random.default_rng(0).standard_normal((2, 24, 30, 30), np.float32)
    with sc.use(algorithm="winograd"):
        assert of_convolutions(net.plan(2)) == {"conv2d": {"winograd"}}
        fast = np.asarray(net(x))
    with sc.use(precision="exact"):
        exact = np.asarray(net(x))
    assert np.abs(fast - exact).max() <= 1e-5 * np.abs(exact).max()
    assert not np.array_equal(fast, exact)


WINDOWS = {"5x5": (5, 5), "4x4": (4, 4), "6x6": (6, 6), "3x5": (3, 5)}


def one_window(size: tuple[int, int]) -> sc.Model:
    """A convolution of 3x3 so that the next one has a gradient of its data; then the window."""
    first, second = sc.Conv2d(16, 3, padding=1), sc.Conv2d(24, size, padding=(size[0] // 2, 1), name="window")
    parts = (sc.Input(9, 13, 17), first, sc.ReLU(), second, sc.ReLU(), sc.Flatten(), sc.Linear(3))
    return sc.Sequential(*parts).init(0)


@pytest.mark.parametrize("size", WINDOWS.values(), ids=WINDOWS)
def test_larger_windows_are_sums_of_parts(size: tuple[int, int]) -> None:
    net = one_window(size)
    x = np.random.default_rng(0).standard_normal((2, 9, 13, 17), np.float32)
    with sc.use(algorithm="winograd"):
        (op,) = (op for op in net.plan(2).ops if "window" in op.nodes)
        parts = -(-size[0] // 3) * -(-size[1] // 3)
        assert op.algorithm == "winograd"
        assert [call.kernel for call in op.calls].count("winograd_forward") == parts > 1
        scores = np.asarray(net(x))
        by_threads = set()
        for threads in (1, 2, 3, 4, 8):
            with sc.use(threads=threads):
                by_threads.add(np.asarray(net(x)).tobytes())
    assert len(by_threads) == 1
    w = {name: torch.from_numpy(value.astype(np.float64)) for name, value in net.weights.items()}
    convolved = torch.conv2d(torch.from_numpy(x).double(), w["conv2d_1.weight"], w["conv2d_1.bias"], padding=1).relu()
    convolved = torch.conv2d(convolved, w["window.weight"], w["window.bias"], padding=(size[0] // 2, 1)).relu()
    want = (convolved.flatten(1) @ w["linear_1.weight"].T + w["linear_1.bias"]).numpy()
    assert np.abs(scores - want).max() <= 1e-5 * np.abs(want).max()


@pytest.mark.parametrize("size", WINDOWS.values(), ids=WINDOWS)
def test_the_gradients_of_larger_windows_are_made_of_parts_too(size: tuple[int, int]) -> None:
    x = np.random.default_rng(1).standard_normal((4, 9, 13, 17), np.float32)
    changes: dict[str, dict[str, np.ndarray]] = {}
    for how in ({"algorithm": "winograd"}, {"precision": "exact"}):
        net = one_window(size)
        before = {name: value.copy() for name, value in net.weights.items()}
        with sc.use(**how):
            step = net.trainer(optimizer=sc.SGD(0.01), seed=0)
            step(x, np.array([0, 1, 2, 0]))
        changes[str(how)] = {name: net.weights[name] - before[name] for name in before}
    fast, exact = changes.values()
    for name in ("conv2d_1.weight", "window.weight", "window.bias"):  # through the gradients of data, weights and bias
        assert np.abs(exact[name]).max() > 0
        assert np.abs(fast[name] - exact[name]).max() <= 1e-4 * np.abs(exact[name]).max()
    assert not np.array_equal(fast["window.weight"], exact["window.weight"])


REFUSED = {
    "kernel_size is 7x7": sc.Conv2d(16, 7),
    "kernel_size is 1x3": sc.Conv2d(16, (1, 3)),
    "stride is 2x2": sc.Conv2d(16, 3, stride=2),
    "dilation is 1x3": sc.Conv2d(16, 3, dilation=(1, 3)),
    "groups is 2": sc.Conv2d(16, 3, groups=2),
    "16 and 4 channels": sc.Conv2d(4, 3),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_it_says_why_not(reason: str) -> None:
    layer = REFUSED[reason]
    op = Op("conv2d", ("c",), {}, {}, site=layer.site((16, 20, 20)))
    (winograd,) = (a for a in algorithms("conv2d") if a.name == "winograd")
    said = winograd.accepts(op)
    assert said is not None
    assert said.startswith(reason)


def accuracy(net: sc.Model, train: sc.data.Dataset, test: sc.data.Dataset, epochs: int) -> float:
    step = net.trainer(optimizer=sc.SGD(0.05, momentum=0.9), seed=0)
    order = np.random.default_rng(0)
    for epoch in range(epochs):
        step.lr = 0.05 if epoch < epochs - 3 else 0.005  # small steps at the end: two runs settle alike
        for rows in np.array_split(order.permutation(len(train.images)), len(train.images) // 64):
            step(train.images[rows], train.targets[rows])
    return float((np.asarray(net(test.images)).argmax(1) == test.targets).mean())


def residual() -> sc.Model:
    """Three residual pairs over 8x8 digits: every convolution after the first may be Winograd's."""
    x = door = sc.Input(1, 8, 8)
    x = sc.ReLU()(sc.Conv2d(16, 3, padding=1)(x))
    for _ in range(3):
        inner = sc.Conv2d(16, 3, padding=1)(sc.ReLU()(sc.Conv2d(16, 3, padding=1)(x)))
        x = sc.ReLU()(sc.Add()(inner, x))
    return sc.Model(door, sc.Softmax()(sc.Linear(10)(sc.Flatten()(sc.AvgPool2d(2)(x)))))


@pytest.mark.parametrize(("build", "epochs"), [(sc.zoo.digits, 10), (residual, 10)], ids=["digits", "residual"])
def test_training_reaches_the_same_accuracy(build: type[sc.Model], epochs: int) -> None:
    train, test = sc.data.digits()
    reached = {}
    for how in ({"algorithm": "winograd"}, {"precision": "exact"}):
        with sc.use(**how):
            reached[str(how)] = accuracy(build().init(0), train, test, epochs)
    fast, exact = reached.values()
    assert min(fast, exact) >= 0.96
    assert abs(fast - exact) <= 0.012  # four of 355 images
