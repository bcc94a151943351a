"""Gradients, opened: the terms sum to backward for every network, PyTorch agrees, and the update is the optimiser's."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import simplecell as sc
import tolerances
from explain.networks import NETWORKS, images_of, weights_of
from simplecell.explain import GradientExplanation, value_gradient, weight_gradient
from simplecell.explain.passes import Pass, forward_and_back
from simplecell.graph import Graph
from simplecell.layers.base import Mode
from simplecell.objectives import LOSSES, OPTIMISERS, CrossEntropy, Loss, MeanSquaredError, Optimiser
from simplecell.words import LANGUAGES

ONE_OUTPUT = [name for name, build in NETWORKS.items() if len(build().outputs) == 1]


def passed(graph: Graph, images: int = 3, mode: Mode | None = None) -> Pass:
    """A batch through a graph and back from the mean squared error, with a mask for every dropout."""
    xs = [np.stack([images_of(graph, seed)[i] for seed in range(images)]) for i in range(len(graph.inputs))]
    targets = np.random.default_rng(4).normal(size=(images, *graph[graph.outputs[0]].shape))
    return forward_and_back(graph, weights_of(graph), xs, targets, MeanSquaredError(), mode or Mode(True, 3, 2))


def check(e: GradientExplanation, wanted: float) -> None:
    assert e.value == wanted
    largest = max((float(np.abs(flow.dy).max()) for flow in e.flows), default=0.0)  # a saturated softmax cancels
    assert abs(e.combined - wanted) <= tolerances.TERMS * e.magnitude + 1e-16 * largest
    assert abs(e.combined - math.fsum(f.sum for f in e.flows) - sum(e.parts.values())) <= 1e-14 * e.magnitude


@pytest.mark.parametrize("name", ONE_OUTPUT)
def test_the_terms_of_random_entries_sum_to_backward(name: str) -> None:
    graph, generator = NETWORKS[name](), np.random.default_rng(8)
    done = passed(graph)
    assert done.gradients is not None
    for _ in range(60):
        node = graph.nodes[generator.integers(len(graph.nodes))]
        if not (node.shape and node.name in done.gradients):
            continue
        image, *unit = (int(generator.integers(n)) for n in (3, *node.shape))
        e = value_gradient(done, node.name, unit, image)
        check(e, done.gradients[node.name][(image, *unit)])
    for weight, shape in graph.learned.items():
        for _ in range(8):
            place = tuple(int(generator.integers(n)) for n in shape)
            check(weight_gradient(done, weight, place), done.gradients[weight][place])


def test_a_thousand_entries_agree_with_pytorch() -> None:
    """Overlapping max and average pools, batch norm in training, add, concat, softmax and cross-entropy."""
    x = sc.Input(2, 9, 8, name="x")
    a = sc.ReLU(name="relu")(sc.BatchNorm(name="bn")(sc.Conv2d(4, 3, padding=1, name="a")(x)))
    b = sc.MaxPool2d(3, stride=2, name="pool")(a)
    c = sc.AvgPool2d(3, stride=2, name="mean")(a)
    d = sc.Add(name="sum")(b, sc.Conv2d(4, 1, groups=2, name="d")(c))
    e = sc.Flatten()(sc.Concat(name="side")(d, c))
    net = sc.Model(x, sc.Softmax(name="last")(sc.Linear(5, name="fc")(e))).init(seed=2)
    generator = np.random.default_rng(0)
    images, targets = generator.standard_normal((4, 2, 9, 8)), np.array([0, 4, 2, 2])
    done = forward_and_back(net.graph, net.weights, [images], targets, CrossEntropy(), Mode(training=True))
    wanted = pytorch(net.weights, images, targets)
    names = [*net.graph.learned, "x", "a", "bn", "relu", "pool", "mean", "d", "sum", "side", "fc"]
    for number in range(1000):
        name = names[number % len(names)]
        place = tuple(int(generator.integers(n)) for n in wanted[name].shape)
        found = (
            weight_gradient(done, name, place)
            if name in net.graph.learned
            else value_gradient(done, name, place[1:], place[0])
        )
        near = tolerances.TERMS * (found.magnitude + np.abs(wanted[name]).max())
        assert abs(found.combined - wanted[name][place]) <= near, (name, place)


def pytorch(weights: dict[str, np.ndarray], images: np.ndarray, targets: np.ndarray) -> dict[str, np.ndarray]:
    """The same network in PyTorch, float64: gradients of all weights and values."""
    w = {name: torch.from_numpy(np.array(v, np.float64)).requires_grad_() for name, v in weights.items()}
    v = {"x": torch.from_numpy(images).requires_grad_()}
    v["a"] = F.conv2d(v["x"], w["a.weight"], w["a.bias"], padding=1)
    v["bn"] = F.batch_norm(v["a"], None, None, w["bn.weight"], w["bn.bias"], training=True)
    v["relu"] = v["bn"].relu()
    v["pool"], v["mean"] = F.max_pool2d(v["relu"], 3, 2), F.avg_pool2d(v["relu"], 3, 2)
    v["d"] = F.conv2d(v["mean"], w["d.weight"], w["d.bias"], groups=2)
    v["sum"] = v["pool"] + v["d"]
    v["side"] = torch.cat([v["sum"], v["mean"]], 1)
    v["fc"] = v["side"].flatten(1) @ w["fc.weight"].T + w["fc.bias"]
    for value in v.values():
        value.retain_grad()
    F.cross_entropy(v["fc"], torch.from_numpy(targets)).backward()
    return {name: value.grad.numpy() for name, value in {**w, **v}.items() if value.grad is not None}


def small() -> sc.Sequential:
    net = sc.Sequential(
        sc.Input(2, 6, 5), sc.Conv2d(4, 3, padding=1, name="conv"), sc.BatchNorm(name="bn"), sc.ReLU(name="relu"),
        sc.MaxPool2d(2, stride=1, name="pool"), sc.Flatten(), sc.Dropout(0.25, name="drop"), sc.Linear(3, name="fc"),
        sc.Softmax(name="last"),
    )  # fmt: skip
    net.init(seed=1)
    return net


def batch(net: sc.Sequential, n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(9)
    return generator.standard_normal((n, 2, 6, 5)).astype(np.float32), generator.integers(0, 3, n)


def test_the_engine_stands_beside_the_reference_and_a_watched_pass_says_the_same() -> None:
    net = small()
    images, targets = batch(net)
    seen = net.watch(images, targets)
    asked: list[dict[str, Any]] = [
        {"weight": ("conv", (1, 1, 0, 2))}, {"weight": ("bn.bias", (3,))}, {"weight": ("fc", (2, 17))},
        {"unit": ("relu", (2, 3, 3)), "image": 3}, {"unit": ("conv", (0, 0, 0)), "image": 1},
        {"unit": ("fc", (1,)), "image": 2}, {"input": (1, 2, 2), "image": 2},
    ]  # fmt: skip
    for which in asked:
        found, watched = net.explain_gradient(images, targets, **which), seen.explain_gradient(**which)
        assert found.engine is not None
        assert watched.engine is not None
        assert found.engine.value == watched.engine.value
        assert abs(found.difference or 0) <= 1e-5 * (found.magnitude + 1e-3)
        assert watched.watched
        assert abs(watched.combined - watched.value) <= tolerances.TERMS * watched.magnitude
        assert abs(watched.value - found.value) <= 1e-5 * (found.magnitude + 1e-3)
        assert abs(watched.difference or 0) <= watched.bound + 1e-12
    assert "no gradients were watched" in refused(lambda: net.watch(images).explain_gradient(weight=("fc", (0, 0))))
    before = {name: w.copy() for name, w in net.weights.items()}
    net.watch(images, targets)
    assert all(np.array_equal(w, before[name]) for name, w in net.weights.items())


def test_a_watched_unit_differs_by_its_own_rounding_alone() -> None:
    net = small()
    images, _ = batch(net)
    seen = net.watch(images)
    for layer, unit in (("conv", (3, 5, 0)), ("bn", (2, 2, 2)), ("pool", (1, 4, 3)), ("fc", (2,)), ("last", (0,))):
        found = seen.explain(layer, unit[1:] or None, unit[0], image=2)
        assert found.engine is not None
        assert found.engine.value == float(seen.value(layer)[(2, *unit)])
        assert not found.inherits
        assert abs(found.difference or 0) <= found.bound
        alone = net.explain(images[2], layer, unit[1:] or None, unit[0])
        assert alone.engine is not None
        assert found.engine.own_bits == alone.engine.own_bits
    assert "0..3, got 4" in refused(lambda: seen.explain("fc", None, 0, image=4))


@pytest.mark.parametrize("loss", [record for kind in LOSSES.values() for record in kind.EXAMPLES], ids=repr)
def test_the_parts_of_a_loss_sum_to_its_gradient(loss: Loss) -> None:
    generator = np.random.default_rng(3)
    classes = len(getattr(loss, "weight", None) or (0, 0))
    scores = generator.normal(size=(5, classes))
    targets = generator.integers(0, classes, 5) if loss.targets == "classes" else generator.random((5, classes))
    gradient = loss.gradient(scores, targets)
    for place in np.ndindex(scores.shape):
        parts = loss.parts(scores, targets, place)
        assert abs(sum(parts.values()) - gradient[place]) <= 4e-16 * sum(map(abs, parts.values()))


@pytest.mark.parametrize("rule", [record for kind in OPTIMISERS.values() for record in kind.EXAMPLES], ids=repr)
def test_the_lines_of_an_update_are_true_and_end_in_the_new_weight(rule: Optimiser) -> None:
    w, state = np.array(0.7), {name: np.zeros(shape) for name, shape in rule.state(()).items()}
    for g in (0.3, -0.2, 0.05):
        steps = rule.opened(float(w), g, {k: float(v) for k, v in state.items()}, 0.02)
        w, state = rule.update(w, np.array(g), state, 0.02)
        assert steps[-1].symbol == "w"
        assert steps[-1].value == pytest.approx(float(w), rel=1e-13)
        for step in steps:
            said = eval(step.formula.replace("^", "**"), {"sqrt": math.sqrt, "max": max}, dict(step.numbers))
            assert said == pytest.approx(step.value, rel=1e-12)


def test_the_update_that_is_shown_is_the_one_that_happens() -> None:
    for optimizer in (sc.SGD(0.1, momentum=0.9, weight_decay=0.01), sc.Adam(0.01), sc.RMSprop(0.01)):
        net = small()
        images, targets = batch(net)
        step = net.trainer(optimizer=optimizer, seed=5)
        for _ in range(3):
            shown = step.explain_gradient(images, targets, weight=("conv", (2, 1, 0, 1)))
            assert shown.update is not None
            assert shown.update.before == float(net.weights["conv.weight"][2, 1, 0, 1])
            step(images, targets)
            assert shown.update.after == pytest.approx(float(net.weights["conv.weight"][2, 1, 0, 1]), abs=2e-6)
            assert f"{shown.update.after}" in shown.text("en")


def test_pages_json_and_csv_tell_the_same_sum() -> None:
    net = small()
    images, targets = batch(net)
    for which in ({"weight": ("conv", (1, 1, 0, 2))}, {"unit": ("relu", (1, 2, 2))}, {"unit": ("fc", (1,))},
                  {"input": (0, 0, 0)}, {"weight": ("conv.bias", (1,))}, {"unit": ("drop", (4,))}):  # fmt: skip
        e = net.explain_gradient(images, targets, optimizer=sc.Adam(), **which)
        kept = json.loads(json.dumps(e.to_dict(), allow_nan=False))
        products = [t["dy"] * t["slope"] for flow in kept["flows"] for t in flow["terms"]]
        assert math.isclose(math.fsum([*products, *kept["parts"].values()]), kept["value"], abs_tol=1e-14)
        *rows, last = csv.DictReader(io.StringIO(e.to_csv()))
        assert float(last["product"]) == e.combined
        assert last["formula"] == f"=SUM(G2:G{len(rows) + 1})"
        for number, row in enumerate(rows, start=2):
            assert row["formula"] in ("", f"=E{number}*F{number}")
        pages = {lang: e.text(lang) for lang in LANGUAGES}
        assert len(set(pages.values())) == 3
        digits = [re.findall(r"-?\d+\.\d+(?:e-?\d+)?", page) for page in pages.values()]
        assert digits[0] == digits[1] == digits[2]
        assert all(f"{e.value}".removesuffix(".0") in page for page in pages.values())


def test_max_pool_sends_to_the_winner_and_the_mean_shares() -> None:
    """The 2x2 windows of S1: the maximum gets all, three cells get 0; of the mean each gets a quarter."""
    image = np.array([[[1.0, 7.0], [3.0, 2.0]]])
    for pool, wanted in ((sc.MaxPool2d(2), [0.0, 1.0, 0.0, 0.0]), (sc.AvgPool2d(2), [0.25] * 4)):
        net = sc.Sequential(sc.Input(1, 2, 2), pool, sc.Flatten(), sc.Linear(1, bias=False, name="fc"))
        net.load_weights({"fc.weight": np.array([[1.0]], np.float32)})
        found = [
            net.explain_gradient(image.astype(np.float32), [[0.0]], input=(0, y, x), loss="mae")
            for y in (0, 1)
            for x in (0, 1)
        ]
        assert [e.value for e in found] == wanted
        assert [e.engine and e.engine.value for e in found] == wanted
        assert {f.slopes.what for e in found for f in e.flows} == {"winner" if wanted[1] == 1 else "share"}


def test_wrong_questions_are_answered_with_the_numbers() -> None:
    net = small()
    images, targets = batch(net)

    def ask(**which: Any) -> str:
        return refused(lambda: net.explain_gradient(images, targets, **which))

    assert "ask for one gradient: weight=" in ask()
    assert "ask for one gradient" in ask(weight=("fc", (0, 0)), input=(0, 0, 0))
    assert "no weight is called 'relu'; there are: conv.weight" in ask(weight=("relu", (0,)))
    assert "'bn.running_mean' is a running average" in ask(weight=("bn.running_mean", (0,)))
    assert "conv.weight is 4x2x3x3: indices in 0..3, 0..1, 0..2, 0..2, got (4, 0, 0, 0)" in ask(
        weight=("conv", (4, 0, 0, 0))
    )
    assert "got (0, 0)" in ask(weight=("conv", (0, 0)))
    assert "the batch has the images 0..3, got 4" in ask(unit=("relu", (0, 0, 0)), image=4)
    assert "is part of the cross_entropy loss, which stands on fc.\n  fix: ask for fc" in ask(unit=("last", (0,)))
    assert "has units (channel, row, column)" in ask(unit=("relu", (0, 6, 0)))
    assert "takes class numbers" in refused(lambda: net.explain_gradient(images, [0.5] * 4, input=(0, 0, 0)))
    assert "targets must be 0 .. 2" in refused(lambda: net.explain_gradient(images[0], 3, input=(0, 0, 0)))


def refused(call: Any) -> str:
    with pytest.raises(sc.SimplecellError) as caught:
        call()
    return str(caught.value)
