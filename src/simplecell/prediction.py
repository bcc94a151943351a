"""What a network says about one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simplecell.layers.base import Array


@dataclass(frozen=True)
class Prediction:
    """The class scored highest (`index`, and `label` if classes are named), its probability, and all scores as the
    network gave them."""

    index: int
    label: str
    probability: float
    scores: Array
    probabilities: Array


def predictions(scores: Array, classes: Sequence[str], are_probabilities: bool) -> list[Prediction]:
    """One prediction per row of `scores` (n, k); a softmax makes them probabilities unless they are."""
    rows = scores.astype(np.float64)
    if not are_probabilities:
        rows = np.exp(rows - rows.max(1, keepdims=True))
        rows /= rows.sum(1, keepdims=True)
    found: list[Prediction] = []
    for given, row in zip(scores, rows, strict=True):
        best = int(given.argmax())
        label = classes[best] if best < len(classes) else str(best)
        found.append(Prediction(best, label, float(row[best]), given, row))
    return found
