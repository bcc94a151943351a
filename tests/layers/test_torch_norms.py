"""The normalising kinds against PyTorch in float64: values and all gradients, over random configurations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from layers.parity import BLOCKS, PER_BLOCK, Reference, generator, sizes
from simplecell.layers import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm
from simplecell.layers.base import EVALUATION, Layer, Mode

TRAINING = Mode(training=True)
Drawn = tuple[Layer, tuple[int, ...], Reference]


def flag(rng: np.random.Generator) -> bool:
    return bool(rng.random() < 0.6)


def places(rng: np.random.Generator, least: int = 0) -> tuple[int, ...]:
    """One to three spatial axes, or none; more than one place."""
    found = sizes(rng, 5, count=int(rng.integers(least, 4)))
    return found if not found or np.prod(found) > 1 else (*found[:-1], 2)


def instancenorm(rng: np.random.Generator) -> Drawn:
    shape, eps = (int(rng.integers(1, 5)), *places(rng, 1)), float(rng.choice([1e-5, 0.1]))
    layer = InstanceNorm(eps=eps, affine=flag(rng))
    return layer, shape, lambda x, w=None, b=None: F.instance_norm(x, None, None, w, b, eps=eps)


def groupnorm(rng: np.random.Generator) -> Drawn:
    groups, eps = int(rng.integers(1, 4)), float(rng.choice([1e-5, 0.1]))
    shape = (groups * int(rng.integers(1, 4)), *places(rng))
    return (
        GroupNorm(groups, eps=eps, affine=flag(rng)),
        shape,
        lambda x, w=None, b=None: F.group_norm(x, groups, w, b, eps),
    )


def layernorm(rng: np.random.Generator) -> Drawn:
    shape, eps = (int(rng.integers(1, 5)), *places(rng)), float(rng.choice([1e-5, 0.1]))
    last = shape[int(rng.integers(len(shape))) :]
    form: Any = None if last == shape else last[0] if len(last) == 1 else last
    layer = LayerNorm(form, eps=eps, elementwise_affine=flag(rng), bias=flag(rng))
    return layer, shape, lambda x, w=None, b=None: F.layer_norm(x, last, w, b, eps)


def localresponsenorm(rng: np.random.Generator) -> Drawn:
    shape, size = (int(rng.integers(1, 9)), *places(rng, 1)), int(rng.integers(1, 8))
    alpha, beta, k = (float(rng.choice(c)) for c in ([1e-4, 0.5, 2.0], [0.5, 0.75, 1.0], [1.0, 2.0]))
    layer = LocalResponseNorm(size, alpha=alpha, beta=beta, k=k)
    return layer, shape, lambda x: F.local_response_norm(x, size, alpha, beta, k)


DRAW: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "InstanceNorm": instancenorm,
    "GroupNorm": groupnorm,
    "LayerNorm": layernorm,
    "LocalResponseNorm": localresponsenorm,
}


def compare(layer: Layer, x: np.ndarray, weights: dict[str, np.ndarray], reference: Reference, mode: Mode) -> None:
    """Values and gradients; the bound grows with the number of values summed and with 1 / deviation, at most
    1 / sqrt(eps)."""
    site = layer.site(x.shape[1:])
    y, saved = layer.forward(site, [x], weights, mode)
    dy = np.random.default_rng(y.size).standard_normal(y.shape)
    (dx,), dws = layer.backward(site, dy, saved, [x], weights)
    tensors = [torch.from_numpy(a).requires_grad_() for a in (x, *(weights[k] for k in site.learned))]
    expected = reference(*tensors)
    expected.backward(torch.from_numpy(dy))
    steep = (1 + np.abs(x).max()) / np.sqrt(getattr(layer, "eps", 1.0))
    bound = tolerances.two_sums(np.float64, x.size) * x.size * steep
    assert set(dws) == set(site.learned)
    for ours, theirs in zip((y, dx, *(dws[k] for k in site.learned)), (expected, *tensors), strict=True):
        reference_array = expected.detach() if theirs is expected else theirs.grad
        np.testing.assert_allclose(ours, reference_array.numpy(), rtol=bound, atol=bound, strict=True)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("kind", DRAW)
def test_values_and_gradients(kind: str, block: int) -> None:
    rng = generator(kind, block)
    for _ in range(PER_BLOCK):
        layer, shape, reference = DRAW[kind](rng)
        x = rng.standard_normal((int(rng.integers(2, 4)), *shape)) + rng.choice([0.0, 3.0])
        weights = {key: rng.standard_normal(s) for key, s in layer.site(shape).weights.items()}
        compare(layer, x, weights, reference, EVALUATION)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("mode", [EVALUATION, TRAINING], ids=["evaluation", "training"])
def test_batchnorm(block: int, mode: Mode) -> None:
    rng = generator("BatchNorm", block)
    for _ in range(PER_BLOCK):
        shape, eps = (int(rng.integers(1, 6)), *places(rng)), float(rng.choice([1e-5, 0.1]))
        layer = BatchNorm(eps=eps, affine=flag(rng))
        site = layer.site(shape)
        weights = {key: rng.standard_normal(s) for key, s in site.weights.items()}
        weights["running_var"] = np.abs(weights["running_var"]) + 0.1
        buffers = [torch.from_numpy(weights[key].copy()) for key in site.buffers]
        x = rng.standard_normal((int(rng.integers(2, 4)), *shape)) + rng.choice([0.0, 3.0])

        def reference(x: Any, w: Any = None, b: Any = None, eps: float = eps, buffers: Any = buffers) -> torch.Tensor:
            return F.batch_norm(x, *buffers, w, b, training=mode.training, eps=eps)

        compare(layer, x, weights, reference, mode)


@pytest.mark.parametrize(("shape", "momentum"), [((6,), 0.1), ((3, 5), 0.3), ((4, 3, 2), 0.1), ((2, 2, 3, 2), 1.0)])
def test_batchnorm_over_a_hundred_steps(shape: tuple[int, ...], momentum: float) -> None:
    """Running statistics after 100 batches of changing size, and what they make of a batch afterwards."""
    rng = np.random.default_rng(len(shape))
    layer = BatchNorm(momentum=momentum)
    site = layer.site(shape)
    weights = {key: np.full(s, layer.starts[key]) for key, s in site.weights.items()}
    theirs = (torch.nn.BatchNorm1d, torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.BatchNorm3d)[len(shape) - 1](
        shape[0], momentum=momentum, dtype=torch.float64
    )
    for step in range(100):
        x = rng.standard_normal((int(rng.integers(2, 9)), *shape)) * (1 + step / 50) + step / 10
        y, saved = layer.forward(site, [x], weights, TRAINING)
        weights |= layer.updated(site, saved, weights)
        np.testing.assert_allclose(y, theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-12, atol=1e-12)
    for key in site.buffers:
        np.testing.assert_allclose(weights[key], getattr(theirs, key).numpy(), rtol=1e-13)
    theirs.eval()
    x = rng.standard_normal((5, *shape))
    y, _ = layer.forward(site, [x], weights, EVALUATION)
    np.testing.assert_allclose(y, theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-12, atol=1e-12)
