"""Metrics by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from simplecell.errors import DataError
from simplecell.objectives import METRICS
from simplecell.objectives.metrics import (
    Accuracy,
    accuracy,
    confusion_matrix,
    per_class,
    regression_errors,
    top_k_accuracy,
)


def test_accuracy_by_hand() -> None:
    scores = np.array([[0.1, 0.9], [0.5, 0.5], [3.0, 2.0], [-2.0, -1.0]])
    assert Accuracy().value(scores, np.array([1, 0, 1, 1])) == 0.75
    assert Accuracy().right(scores, np.array([1, 1, 1, 1])) == 2  # of equal scores the first wins
    with pytest.raises(DataError, match="got 2 at image 3"):
        Accuracy().value(scores, np.array([0, 0, 0, 2]))
    with pytest.raises(DataError, match=r"\(0, 2\)"):
        Accuracy().value(scores[:0], np.array([], int))


def test_the_confusion_matrix_counts_pairs() -> None:
    rng = np.random.default_rng(5)
    targets, scores = rng.integers(0, 4, 300), rng.integers(0, 3, (300, 5)).astype(float)
    predicted = [row.index(max(row)) for row in scores.tolist()]
    counts = confusion_matrix(scores, targets)
    assert (counts.shape, counts.sum()) == ((5, 5), 300)
    for t in range(5):
        for p in range(5):
            assert counts[t, p] == sum(1 for a, b in zip(targets, predicted, strict=True) if (a, b) == (t, p))
    assert np.trace(counts) / 300 == accuracy(scores, targets)
    with pytest.raises(DataError, match="5 classes, got 9 at image 1"):
        confusion_matrix(scores[:2], np.array([0, 9]))


def test_regression_errors_by_hand() -> None:
    scores, targets = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [6.0, 8.0]])
    assert METRICS["mean_absolute_error"]().value(scores, targets) == (0 + 2 + 3 + 4) / 4
    assert METRICS["root_mean_squared_error"]().value(scores, targets) == math.sqrt((4 + 9 + 16) / 4)
    assert regression_errors(scores, targets) == {
        "mean_absolute_error": 2.25, "root_mean_squared_error": math.sqrt(29 / 4)
    }  # fmt: skip
    for kind in ("mean_absolute_error", "root_mean_squared_error"):
        with pytest.raises(DataError, match=rf"{kind} needs .*\(2, 2\) and \(4,\)"):
            METRICS[kind]().value(scores, targets.ravel())


def test_top_k_is_torchs() -> None:
    generator = np.random.default_rng(4)
    scores, targets = generator.standard_normal((300, 9)), generator.integers(0, 9, 300)
    for k in (1, 2, 5, 9):
        highest = torch.topk(torch.from_numpy(scores), k).indices.numpy()
        assert top_k_accuracy(scores, targets, k) == (highest == targets[:, None]).any(1).mean()
    spoilt = scores.copy()
    spoilt[:, 3] = np.nan
    assert top_k_accuracy(spoilt, np.zeros(300, int), 1) == 0
    for k in (0, 10):
        with pytest.raises(DataError, match="k must be from 1 to the 9 classes"):
            top_k_accuracy(scores, targets, k)


def test_precision_recall_and_f1_are_their_definitions() -> None:
    """Counted image by image; a class that is never taken, and one without images, give 0."""
    generator = np.random.default_rng(5)
    targets, taken = generator.integers(0, 4, 200), generator.integers(0, 3, 200)
    matrix = confusion_matrix(np.eye(5)[taken], targets)
    found = per_class(matrix)
    for c in range(5):
        right = int(((taken == c) & (targets == c)).sum())
        precision = right / (taken == c).sum() if (taken == c).any() else 0.0
        recall = right / (targets == c).sum() if (targets == c).any() else 0.0
        assert found.precision[c] == pytest.approx(precision)
        assert found.recall[c] == pytest.approx(recall)
        assert found.f1[c] == pytest.approx(2 * precision * recall / (precision + recall) if right else 0.0)
    assert found.images.tolist() == np.bincount(targets, minlength=5).tolist()
    with pytest.raises(DataError, match="confusion matrix"):
        per_class(np.zeros((2, 3)))
