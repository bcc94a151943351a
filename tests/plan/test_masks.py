"""The passes that spare memory in training and at the door: masks, updates, planar inputs."""

from __future__ import annotations

import numpy as np
import pytest

import simplecell as sc
from plan.training import SGD
from simplecell.objectives import CrossEntropy
from simplecell.plan import Plan, make_plan
from simplecell.run.native_stepper import NativeStepper
from simplecell.run.reference_stepper import ReferenceStepper


def pooled(channels: int = 6, classes: int = 5) -> sc.Model:
    return sc.Sequential(
        sc.Input(3, 20, 18),
        sc.Conv2d(channels, 3, name="conv1"), sc.ReLU(name="relu1"), sc.MaxPool2d(2, name="pool1"),
        sc.Conv2d(channels, 3, padding=1, name="conv2"), sc.ReLU(name="relu2"), sc.AvgPool2d(2, name="pool2"),
        sc.Conv2d(9, 2, name="conv3"), sc.ReLU(name="relu3"),
        sc.Flatten(name="flat"), sc.Linear(12, name="fc1"), sc.ReLU(name="relu4"), sc.Linear(classes, name="fc2"),
    )  # fmt: skip


def kinds(plan: Plan) -> list[str]:
    return [op.kind for op in plan.ops]


def test_masks_move_before_max_pools_and_into_the_ops_that_make_the_gradient() -> None:
    plan = make_plan(pooled().graph, 4, training=SGD)
    masked = {op.nodes[0]: op.reads["mask"] for op in plan.ops if "mask" in op.reads}
    # conv2's dx carries relu1's mask, taken behind pool1, where it is a quarter of the size
    assert masked == {"fc2": "relu4", "pool2": "relu2", "conv2": "pool1"}
    # relu3's gradient arrives through the flattening, which turns the image: that one stays an op of its own
    assert [op.nodes for op in plan.ops if op.kind == "relu.dx"] == [("relu3",)]


def test_a_linear_layer_moves_its_weights_where_it_makes_their_gradient() -> None:
    plan = make_plan(pooled().graph, 4, training=SGD)
    assert kinds(plan).count("linear.update") == 2
    assert not any(name in plan.tensors for name in ("d:fc1.weight", "d:fc2.weight"))
    biases = [op.reads["weight"] for op in plan.ops if op.kind == "sgd" and op.reads["weight"].startswith("fc")]
    assert sorted(biases) == ["fc1.bias", "fc2.bias"]


def test_the_first_layer_reads_a_planar_image_where_nothing_else_reads_it_turned() -> None:
    net = pooled()
    assert "to_nhwc" not in kinds(net.plan(2))
    assert "to_nhwc" in kinds(make_plan(net.graph, 2, training=SGD))
    assert "to_nhwc" in kinds(pooled(channels=16).plan(2))
    assert "to_nhwc" not in kinds(sc.zoo.mobilenet_v2().init(0).plan(1))


def test_an_image_that_is_added_too_is_turned() -> None:
    x = sc.Input(3, 11, 12)
    net = sc.Model(x, sc.Add()(sc.Conv2d(3, 3, padding=1, name="conv")(x), x)).init(2)
    assert kinds(net.plan(2)) == ["to_nhwc", "conv2d", "to_nchw"]
    image = np.random.default_rng(3).standard_normal((2, 3, 11, 12)).astype(np.float32)
    padded = np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1))).astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    want = np.einsum("nchwij,ocij->nohw", windows, net.weights["conv.weight"]) + image
    want += np.asarray(net.weights["conv.bias"])[:, None, None]
    np.testing.assert_allclose(net(image), want, rtol=0, atol=1e-5)


def test_behind_a_large_max_pool_only_the_winners_make_the_gradient_of_the_weights() -> None:
    def net(window: int, stride: int) -> sc.Model:
        return sc.Sequential(
            sc.Input(3, 31, 30), sc.Conv2d(6, (4, 3), stride=stride, padding="same" if stride == 1 else 2, name="conv"),
            sc.ReLU(name="relu"), sc.MaxPool2d(window, padding=1, name="pool"), sc.Flatten(name="flat"),
            sc.Linear(4, name="fc"),
        ).init(5)  # fmt: skip

    assert "winners.dw" not in kinds(make_plan(net(2, 1).graph, 4, training=SGD))
    with sc.use(precision="exact"):
        assert "winners.dw" not in kinds(make_plan(net(5, 1).graph, 4, training=SGD))
    rng = np.random.default_rng(6)
    for stride, batch in ((1, 3), (2, 19)):
        model = net(5, stride)
        plan = make_plan(model.graph, batch, training=SGD)
        assert "winners.dw" in kinds(plan)
        assert "maxpool2d.dx" not in kinds(plan)
        assert kinds(plan)[0] == "conv2d"  # both kernels read the image as it is
        images = rng.standard_normal((batch, 3, 31, 30)).astype(np.float32)
        targets = rng.integers(0, 4, batch)
        weights = {name: np.array(w) for name, w in model.weights.items()}
        exact = {name: w.astype(np.float64) for name, w in weights.items()}
        NativeStepper(model.graph, weights, sc.SGD(0.1), CrossEntropy()).step(images, targets, 0.1)
        ReferenceStepper(model.graph, exact, sc.SGD(0.1), CrossEntropy()).step(images.astype(np.float64), targets, 0.1)
        for name, w in weights.items():
            np.testing.assert_allclose(w, exact[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize("threads", [1, 3])
def test_five_steps_agree_with_the_definition(threads: int) -> None:
    net = pooled().init(3)
    rng = np.random.default_rng(4)
    images = rng.standard_normal((7, 3, 20, 18)).astype(np.float32)
    targets = rng.integers(0, 5, 7)
    rule = sc.SGD(0.05, momentum=0.9, nesterov=True, weight_decay=1e-3)
    weights = {name: np.array(w) for name, w in net.weights.items()}
    exact = {name: w.astype(np.float64) for name, w in weights.items()}
    with sc.use(threads=threads):
        ours = NativeStepper(net.graph, weights, rule, CrossEntropy())
        theirs = ReferenceStepper(net.graph, exact, rule, CrossEntropy())
        for _ in range(5):
            got, want = ours.step(images, targets, 0.05), theirs.step(images.astype(np.float64), targets, 0.05)
            assert got.loss == pytest.approx(want.loss, rel=1e-5)
    for name, w in weights.items():
        np.testing.assert_allclose(w, exact[name], atol=2e-5, err_msg=name)
