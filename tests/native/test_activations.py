"""Activations against PyTorch in float64: errors counted in units of the last place, and what IEEE says of the rest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from native.cases import ISAS, Array, run

Numbers = dict[str, float]
ELU: Numbers = {"alpha": 1.5, "scale": 1.25, "input_scale": 0.5}

FUNCTIONS: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], Numbers, str]] = {
    "relu": (F.relu, {}, "y"),
    "relu6": (F.relu6, {}, "y"),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.25), {"slope": 0.25}, "x"),
    "elu": (lambda x: 1.25 * torch.where(x > 0, x, 1.5 * torch.expm1(0.5 * torch.clamp(x, max=0))), ELU, "x"),
    "sigmoid": (torch.sigmoid, {}, "y"),
    "hardsigmoid": (F.hardsigmoid, {}, "x"),
    "hardswish": (F.hardswish, {}, "x"),
    "tanh": (torch.tanh, {}, "y"),
    "gelu": (lambda x: x * torch.special.erfc(-x / 2**0.5) / 2, {}, "x"),
    "gelu_tanh": (lambda x: x * torch.sigmoid(2 * (2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)), {}, "x"),
    "silu": (F.silu, {}, "x"),
    "mish": (lambda x: x * torch.tanh(F.softplus(x, threshold=700)), {}, "x"),
    "softplus": (lambda x: F.softplus(x, 0.5, 10.0), {"beta": 0.5, "threshold": 10.0}, "x"),
}
"""By kernel: the exact function, its numbers, and what backward reads."""

LOOSE = {"gelu_tanh": 8.0, "mish": 8.0, "silu": 8.0, "gelu": 8.0, "hardswish": 8.0}
"""Products of x and a function, in units of the last place; the others keep to 4."""


def points() -> Array:
    """Numbers of every size, dense where functions bend."""
    generator = np.random.default_rng(0)
    sizes = np.exp(generator.uniform(np.log(1e-20), np.log(80), 40000)) * generator.choice([-1, 1], 40000)
    return np.concatenate([sizes, generator.normal(0, 3, 40000), [0.0, 3.0, -3.0, 6.0]]).astype(np.float32)


def ulps(got: Array, exact: Array) -> Array:
    """Distances in units of float32's last place; subnormals count as the smallest normal number."""
    unit = np.spacing(np.maximum(np.abs(exact), np.finfo(np.float32).tiny).astype(np.float32))
    return np.abs(got - exact) / unit


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_are_within_a_few_units_of_the_last_place(name: str, isa: str) -> None:
    function, numbers, _ = FUNCTIONS[name]
    x = points()
    y = run(f"{name}_forward", isa, {"count": len(x), **numbers}, 2, x=x)["y"]
    exact = function(torch.from_numpy(x.astype(np.float64))).numpy()
    bound = LOOSE.get(name, 4.0)
    if isa == "scalar":  # without FMA every step of a polynomial rounds twice, and no remainder can be had
        bound *= 2 if name != "gelu" else 40
    inner = np.zeros_like(exact)
    if name == "gelu_tanh":  # e^u of a rounded u: the rounding of u is the result's relative error
        inner = np.abs(1.6 * (x.astype(np.float64) + 0.044715 * x.astype(np.float64) ** 3)).clip(max=200)
    worst = ulps(y, exact) / (bound + 2 * inner)
    assert worst.max() <= 1, f"{worst.max():.2f} of what is allowed, at x = {x[worst.argmax()]!r}"


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_the_slopes_of_the_exact_functions(name: str, isa: str) -> None:
    function, numbers, kept = FUNCTIONS[name]
    x = points()
    x = x[np.abs(x) > 1e-6]
    dy = np.random.default_rng(1).normal(size=len(x)).astype(np.float32)
    door = torch.from_numpy(x.astype(np.float64)).requires_grad_()
    exact = function(door)
    exact.backward(torch.from_numpy(dy.astype(np.float64)))
    assert door.grad is not None
    given = {"y": exact.detach().numpy().astype(np.float32), "x": x}[kept]
    dx = run(f"{name}_backward", isa, {"count": len(x), **numbers}, 2, dy=dy, **{kept: given})["dx"]
    np.testing.assert_allclose(dx, door.grad.numpy(), rtol=2e-5, atol=4e-6)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_infinities_and_nan_are_what_pytorch_says(name: str, isa: str) -> None:
    function, numbers, _ = FUNCTIONS[name]
    x = np.array([np.inf, -np.inf, np.nan, 0.0, 3e38, -3e38, 1e-45, 88.0, -88.0, -103.0], np.float32)
    y = run(f"{name}_forward", isa, {"count": len(x), **numbers}, x=x)["y"]
    exact = function(torch.from_numpy(x.astype(np.float64))).numpy()
    with np.errstate(over="ignore"):
        want = exact.astype(np.float32)
    np.testing.assert_allclose(y, want, rtol=1e-5, atol=1e-37)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("slopes", [1, 19])
def test_prelu_and_its_gradients(slopes: int, isa: str) -> None:
    generator = np.random.default_rng(slopes)
    x, dy = (generator.standard_normal((700, 19), np.float32) for _ in range(2))
    weight = generator.standard_normal(slopes, np.float32)
    numbers = {"pixels": 700, "c": 19, "slopes": slopes}
    door, slope = (torch.from_numpy(a.astype(np.float64)).requires_grad_() for a in (x, weight))
    F.prelu(door, slope).backward(torch.from_numpy(dy.astype(np.float64)))
    assert door.grad is not None
    assert slope.grad is not None
    y = run("prelu_forward", isa, numbers, 3, x=x, weight=weight)["y"]
    np.testing.assert_array_equal(y.reshape(x.shape), np.where(x > 0, x, x * weight))
    made = run("prelu_backward", isa, numbers, 3, dy=dy, x=x, weight=weight)
    np.testing.assert_allclose(made["dx"].reshape(x.shape), door.grad.numpy(), rtol=1e-6)
    np.testing.assert_allclose(made["dweight"], slope.grad.numpy(), rtol=0, atol=1e-3)


@pytest.mark.parametrize("isa", ISAS)
def test_log_softmax_and_its_gradient(isa: str) -> None:
    generator = np.random.default_rng(3)
    x, dy = (generator.normal(0, 9, (31, 45)).astype(np.float32) for _ in range(2))
    door = torch.from_numpy(x.astype(np.float64)).requires_grad_()
    exact = F.log_softmax(door, 1)
    exact.backward(torch.from_numpy(dy.astype(np.float64)))
    assert door.grad is not None
    y = run("log_softmax_forward", isa, {"rows": 31, "cols": 45}, x=x)["y"]
    np.testing.assert_allclose(y.reshape(x.shape), exact.detach().numpy(), rtol=1e-6, atol=4e-6)
    dx = run("log_softmax_backward", isa, {"rows": 31, "cols": 45}, dy=dy, y=y)["dx"]
    np.testing.assert_allclose(dx.reshape(x.shape), door.grad.numpy(), rtol=0, atol=2e-4)
