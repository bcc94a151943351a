"""The activations against PyTorch in float64: values and all gradients, over random configurations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from layers.parity import BLOCKS, PER_BLOCK, generator, sizes
from simplecell.layers import (
    CELU,
    ELU,
    GELU,
    SELU,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from simplecell.layers.base import EVALUATION, Layer

Function = Callable[[torch.Tensor], torch.Tensor]
Drawn = tuple[Layer, Function]


def parameter(rng: np.random.Generator) -> float:
    return float(rng.choice([0.01, 0.3, 1.0, 2.5]))


def with_slope(rng: np.random.Generator) -> Drawn:
    slope = parameter(rng) * float(rng.choice([1, -1]))
    return LeakyReLU(slope), lambda x: F.leaky_relu(x, slope)


def with_alpha(kind: Any, function: Callable[..., torch.Tensor]) -> Callable[[np.random.Generator], Drawn]:
    def draw(rng: np.random.Generator) -> Drawn:
        alpha = parameter(rng)
        return kind(alpha), lambda x: function(x, alpha)

    return draw


def softplus(rng: np.random.Generator) -> Drawn:
    beta, threshold = parameter(rng), float(rng.choice([1.0, 20.0]))
    return Softplus(beta, threshold=threshold), lambda x: F.softplus(x, beta, threshold)


def gelu(rng: np.random.Generator) -> Drawn:
    form = str(rng.choice(["none", "tanh"]))
    return GELU(form), lambda x: F.gelu(x, approximate=form)


DRAW: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "ReLU6": lambda _: (ReLU6(), F.relu6),
    "LeakyReLU": with_slope,
    "ELU": with_alpha(ELU, F.elu),
    "SELU": lambda _: (SELU(), F.selu),
    "CELU": with_alpha(CELU, F.celu),
    "Sigmoid": lambda _: (Sigmoid(), torch.sigmoid),
    "HardSigmoid": lambda _: (HardSigmoid(), F.hardsigmoid),
    "HardSwish": lambda _: (HardSwish(), F.hardswish),
    "Tanh": lambda _: (Tanh(), torch.tanh),
    "GELU": gelu,
    "SiLU": lambda _: (SiLU(), F.silu),
    "Mish": lambda _: (Mish(), F.mish),
    "Softplus": softplus,
    "LogSoftmax": lambda _: (LogSoftmax(), lambda x: F.log_softmax(x, 1)),
}


def shape_of(rng: np.random.Generator) -> tuple[int, ...]:
    """Plain features, a signal, an image or a volume."""
    return (int(rng.integers(1, 9)), *sizes(rng, 5, count=int(rng.integers(0, 4))))


def spread(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers of all sizes, and the places where the functions have their kinks."""
    x = rng.standard_normal(shape) * rng.choice([0.1, 1.0, 5.0, 30.0, 300.0])
    return np.where(rng.random(shape) < 0.2, rng.choice([-6.0, -3.0, -0.0, 0.0, 3.0, 6.0], shape), x)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("kind", DRAW)
def test_values_and_gradients(kind: str, block: int) -> None:
    rng = generator(kind, block)
    for _ in range(PER_BLOCK):
        layer, function = DRAW[kind](rng)
        shape = shape_of(rng)
        site, x = layer.site(shape), spread(rng, 3, *shape)
        y, saved = layer.forward(site, [x], {}, EVALUATION)
        dy = rng.standard_normal(y.shape)
        tensor = torch.from_numpy(x).requires_grad_()
        expected = function(tensor)
        expected.backward(torch.from_numpy(dy))
        assert tensor.grad is not None
        # PyTorch takes 1 + erf and 1 - y*y: it loses digits, relative to 1, where these are near 0
        near = tolerances.elementary(np.float64, 16 + shape[0])
        size = 1 + np.abs(x) * (1 if kind != "LogSoftmax" else shape[0])
        assert (np.abs(y - expected.detach().numpy()) <= near * (size + np.abs(y))).all()
        if kind in ("HardSigmoid", "CELU"):  # PyTorch's gradients take 1/6 and 1/alpha in float32
            near = tolerances.eps(np.float32)
        dx = layer.backward(site, dy, saved, [x], {})[0][0]
        assert (np.abs(dx - tensor.grad.numpy()) <= near * size * np.abs(dy).max()).all()


@pytest.mark.parametrize("block", BLOCKS)
def test_prelu(block: int) -> None:
    rng = generator("PReLU", block)
    for _ in range(PER_BLOCK):
        shape = shape_of(rng)
        layer = PReLU(int(rng.choice([1, shape[0]])))
        site, x, w = layer.site(shape), spread(rng, 3, *shape), rng.standard_normal(layer.num_parameters)
        y, saved = layer.forward(site, [x], {"weight": w}, EVALUATION)
        dy = rng.standard_normal(y.shape)
        tensors = torch.from_numpy(x).requires_grad_(), torch.from_numpy(w).requires_grad_()
        expected = F.prelu(*tensors)
        expected.backward(torch.from_numpy(dy))
        (dx,), dws = layer.backward(site, dy, saved, [x], {"weight": w})
        np.testing.assert_array_equal(y, expected.detach().numpy())
        assert tensors[0].grad is not None
        assert tensors[1].grad is not None
        np.testing.assert_array_equal(dx, tensors[0].grad.numpy())
        bound = tolerances.two_sums(np.float64, x.size) * np.abs(dy * x).sum()
        np.testing.assert_allclose(dws["weight"], tensors[1].grad.numpy(), rtol=0, atol=bound, strict=True)


@pytest.mark.parametrize("kind", [k for k in DRAW if k != "LogSoftmax"])
def test_infinities_and_nan(kind: str) -> None:
    layer, function = DRAW[kind](generator(kind, 0))
    x = np.array([[-np.inf, np.inf, np.nan, -1e300, 1e300, -800.0, 800.0]])
    y, _ = layer.forward(layer.site((7,)), [x], {}, EVALUATION)
    theirs = function(torch.from_numpy(x)).numpy()
    if kind == "HardSwish":
        theirs = np.where(x > 6, x, theirs)
    np.testing.assert_allclose(y, theirs, rtol=1e-12)


def test_gradients_far_out_are_finite() -> None:
    """Far out every activation is a straight line: PyTorch gives NaN for some of these."""
    x = np.array([[-1e300, -1e30, -800.0, 800.0, 1e30, 1e300]])
    for draw in DRAW.values():
        layer, _ = draw(generator("far", 1))
        site = layer.site((6,))
        y, saved = layer.forward(site, [x], {}, EVALUATION)
        assert np.isfinite(layer.backward(site, np.ones_like(y), saved, [x], {})[0][0]).all(), layer.kind


def test_small_results_keep_their_digits() -> None:
    """Against the series: erfc(z) ~ exp(-z*z) / (z*sqrt(pi)) * (1 - 1/(2zz) + 3/(2zz)**2 - ...), log(1 + e) ~ e."""
    x = np.array([[-20.0]])

    def value(layer: Layer) -> float:
        return float(layer.forward(layer.site((1,)), [x], {}, EVALUATION)[0][0, 0])

    zz = 20.0**2
    series = 1 - 1 / zz + 3 / zz**2 - 15 / zz**3 + 105 / zz**4 - 945 / zz**5
    assert value(GELU()) == pytest.approx(-math.exp(-zz / 2) / math.sqrt(2 * math.pi) * series, rel=1e-9, abs=0)
    e = math.exp(-20)
    assert value(Softplus()) == pytest.approx(e - e * e / 2, rel=1e-14, abs=0)
    assert value(Sigmoid()) == pytest.approx(e - e * e, rel=1e-14, abs=0)
    assert value(Mish()) == pytest.approx(-20 * (e - e * e / 2), rel=1e-14, abs=0)
    sigmoid = Sigmoid()
    slope = sigmoid.backward(sigmoid.site((1,)), np.ones((1, 1)), None, [-x], {})[0][0]
    assert float(slope[0, 0]) == pytest.approx(e - 2 * e * e, rel=1e-14, abs=0)
