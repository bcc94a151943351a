"""A depthwise convolution that follows its 1x1 convolution band by band: when, and with the bits of the two apart."""

from __future__ import annotations

import numpy as np
import pytest

import simplecell as sc
from plan.training import SGD
from simplecell.plan import Training, make_plan


def inverted(channels: int, wide: int, size: tuple[int, int], stride: int, padding: int = 1) -> sc.Model:
    return sc.Sequential(
        sc.Input(channels, *size), sc.Conv2d(wide, 1, name="expand"), sc.BatchNorm(name="norm"), sc.ReLU6(name="cut"),
        sc.Conv2d(wide, 3, stride=stride, padding=padding, groups=wide, name="depthwise"), sc.ReLU(name="r"),
        sc.Conv2d(5, 1, name="project"),
    ).init(0)  # fmt: skip


def kinds(net: sc.Model, keep: tuple[str, ...] = (), training: Training | None = None) -> list[str]:
    return [op.kind for op in make_plan(net.graph, 2, keep=keep, training=training).ops if op.kind != "fold"]


def test_the_two_are_one_step_unless_the_value_between_is_asked_for() -> None:
    net = inverted(3, 8, (9, 9), 1)
    assert kinds(net) == ["to_nhwc", "expand_depthwise", "conv2d", "to_nchw"]
    (step,) = (op for op in net.plan(2).ops if op.kind == "expand_depthwise")
    assert step.nodes == ("expand", "norm", "cut", "depthwise", "r")
    assert "expand_depthwise" not in kinds(net, keep=("cut",))
    with sc.use(algorithm="direct"):
        assert "expand_depthwise" not in kinds(net)


@pytest.mark.parametrize(
    "layers",
    [
        (sc.Conv2d(8, 1, stride=2), sc.Conv2d(8, 3, groups=8)),
        (sc.Conv2d(8, 1, padding=1), sc.Conv2d(8, 3, groups=8)),
        (sc.Conv2d(8, 1), sc.Conv2d(16, 3, groups=8)),
        (sc.Conv2d(8, 1), sc.Conv2d(8, 3, groups=4)),
        (sc.Conv2d(8, 1), sc.Conv2d(8, 3, dilation=2, groups=8)),
        (sc.Conv2d(8, 1), sc.Conv2d(8, 3, stride=3, groups=8)),
        (sc.Conv2d(8, 1), sc.Conv2d(8, 5, groups=8)),
        (sc.Conv2d(8, 1), sc.Conv2d(8, 3, padding=3, groups=8)),
    ],
)
def test_other_windows_stay_steps_of_their_own(layers: tuple[sc.Conv2d, sc.Conv2d]) -> None:
    assert "expand_depthwise" not in kinds(sc.Sequential(sc.Input(4, 12, 12), *layers).init(0))


def test_training_keeps_what_its_gradients_need() -> None:
    layers = (sc.Conv2d(8, 1), sc.Conv2d(8, 3, groups=8), sc.Flatten(), sc.Linear(2))
    net = sc.Sequential(sc.Input(4, 6, 6), *layers).init(0)
    assert "expand_depthwise" not in kinds(net, training=SGD)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize(
    "sizes", [(3, 8, (4, 3)), (16, 96, (21, 30)), (24, 144, (56, 57)), (5, 70, (7, 7)), (9, 33, (3, 90))]
)
def test_the_bits_are_those_of_the_two_apart(
    stride: int, padding: int, sizes: tuple[int, int, tuple[int, int]]
) -> None:
    channels, wide, size = sizes
    net = inverted(channels, wide, size, stride, padding)
    images = np.random.default_rng(0).standard_normal((2, channels, *size), np.float32)
    with sc.use(algorithm="direct"):
        apart = net(images)
    for threads in (1, 2, 3):
        with sc.use(threads=threads):
            np.testing.assert_array_equal(net(images), apart)


def test_each_layer_of_the_pair_is_explained_with_what_follows_it_alone() -> None:
    net = inverted(3, 8, (9, 9), 2)
    image = np.random.default_rng(0).standard_normal((3, 9, 9), np.float32)
    for layer, group in (("expand", ["expand", "norm", "cut"]), ("depthwise", ["depthwise", "r"])):
        found = net.explain(image, layer, (2, 3), 4)
        assert found.fused is not None
        assert [stage.layer for stage in found.fused.stages] == group
        assert found.engine is not None
        assert found.engine.own_bits is False
        assert found.engine.note == "expand+norm+cut+depthwise+r"
        assert found.engine.value == pytest.approx(found.value, rel=1e-4, abs=1e-5)
