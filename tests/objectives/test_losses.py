"""Losses against PyTorch and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from simplecell.errors import DataError
from simplecell.objectives import CrossEntropy, MeanSquaredError, choose_loss


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_cross_entropy_is_pytorchs(scale: float, dtype: Any) -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        n, k = int(rng.integers(1, 40)), int(rng.integers(1, 130))
        scores, targets = (rng.standard_normal((n, k)) * scale).astype(dtype), rng.integers(0, k, n)
        tensor = torch.from_numpy(scores).requires_grad_()
        loss = F.cross_entropy(tensor, torch.from_numpy(targets))
        loss.backward()
        assert tensor.grad is not None
        loss_exact = float(F.cross_entropy(tensor.detach().double(), torch.from_numpy(targets)))
        near = tolerances.elementary(dtype, k + 2)
        assert CrossEntropy().value(scores, targets) == pytest.approx(loss_exact, rel=near, abs=near)
        gradient = CrossEntropy().gradient(scores, targets)
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=near, atol=near / n, strict=True)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_mean_squared_error_is_pytorchs(dtype: Any) -> None:
    rng = np.random.default_rng(2)
    for _ in range(100):
        shape = tuple(rng.integers(1, 6, int(rng.integers(1, 5))).tolist())
        scores, targets = rng.standard_normal(shape).astype(dtype), rng.standard_normal(shape).astype(dtype)
        tensor = torch.from_numpy(scores).requires_grad_()
        loss = F.mse_loss(tensor, torch.from_numpy(targets))
        loss.backward()
        assert tensor.grad is not None
        near = tolerances.direct_sum(dtype, scores.size) + tolerances.elementary(dtype, 2)
        assert MeanSquaredError().value(scores, targets) == pytest.approx(loss.item(), rel=near)
        gradient = MeanSquaredError().gradient(scores, targets)
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=near, strict=True)


@pytest.mark.parametrize("loss", [CrossEntropy(), MeanSquaredError()])
def test_gradients_are_slopes(loss: Any) -> None:
    rng = np.random.default_rng(3)
    scores = rng.standard_normal((4, 5))
    targets = rng.integers(0, 5, 4) if loss.kind == "cross_entropy" else rng.standard_normal((4, 5))
    slope, step = np.empty_like(scores), tolerances.GRADCHECK_STEP
    for place in np.ndindex(scores.shape):
        move = np.zeros_like(scores)
        move[place] = step
        slope[place] = (loss.value(scores + move, targets) - loss.value(scores - move, targets)) / (2 * step)
    np.testing.assert_allclose(
        loss.gradient(scores, targets), slope,
        rtol=tolerances.GRADCHECK_RELATIVE, atol=tolerances.GRADCHECK_ABSOLUTE,
    )  # fmt: skip


def test_by_hand() -> None:
    """Equal scores: every class has probability 1/4, the loss is log 4, whatever is right."""
    even = np.zeros((3, 4))
    assert CrossEntropy().value(even, np.array([0, 1, 3])) == pytest.approx(np.log(4), rel=tolerances.TERMS)
    assert MeanSquaredError().value(np.array([1.0, 2.0]), np.array([4.0, 2.0])) == 4.5


def test_nan_and_infinity_come_out() -> None:
    scores = np.array([[0.0, np.nan], [1.0, 0.0]])
    assert np.isnan(CrossEntropy().value(scores, np.array([0, 0])))
    assert np.isnan(CrossEntropy().gradient(scores, np.array([0, 0]))[0]).all()
    assert np.isnan(CrossEntropy().value(np.array([[np.inf, 0.0]]), np.array([1])))
    assert CrossEntropy().value(np.array([[-np.inf, 0.0]]), np.array([0])) == np.inf
    assert np.isnan(MeanSquaredError().value(scores, scores * 0 + 1))


BAD: list[tuple[Any, Any, Any, list[str]]] = [
    (CrossEntropy(), np.zeros((3, 4)), np.array([0, 4, 7]), ["0 .. 3", "4 classes", "got 4 at image 1", "2 of 3"]),
    (CrossEntropy(), np.zeros((2, 4)), np.array([0, -1]), ["got -1 at image 1"]),
    (CrossEntropy(), np.zeros((2, 4)), np.array([0.0, 1.0]), ["whole numbers", "float64"]),
    (CrossEntropy(), np.zeros((2, 4)), np.array([True, False]), ["whole numbers", "bool"]),
    (CrossEntropy(), np.zeros((2, 4)), np.array([0, 1, 2]), ["2 images", "(2,)", "got (3,)"]),
    (CrossEntropy(), np.zeros((2, 4)), np.eye(4, dtype=int)[:2], ["(2,)", "got (2, 4)"]),
    (CrossEntropy(), np.zeros((2, 4, 1)), np.array([0, 1]), ["(images, classes)", "(2, 4, 1)"]),
    (CrossEntropy(), np.zeros((0, 4)), np.zeros(0, int), ["at least 1 x 1", "(0, 4)"]),
    (MeanSquaredError(), np.zeros((2, 1)), np.zeros(2), ["one shape", "(2, 1)", "(2,)"]),
    (MeanSquaredError(), np.zeros((0, 1)), np.zeros((0, 1)), ["at least one value", "(0, 1)"]),
]


@pytest.mark.parametrize(("loss", "scores", "targets", "says"), BAD)
def test_bad_targets_are_refused_with_the_numbers(loss: Any, scores: Any, targets: Any, says: list[str]) -> None:
    for ask in (loss.value, loss.gradient):
        with pytest.raises(DataError) as caught:
            ask(scores, targets)
        assert [part for part in says if part not in str(caught.value)] == []


def test_strings_choose() -> None:
    assert choose_loss("cross_entropy") == CrossEntropy()
    assert choose_loss("mse") == MeanSquaredError()
    assert choose_loss(CrossEntropy()) == CrossEntropy()
