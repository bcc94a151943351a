"""Every loss and optimiser trained with on the engine: where there is no kernel, by its definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import simplecell as sc
import tolerances
from simplecell import objectives
from simplecell.layers.base import Layer
from simplecell.objectives import LOSSES, OPTIMISERS
from simplecell.run.native_stepper import NativeStepper
from simplecell.run.reference_stepper import ReferenceStepper

STEPS = 20
LOSS_CASES = [loss for kind in LOSSES.values() for loss in kind.EXAMPLES]
RULES = [rule for kind in OPTIMISERS.values() for rule in kind.EXAMPLES]


def network(last: Layer | None = None) -> sc.Model:
    """A small network of joints and moved values that trains, with dropout of channels."""
    x = sc.Input(2, 6, 6)
    a = sc.Conv2d(3, 3, padding=1, name="a")(sc.Pad(1, mode="reflect")(sc.Crop(1)(x)))
    y = sc.Concat()(a, sc.Mul()(x, sc.Sigmoid()(sc.Conv2d(2, 1, name="g")(sc.GlobalAvgPool()(x)))))
    y = sc.Dropout2d(0.2)(sc.ReLU()(sc.Upsample(size=3, mode="bilinear")(y)))
    y = sc.Linear(2, name="fc")(sc.Flatten()(y))
    return sc.Model(x, last(y) if last else y)


def trained(net: sc.Model, loss: Any, rule: Any, steps: int = STEPS) -> tuple[Any, Any, list[tuple[float, float]]]:
    """(weights by the engine, by the reference in float64, both losses step by step)."""
    net.init(seed=2)
    ours = {name: w.copy() for name, w in net.weights.items()}
    wide = {name: w.astype(np.float64) for name, w in net.weights.items()}
    engine = NativeStepper(net.graph, ours, rule, loss, seed=4)
    reference = ReferenceStepper(net.graph, wide, rule, loss, seed=4)
    rng, losses = np.random.default_rng(7), []
    for _ in range(steps):
        images = rng.standard_normal((5, 2, 6, 6)).astype(np.float32)
        targets = rng.integers(0, 2, 5) if loss.targets == "classes" else rng.random((5, 2)).astype(np.float32)
        a = engine.step(images, targets, rule.lr)
        b = reference.step(images.astype(np.float64), targets.astype(targets.dtype), rule.lr)
        assert a.correct == b.correct
        losses.append((a.loss, b.loss))
    return ours, wide, losses


@pytest.mark.parametrize("loss", LOSS_CASES, ids=str)
def test_every_loss_trains_as_its_definition(loss: Any) -> None:
    ours, wide, losses = trained(network(), loss, sc.SGD(0.05, momentum=0.5))
    for a, b in losses:
        assert a == pytest.approx(b, rel=tolerances.steps(np.float32, STEPS * 10))
    for name, w in ours.items():
        np.testing.assert_allclose(w, wide[name], rtol=0, atol=tolerances.steps(np.float32, STEPS * 10))


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_every_optimiser_moves_the_weights_as_its_rule(rule: Any) -> None:
    """Ten steps; a rule that divides by small gradients makes their rounding large, hence the wide bound."""
    ours, wide, _ = trained(network(), objectives.CrossEntropy(), rule, steps=10)
    for name, w in ours.items():
        assert np.abs(w - wide[name]).max() <= 1e-2 * rule.lr * 10 + tolerances.steps(np.float32, 100), name


@pytest.mark.parametrize(
    ("loss", "last"), [("cross_entropy", sc.Softmax()), ("binary_cross_entropy", sc.Sigmoid())], ids=str
)
def test_a_closing_layer_that_the_loss_has_in_itself_changes_nothing(loss: str, last: Layer) -> None:
    rule, kind = sc.SGD(0.1), LOSSES[loss]()
    bare, _, without = trained(network(), kind, rule, 3)
    closed, _, losses = trained(network(last), kind, rule, 3)
    assert losses == without
    for name, w in bare.items():
        np.testing.assert_array_equal(w, closed[name])


def test_the_plan_says_which_losses_run_by_definition() -> None:
    for loss in LOSS_CASES:
        net = network().init()
        stepper = NativeStepper(net.graph, {n: w.copy() for n, w in net.weights.items()}, sc.SGD(0.1), loss)
        plan = stepper.executable(4).plan
        kinds = [op.kind for op in plan.ops]
        native = loss in (objectives.CrossEntropy(), objectives.MeanSquaredError())
        assert ("reference.loss" in kinds) == (not native)
        assert (loss.kind in kinds) == native
        for lang in ("en", "zh", "ja"):
            assert plan.table(lang)
