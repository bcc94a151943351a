"""Kinds without windows against PyTorch in float64: values and all gradients, over random configurations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from layers.parity import BLOCKS, PER_BLOCK, Reference, compare, generator, sizes
from simplecell.layers import Add, Dropout, Flatten, Linear, ReLU, Softmax
from simplecell.layers.base import EVALUATION, Layer


@pytest.mark.parametrize("block", BLOCKS)
def test_linear(block: int) -> None:
    rng = generator("Linear", block)
    for _ in range(PER_BLOCK):
        (features, outputs), n, bias = sizes(rng, 130), int(rng.integers(1, 9)), bool(rng.random() < 0.5)
        layer = Linear(outputs, bias=bias, in_features=features)
        weights = {"weight": rng.standard_normal((outputs, features))}
        weights |= {"bias": rng.standard_normal(outputs)} if bias else {}
        compare(layer, layer.site((features,)), [rng.standard_normal((n, features))], weights, F.linear, features)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    ("layer", "reference"),
    [(Softmax(), lambda x: F.softmax(x, 1)), (ReLU(), F.relu), (Flatten(), lambda x: torch.flatten(x, 1)),
     (Dropout(0.3), lambda x: F.dropout(x, 0.3, training=False)), (Add(), lambda *xs: sum(xs[1:], xs[0]))],
    ids=lambda v: v.kind if isinstance(v, Layer) else "",
)  # fmt: skip
def test_kinds_without_weights(layer: Layer, reference: Reference, block: int) -> None:
    rng = generator(layer.kind, block)
    for _ in range(PER_BLOCK):
        shape = (int(rng.integers(1, 60)),) if rng.random() < 0.5 else (int(rng.integers(1, 12)), *sizes(rng, 6))
        count = int(rng.integers(2, 5)) if layer.kind == "Add" else 1
        site = layer.site(*[shape] * count)
        scale = float(rng.choice([1.0, 30.0, 900.0]))
        values = rng.standard_normal((count, 3, *shape)) * scale
        xs = list(np.where(rng.random(values.shape) < 0.1, 0.0, values))
        y, saved = layer.forward(site, xs, {}, EVALUATION)
        dy = rng.standard_normal(y.shape)
        tensors = [torch.from_numpy(x).requires_grad_() for x in xs]
        expected = reference(*tensors)
        expected.backward(torch.from_numpy(dy))
        near = tolerances.elementary(np.float64, shape[0]) if layer.kind == "Softmax" else 0.0
        np.testing.assert_allclose(y, expected.detach().numpy(), rtol=near, atol=near * 1e-3, strict=True)
        for dx, tensor in zip(layer.backward(site, dy, saved, xs, {})[0], tensors, strict=True):
            assert tensor.grad is not None
            np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=near, atol=near * np.abs(dy).max(), strict=True)


def test_softmax_of_infinities() -> None:
    x = np.array([[0.0, np.inf, 1.0], [-np.inf, -np.inf, -np.inf], [0.0, -np.inf, 0.0], [np.nan, 0.0, 1.0]])
    y = Softmax().forward(Softmax().site((3,)), [x], {}, EVALUATION)[0]
    np.testing.assert_array_equal(np.isnan(y), np.isnan(F.softmax(torch.from_numpy(x), 1).numpy()))
    np.testing.assert_array_equal(y[2], [0.5, 0.0, 0.5])
