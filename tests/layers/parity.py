"""Comparing a layer with PyTorch in float64: values and all gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import tolerances
from simplecell.errors import ShapeError
from simplecell.layers.base import EVALUATION, Layer, Site

Reference = Callable[..., torch.Tensor]
BLOCKS = range(10)
PER_BLOCK = 40


def generator(kind: str, block: int) -> np.random.Generator:
    return np.random.default_rng([sum(map(ord, kind)), block])


def sizes(rng: np.random.Generator, most: int, least: int = 1, count: int = 2) -> tuple[int, ...]:
    return tuple(int(rng.integers(least, most + 1)) for _ in range(count))


def compare(
    layer: Layer, site: Site, xs: list[np.ndarray], weights: dict[str, np.ndarray], reference: Reference, terms: int
) -> None:
    """Values and gradients of a layer that is linear in inputs and weights: bound by the sums of magnitudes."""
    y, saved = layer.forward(site, xs, weights, EVALUATION)
    dy = np.random.default_rng(y.size).standard_normal(y.shape)
    dxs, dws = layer.backward(site, dy, saved, xs, weights)
    tensors = [torch.from_numpy(a).requires_grad_() for a in (*xs, *weights.values())]
    expected = reference(*tensors)
    expected.backward(torch.from_numpy(dy))
    large = [np.abs(x) for x in xs], {k: np.abs(w) for k, w in weights.items()}
    ylarge, kept = layer.forward(site, *large, EVALUATION)
    dxlarge, dwlarge = layer.backward(site, np.abs(dy), kept, *large)
    close(y, expected.detach().numpy(), ylarge, terms)
    pairs = [*zip(dxs, dxlarge, strict=True), *((dws[k], dwlarge[k]) for k in weights)]
    for tensor, (da, magnitude) in zip(tensors, pairs, strict=True):
        assert tensor.grad is not None
        close(da, tensor.grad.numpy(), magnitude, terms * y.size)


def close(ours: np.ndarray, theirs: np.ndarray, magnitude: np.ndarray, terms: int) -> None:
    assert ours.shape == theirs.shape
    excess = np.abs(ours - theirs) - tolerances.two_sums(np.float64, terms) * np.abs(magnitude)
    assert excess.size == 0 or excess.max() <= 0, f"off by {excess.max()} beyond the bound"


def settled(layer: Layer, reference: Callable[[], Any], *shapes: tuple[int, ...]) -> Site | None:
    """The site, or None where the window does not fit: PyTorch must refuse it too."""
    try:
        return layer.site(*shapes)
    except ShapeError:
        with pytest.raises(RuntimeError):
            reference()
        return None
