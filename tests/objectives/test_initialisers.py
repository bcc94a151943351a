"""Initialisers against the papers' formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import tolerances
from simplecell.errors import ArgumentError
from simplecell.objectives import fans, initial_weights, initialise

SHAPE = (64, 32, 5, 5)
FAN_IN, FAN_OUT = 32 * 25, 64 * 25


def drawn(name: str, seed: int = 0) -> np.ndarray:
    return initialise(name, SHAPE, FAN_IN, FAN_OUT, np.random.default_rng(seed))


def moments(w: np.ndarray) -> tuple[float, float, float]:
    """Mean, variance and kurtosis."""
    w = w.astype(np.float64).ravel()
    variance = w.var()
    return float(w.mean()), float(variance), float(((w - w.mean()) ** 4).mean() / variance**2)


def test_he_is_normal_with_the_papers_width() -> None:
    """He et al., equation 10: variance 2/fan_in; the variance of a normal's sample variance is 2 variance^2/n."""
    w = drawn("he")
    mean, variance, kurtosis = moments(w)
    wanted, off = 2 / FAN_IN, tolerances.standard_errors(w.size)
    assert (w.shape, w.dtype) == (SHAPE, np.float32)
    assert abs(mean) < off * math.sqrt(wanted)
    assert abs(variance - wanted) < off * math.sqrt(2) * wanted
    assert abs(kurtosis - 3) < off * math.sqrt(24)


def test_xavier_is_uniform_within_the_papers_limits() -> None:
    """Glorot and Bengio, equation 16: +-sqrt(6/(fan_in + fan_out)), so variance 2/(fan_in + fan_out)."""
    w = drawn("xavier")
    mean, variance, kurtosis = moments(w)
    limit, off = math.sqrt(6 / (FAN_IN + FAN_OUT)), tolerances.standard_errors(w.size)
    wanted = 2 / (FAN_IN + FAN_OUT)
    assert np.abs(w).max() <= limit * (1 + tolerances.eps(np.float32))
    assert np.abs(w).max() > limit * (1 - 40 / w.size)
    assert abs(mean) < off * math.sqrt(wanted)
    assert abs(variance - wanted) < off * math.sqrt(0.8) * wanted
    assert abs(kurtosis - 1.8) < off * 2


def test_zeros() -> None:
    np.testing.assert_array_equal(drawn("zeros"), np.zeros(SHAPE, np.float32), strict=True)


@pytest.mark.parametrize("shape", [(16, 3, 5, 5), (10, 400), (8, 1, 3, 3), (4, 2, 1, 7)])
def test_fans_are_pytorchs(shape: tuple[int, ...]) -> None:
    assert fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


SHAPES = {"a.weight": (8, 3, 3, 3), "a.bias": (8,), "b.weight": (10, 72), "b.bias": (10,)}


def test_every_weight_has_its_own_seed() -> None:
    first, again, other = initial_weights(SHAPES), initial_weights(SHAPES, "he", 0), initial_weights(SHAPES, "he", 1)
    changed = initial_weights(SHAPES | {"a.weight": (8, 3, 5, 5)})
    assert list(first) == list(SHAPES)
    for name in SHAPES:
        np.testing.assert_array_equal(first[name], again[name])
        assert first[name].dtype == np.float32
    assert not np.array_equal(first["a.weight"], other["a.weight"])
    np.testing.assert_array_equal(first["b.weight"], changed["b.weight"])
    assert not first["a.bias"].any()
    generator = np.random.Generator(np.random.PCG64([0, 2]))
    np.testing.assert_array_equal(first["b.weight"], initialise("he", (10, 72), 72, 10, generator))


def test_impossible_initialisations() -> None:
    with pytest.raises(ArgumentError, match="unknown initialiser 'hee'; known: he, xavier, zeros"):
        initial_weights({}, "hee")
    with pytest.raises(ArgumentError, match="seed must be at least 0, got -1"):
        initial_weights(SHAPES, seed=-1)
