"""Metrics by hand, against PyTorch and against what scikit-learn said."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from objectives import scikit_learn
from simplecell.errors import ArgumentError, DataError
from simplecell.objectives import LOSSES, METRICS, TopKAccuracy, choose_metric, confusion_matrix, per_class
from simplecell.objectives.metrics import Accuracy


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
    assert np.trace(counts) / 300 == Accuracy().value(scores, targets)
    with pytest.raises(DataError, match="5 classes, got 9 at image 1"):
        confusion_matrix(scores[:2], np.array([0, 9]))


def test_regression_errors_by_hand() -> None:
    scores, targets = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [6.0, 8.0]])
    assert METRICS["mean_absolute_error"]().value(scores, targets) == (0 + 2 + 3 + 4) / 4
    assert METRICS["root_mean_squared_error"]().value(scores, targets) == math.sqrt((4 + 9 + 16) / 4)
    for kind in ("mean_absolute_error", "root_mean_squared_error"):
        with pytest.raises(DataError, match=rf"{kind} needs .*\(2, 2\) and \(4,\)"):
            METRICS[kind]().value(scores, targets.ravel())


def test_top_k_is_torchs() -> None:
    generator = np.random.default_rng(4)
    scores, targets = generator.standard_normal((300, 9)), generator.integers(0, 9, 300)
    for k in (1, 2, 5, 9):
        highest = torch.topk(torch.from_numpy(scores), k).indices.numpy()
        assert TopKAccuracy(k).value(scores, targets) == (highest == targets[:, None]).any(1).mean()
    spoilt = scores.copy()
    spoilt[:, 3] = np.nan
    assert TopKAccuracy(1).value(spoilt, np.zeros(300, int)) == 0
    with pytest.raises(DataError, match="k must be at most the 9 classes, got 10"):
        TopKAccuracy(10).value(scores, targets)
    with pytest.raises(ArgumentError, match="k must be"):
        TopKAccuracy(0)


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


def test_losses_and_metrics_are_scikit_learns() -> None:
    """On random scores of six classes, one without images and another that is never taken, and on random values."""
    said = json.loads(scikit_learn.FILE.read_text())
    scores, targets, values, true = scikit_learn.drawn()
    matrix = confusion_matrix(scores, targets)
    assert matrix.tolist() == said["confusion"]
    of_each = per_class(matrix)
    for name in ("precision", "recall", "f1", "images"):
        np.testing.assert_allclose(getattr(of_each, name), said[name], rtol=1e-12, err_msg=name)
    for name in ("accuracy", "macro_precision", "macro_recall", "macro_f1"):
        assert choose_metric(name).value(scores, targets) == pytest.approx(said[name], rel=1e-12), name
    found = [TopKAccuracy(k).value(scores, targets) for k in (1, 2, 4)]
    assert found == pytest.approx(said["top_k_accuracy"], rel=1e-12)
    for name in ("mean_absolute_error", "root_mean_squared_error"):
        assert choose_metric(name).value(values, true) == pytest.approx(said[name], rel=1e-12), name
    answers = (true > 0).astype(float)
    assert choose_metric("binary_accuracy").value(values, answers) == said["binary_accuracy"]
    assert LOSSES["cross_entropy"]().value(scores, targets) == pytest.approx(said["cross_entropy"], rel=1e-12)
    assert LOSSES["binary_cross_entropy"]().value(values, answers) == pytest.approx(
        said["binary_cross_entropy"], rel=1e-12
    )
    assert LOSSES["mse"]().value(values, true) == pytest.approx(said["mse"], rel=1e-12)
