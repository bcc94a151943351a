"""The kinds that other programs' networks bring against PyTorch in float64: values and gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import prod

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from layers.parity import BLOCKS, PER_BLOCK, compare, generator
from simplecell.layers import (
    Abs,
    Affine,
    Clip,
    Erf,
    Exp,
    Expand,
    Log,
    MatMul,
    Maximum,
    Power,
    Rescale,
    Softsign,
    Take,
    Threshold,
)
from simplecell.layers.base import EVALUATION, Layer

RNG = np.random.Generator
Case = tuple[Layer, list[tuple[int, ...]], Callable[..., torch.Tensor]]
FUNCTIONS: dict[str, Callable[[RNG], tuple[Layer, Callable[[torch.Tensor], torch.Tensor]]]] = {
    "Abs": lambda _: (Abs(), torch.abs),
    "Exp": lambda _: (Exp(), torch.exp),
    "Log": lambda _: (Log(), torch.log),
    "Erf": lambda _: (Erf(), torch.erf),
    "Softsign": lambda _: (Softsign(), F.softsign),
    "Clip": lambda _: (Clip(-0.5, 1.5), lambda x: x.clamp(-0.5, 1.5)),
    "Clip least": lambda _: (Clip(least=0.25), lambda x: x.clamp(min=0.25)),
    "Threshold": lambda _: (Threshold(0.5, -1.0), lambda x: F.threshold(x, 0.5, -1.0)),
    "Rescale": lambda _: (Rescale(-2.5, 0.5), lambda x: x * -2.5 + 0.5),
    **{
        f"Power {p}": lambda _, p=p: (Power(p), lambda x: x.pow(p))  # type: ignore[misc]
        for p in (0.5, -1.0, 2.0, 3.0, 1.7)
    },
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_one_value(name: str) -> None:
    """NaN, infinities and zeros too: the same where PyTorch gives them."""
    rng = generator(name, 0)
    layer, function = FUNCTIONS[name](rng)
    x = np.concatenate([rng.standard_normal(60) * 3, [0.0, -0.0, np.inf, -np.inf, np.nan, 0.5, -0.5, 1.5, 0.25]])[None]
    y, saved = layer.forward(layer.site((x.size,)), [x], {}, EVALUATION)
    dx = layer.backward(layer.site((x.size,)), np.full_like(y, 1.5), saved, [x], {})[0][0]
    tensor = torch.from_numpy(x).requires_grad_()
    expected = function(tensor)
    expected.backward(torch.full_like(tensor, 1.5))
    assert tensor.grad is not None
    near = tolerances.elementary(np.float64, 16)
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=near, atol=1e-300, strict=True)
    inside = np.isfinite(x) & np.isfinite(y) & (x != 0)
    np.testing.assert_allclose(dx[inside], tensor.grad.numpy()[inside], rtol=near, atol=1e-300)


def shape_of(rng: RNG, least: int = 1) -> tuple[int, ...]:
    return tuple(int(rng.integers(1, 6)) for _ in range(int(rng.integers(least, 5))))


def some_ones(rng: RNG, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if rng.random() < 0.5 else n for n in shape)


def affine(rng: RNG) -> Case:
    shape = shape_of(rng)
    which = int(rng.integers(3))
    layer = Affine(some_ones(rng, shape), weight=which != 1, bias=which != 2)
    forms: list[Callable[..., torch.Tensor]] = [
        lambda x, w, b: x * w + b, lambda x, b: x + b, lambda x, w: x * w,
    ]  # fmt: skip
    return layer, [shape], forms[which]


def expand(rng: RNG) -> Case:
    shape = shape_of(rng)
    return Expand(shape), [some_ones(rng, shape)], lambda x: x.expand(len(x), *shape)


def take(rng: RNG) -> Case:
    shape = shape_of(rng)
    axis = int(rng.integers(len(shape)))
    indices = rng.integers(0, shape[axis], int(rng.integers(1, 7))).tolist()
    return Take(indices, axis=axis), [shape], lambda x: x.index_select(axis + 1, torch.tensor(indices))


def matmul(rng: RNG) -> Case:
    lead, (m, k, n) = shape_of(rng, 0)[:2], rng.integers(1, 6, 3).tolist()
    return MatMul(), [(*lead, m, k), (*lead, k, n)], torch.matmul


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("case", [affine, expand, take, matmul], ids=lambda case: case.__name__)
def test_linear_kinds(case: Callable[[RNG], Case], block: int) -> None:
    rng = generator(case.__name__, block)
    for _ in range(PER_BLOCK // 2):
        layer, shapes, reference = case(rng)
        site = layer.site(*shapes)
        weights = {key: rng.standard_normal(shape) for key, shape in site.weights.items()}
        xs = [rng.standard_normal((2, *shape)) for shape in shapes]
        compare(layer, site, xs, weights, reference, 8 * max(map(prod, shapes)))


@pytest.mark.parametrize("block", BLOCKS)
def test_maximum(block: int) -> None:
    rng = generator("Maximum", block)
    shape, count = shape_of(rng), int(rng.integers(2, 5))
    xs = [rng.standard_normal((2, *shape)) for _ in range(count)]
    layer, dy = Maximum(), rng.standard_normal((2, *shape))
    site = layer.site(*[shape] * count)
    tensors = [torch.from_numpy(x).requires_grad_() for x in xs]
    expected = reduce(torch.maximum, tensors)
    expected.backward(torch.from_numpy(dy))
    np.testing.assert_array_equal(layer.forward(site, xs, {}, EVALUATION)[0], expected.detach().numpy())
    for dx, tensor in zip(layer.backward(site, dy, None, xs, {})[0], tensors, strict=True):
        assert tensor.grad is not None
        np.testing.assert_array_equal(dx, tensor.grad.numpy())
