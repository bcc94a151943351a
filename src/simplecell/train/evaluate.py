"""How good a network is on a data set: over the whole set at once, never averaged over batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from simplecell.data import Dataset, batches
from simplecell.errors import DataError
from simplecell.layers.base import Array
from simplecell.objectives import Loss, Metric, choose_metric, confusion_matrix

Scores = Callable[[Array], Array]
"""A network: images (n, c, h, w) -> scores (n, k)."""


def scores_of(network: Scores, dataset: Dataset, batch: int = 256) -> Array:
    """The scores of every image of the data set, in its order: (n, k).

    Raises: DataError if the network gives another number of scores than the data set has classes.
    """
    scores = np.concatenate([network(images) for images, _ in batches(dataset, batch)])
    classes = len(dataset.classes)
    if classes and scores.shape[1:] != (classes,):
        raise DataError(
            f"{dataset.name}: it has {classes} classes, but the network gives {'x'.join(map(str, scores.shape[1:]))} "
            f"values per image; fix: a last layer Linear({classes})"
        )
    return scores


def evaluate(
    network: Scores, dataset: Dataset, loss: Loss, metrics: Sequence[Metric | str] = (), batch: int = 256
) -> dict[str, float]:
    """Measure the network: {"loss", "accuracy"}, or in place of the accuracy what goes with another loss; and `metrics`
    by label.

    Shapes: the network gives (n, k) for images (n, c, h, w).
    Rules: the loss is computed in float64 from the float32 scores; `batch` bounds the memory and changes nothing else.
    """
    chosen = [choose_metric(metric) for metric in (*loss.metrics, *metrics)]
    scores = scores_of(network, dataset, batch).astype(np.float64)
    found = {"loss": float(loss.value(scores, dataset.targets))}
    return found | {metric.label: metric.value(scores, dataset.targets) for metric in chosen}


def confusion(network: Scores, dataset: Dataset, batch: int = 256) -> Array:
    """Count how often each class was taken for each: row = the true class, column = the class scored highest.

    Shapes: int64 (k, k) for k classes; its sum is the number of images, its diagonal those that are right.
    Raises: DataError if the data set has no classes.
    """
    if not dataset.classes:
        raise DataError(f"{dataset.name}: its targets are values, not classes; it has no confusion matrix")
    return confusion_matrix(scores_of(network, dataset, batch), dataset.targets)
