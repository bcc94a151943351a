"""In training a batch norm does the sum and the rectifier behind it in its second pass over the values."""

from __future__ import annotations

import numpy as np

import simplecell as sc
from plan.training import SGD, first_step
from simplecell.plan import make_plan
from torch_threads import one_thread


def residual() -> sc.Model:
    """Two blocks: a norm on the first one's shortcut, none on the second's; a rectifier that ends at six."""
    door = sc.Input(3, 9, 10)
    x = sc.ReLU6(name="relu0")(sc.BatchNorm(name="bn0")(sc.Conv2d(16, 3, padding=1, name="conv0")(door)))
    long = sc.BatchNorm(name="bn1")(sc.Conv2d(24, 3, stride=2, padding=1, name="conv1")(x))
    short = sc.BatchNorm(name="bn2")(sc.Conv2d(24, 1, stride=2, name="conv2")(x))
    y = sc.ReLU(name="relu1")(sc.Add(name="add1")(long, short))
    z = sc.BatchNorm(name="bn3")(sc.Conv2d(24, 3, padding=1, name="conv3")(y))
    z = sc.ReLU(name="relu2")(sc.Add(name="add2")(y, z))
    return sc.Model(door, sc.Linear(4, name="fc")(sc.Flatten(name="flat")(z)))


def test_a_batch_norm_adds_and_rectifies() -> None:
    ops = make_plan(residual().graph, 4, training=SGD).ops
    norms = [(*op.nodes, op.attributes.get("relu", 0)) for op in ops if op.kind == "batchnorm"]
    assert norms == [("bn0", "relu0", 6), ("bn2", 0), ("bn1", "add1", "relu1", 1), ("bn3", "add2", "relu2", 1)]
    assert not {"add", "relu", "relu6"} & {op.kind for op in ops}
    assert next(op.reads["add"] for op in ops if op.nodes[0] == "bn3") == "relu1"


def test_a_sum_that_is_asked_for_is_not_rectified_with_the_norm() -> None:
    ops = make_plan(residual().graph, 4, training=SGD, keep=("bn1", "add2")).ops
    norms = [op.nodes for op in ops if op.kind == "batchnorm"]
    assert norms == [("bn0", "relu0"), ("bn1",), ("bn2", "add1", "relu1"), ("bn3", "add2")]


@one_thread()
def test_its_gradients_are_those_of_pytorch_in_float64() -> None:
    state, weights, theirs = first_step(residual().init(3))
    largest = max(float(w.grad.abs().max()) for w in theirs.parameters() if w.grad is not None)
    for name, weight in theirs.named_parameters():
        assert weight.grad is not None
        np.testing.assert_allclose(state[f"{name}:momentum_buffer"], weight.grad, rtol=1e-4, atol=3e-6 * largest)
    for name, average in theirs.named_buffers():
        if "running" in name:
            np.testing.assert_allclose(weights[name], average, rtol=1e-5, atol=1e-6)
