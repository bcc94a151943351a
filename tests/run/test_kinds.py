"""Which kinds run natively, and what the plan makes of a batch norm behind a convolution."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import simplecell as sc
from simplecell.layers import KINDS
from simplecell.plan import Training, make_plan

GRADIENTS = Training("mse", "sgd", {"momentum": 0.0, "nesterov": 0, "weight_decay": 0.0}, (), update=False)

REFERENCE = (
    "Conv3d", "ConvTranspose3d", "MaxPool3d", "AvgPool3d", "AdaptiveAvgPool3d", "AdaptiveMaxPool2d", "Reshape",
    "Permute", "Dropout2d", "MatMul",
)  # fmt: skip
"""Kinds without kernels."""
NATIVE = sorted({*KINDS} - {*REFERENCE})


def algorithms_of(layer: Any, shapes: Any) -> dict[str, str]:
    """The algorithms of a plan that trains one layer; what stands before it makes its inputs' gradients wanted."""
    doors = [sc.Input(*shape) for shape in shapes]
    net = sc.Model(doors, layer(*(sc.ReLU()(x) for x in doors)))
    plan = make_plan(net.graph, 3, training=GRADIENTS)
    return {f"{op.kind}:{op.label}": op.algorithm for op in plan.ops if op.label.startswith(layer.kind.lower())}


@pytest.mark.parametrize("kind", NATIVE)
def test_every_kind_of_classification_networks_has_kernels_forward_and_backward(kind: str) -> None:
    """At least one example trains without the reference; those that do not are of more than two spatial axes, or
    choices that the kernels refuse with a sentence."""
    found = [(shapes, algorithms_of(layer, shapes)) for layer, shapes in KINDS[kind].EXAMPLES]
    native = [shapes for shapes, ops in found if "reference" not in ops.values()]
    assert native, found


def bn_net(seed: int) -> sc.Model:
    """Convolutions with batch norms behind them: with and without bias, depthwise, before a sum; then a linear one."""
    x = sc.Input(3, 9, 8)
    a = sc.ReLU()(sc.BatchNorm()(sc.Conv2d(8, 3, padding=1, bias=False)(x)))
    b = sc.BatchNorm(affine=False)(sc.Conv2d(8, 3, padding=1, groups=8)(a))
    y = sc.ReLU()(sc.Add()(b, a))
    y = sc.BatchNorm()(sc.Linear(6)(sc.Flatten()(sc.GlobalAvgPool()(y))))
    net = sc.Model(x, y).init(seed)
    generator = np.random.default_rng(seed)
    weights = {name: np.array(w) for name, w in net.weights.items()}
    for name, w in weights.items():
        if w.ndim == 1:
            w[...] = generator.uniform(0.5, 2, w.shape) if "running_var" in name else generator.normal(size=w.shape)
    net.load_weights(weights)
    return net


def test_batch_norms_are_folded_into_the_weights_before_them() -> None:
    net = bn_net(0)
    plan = net.plan(4)
    assert [op.kind for op in plan.ops].count("fold") == 3
    assert "batchnorm" not in [op.kind for op in plan.ops]
    fused = [op for op in plan.ops if op.kind in ("conv2d", "linear")]
    assert [[node.split("_")[0] for node in op.nodes] for op in fused] == [
        ["conv2d", "batchnorm", "relu"], ["conv2d", "batchnorm", "add", "relu"], ["linear", "batchnorm"]
    ]  # fmt: skip
    images = np.random.default_rng(1).normal(size=(4, 3, 9, 8)).astype(np.float32)
    ours = np.asarray(net(images))
    with sc.use(algorithm="reference"):
        np.testing.assert_allclose(ours, net(images), rtol=2e-5, atol=2e-5)


def test_folded_weights_follow_new_weights_and_training() -> None:
    net = bn_net(0)
    images = np.random.default_rng(1).normal(size=(8, 3, 9, 8)).astype(np.float32)
    before = np.array(net(images))
    net.trainer(optimizer=sc.SGD(0.1))(images, np.arange(8) % 6)
    after = np.array(net(images))
    assert not np.allclose(before, after)
    with sc.use(algorithm="reference"):
        np.testing.assert_allclose(after, net(images), rtol=2e-5, atol=2e-5)


def test_a_batch_norm_whose_input_is_asked_for_stands_alone() -> None:
    net = bn_net(0)
    plan = make_plan(net.graph, 2, keep=("conv2d_1",))
    assert [op.kind for op in plan.ops].count("fold") == 2
    assert "batchnorm" in [op.kind for op in plan.ops]


def test_depthwise_convolutions_have_an_algorithm_of_their_own() -> None:
    plan = bn_net(0).plan(4)
    (op,) = [op for op in plan.ops if op.algorithm == "depthwise"]
    assert [c.name for c in op.candidates if c.reason is None] == ["depthwise", "direct"]
    dense = next(o for o in plan.ops if o.kind == "conv2d")
    (refused,) = [c.reason for c in dense.candidates if c.name == "depthwise"]
    assert refused == "it is for filters of one channel, and these see 3 of 3"


NETS: dict[str, Callable[[], list[Any]]] = {
    "norms": lambda: [
        sc.Conv2d(12, 3, padding=1), sc.BatchNorm(), sc.SiLU(), sc.GroupNorm(3), sc.PReLU(12),
        sc.InstanceNorm(affine=True), sc.LocalResponseNorm(5), sc.LayerNorm(), sc.GELU(),
    ],
    "windows": lambda: [
        sc.Conv2d(6, 3, padding=1, groups=3), sc.Mish(), sc.ConvTranspose2d(5, 3, stride=2), sc.AdaptiveAvgPool2d(5),
        sc.Upsample(scale_factor=2, mode="bilinear"), sc.Conv2d(8, 3, stride=2), sc.PixelShuffle(2),
        sc.Pad(1, value=0.5), sc.Conv2d(4, 2), sc.Tanh(),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_training_gives_the_same_bits_on_any_number_of_threads(name: str) -> None:
    generator = np.random.default_rng(2)
    images = generator.normal(size=(24, 3, 17, 13)).astype(np.float32)
    targets = generator.integers(0, 5, 24)
    hashes: set[str] = set()
    for threads in (1, 2, 3, 4, 8):
        net = sc.Sequential(sc.Input(3, 17, 13), *NETS[name](), sc.Flatten(), sc.Linear(5)).init(4)
        with sc.use(threads=threads):
            step = net.trainer(optimizer=sc.SGD(0.01, momentum=0.9), seed=1)
            losses = [step(images, targets) for _ in range(8)]
        assert np.isfinite(losses).all()
        digest = hashlib.sha256(np.float64(losses).tobytes())
        for w in net.weights.values():
            digest.update(w.tobytes())
        hashes.add(digest.hexdigest())
    assert len(hashes) == 1
