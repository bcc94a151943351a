"""The pass that spares the sums of gradients at residual blocks a pass over memory."""

from __future__ import annotations

import numpy as np

import simplecell as sc
from plan.training import SGD, first_step
from simplecell.plan import make_plan
from torch_threads import one_thread


def residual(groups: int = 1) -> sc.Model:
    """Two blocks: the first with a convolution on its shortcut, the second with none."""
    door = sc.Input(3, 9, 10)
    x = sc.ReLU(name="relu0")(sc.Conv2d(16, 3, padding=1, name="conv0")(door))
    short = sc.Conv2d(24, 1, stride=2, name="short")(x)
    long = sc.Conv2d(24, 3, stride=2, padding=1, name="long", groups=8 if groups > 1 else 1)(x)
    y = sc.ReLU(name="relu1")(sc.Add(name="add1")(long, short))
    inner = sc.ReLU(name="relu2")(sc.Conv2d(24, 3, padding=1, name="in2", groups=groups)(y))
    z = sc.ReLU(name="relu3")(sc.Add(name="add2")(y, sc.Conv2d(24, 3, padding=1, name="out2")(inner)))
    return sc.Model(door, sc.Linear(4, name="fc")(sc.Flatten(name="flat")(z)))


def test_a_data_gradient_adds_the_other_part_and_takes_the_mask_too() -> None:
    plan = make_plan(residual().graph, 4, training=SGD)
    back = {op.nodes[0]: op for op in plan.ops if op.kind == "conv2d.dx"}
    passes = [op.label for op in plan.ops if op.kind in ("add", "relu.dx")]
    assert passes == ["relu3"]  # its gradient arrives through the flattening
    # y is read by in2 and by the sum; x by the two convolutions of the first block, of which `short` goes back last
    assert {name: sorted(op.reads) for name, op in back.items()} == {
        "out2": ["dy", "mask", "weight"], "in2": ["add", "dy", "mask", "weight"],
        "long": ["dy", "weight"], "short": ["add", "dy", "mask", "weight"],
    }  # fmt: skip
    assert back["short"].reads["add"] == back["long"].writes["dx"]
    assert (back["in2"].reads["mask"], back["short"].reads["mask"]) == ("relu1", "relu0")


def test_kernels_that_add_nothing_keep_the_sum() -> None:
    plan = make_plan(residual(groups=24).graph, 4, training=SGD)
    assert sum(op.kind == "add" for op in plan.ops) == 1  # in2 is depthwise
    asked = make_plan(residual().graph, 4, training=SGD, keep=("relu1",))
    assert asked.gradients["relu1"] in {op.writes["dx"] for op in asked.ops if op.kind == "conv2d.dx"}


@one_thread()
def test_its_gradients_are_those_of_pytorch_in_float64() -> None:
    state, _, theirs = first_step(residual().init(3))
    for name, weight in theirs.named_parameters():
        assert weight.grad is not None
        want = weight.grad.numpy()
        np.testing.assert_allclose(state[f"{name}:momentum_buffer"], want, rtol=1e-4, atol=2e-6 * abs(want).max())
