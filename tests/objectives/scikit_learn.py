"""What scikit-learn says about losses and metrics on random data, recorded in scikit_learn.json.

pip install scikit-learn==1.9.1 && python tests/objectives/scikit_learn.py     # writes the file anew
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_suffix(".json")
IMAGES, CLASSES = 400, 6


def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(scores of six classes, of which class 4 has no images and class 5 is never taken, targets, values, the true
    values)."""
    generator = np.random.Generator(np.random.PCG64(20))
    targets = generator.integers(0, CLASSES - 1, IMAGES)
    targets[targets == 4] = 5
    scores = generator.standard_normal((IMAGES, CLASSES)) + 1.5 * np.eye(CLASSES)[targets]
    scores[:, 5] = scores.min(1) - generator.random(IMAGES)
    return scores, targets, generator.standard_normal((50, 3)), generator.standard_normal((50, 3))


def said() -> dict[str, Any]:
    """Asked of scikit-learn."""
    from sklearn import __version__, metrics

    scores, targets, values, true = drawn()
    taken, labels = scores.argmax(1), np.arange(CLASSES)
    shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    each = metrics.precision_recall_fscore_support(targets, taken, labels=labels, zero_division=0)
    macro = metrics.precision_recall_fscore_support(targets, taken, labels=labels, zero_division=0, average="macro")
    yes, answers = 1 / (1 + np.exp(-values)), true > 0
    return {
        "version": __version__,
        "accuracy": metrics.accuracy_score(targets, taken),
        "top_k_accuracy": [metrics.top_k_accuracy_score(targets, scores, k=k, labels=labels) for k in (1, 2, 4)],
        "confusion": metrics.confusion_matrix(targets, taken, labels=labels).tolist(),
        **dict(zip(("precision", "recall", "f1", "images"), (part.tolist() for part in each), strict=True)),
        **dict(zip(("macro_precision", "macro_recall", "macro_f1"), macro[:3], strict=True)),
        "cross_entropy": metrics.log_loss(targets, shares, labels=labels),
        "binary_cross_entropy": metrics.log_loss(answers.ravel(), yes.ravel()),
        "binary_accuracy": metrics.accuracy_score(answers.ravel(), yes.ravel() > 0.5),
        "mse": metrics.mean_squared_error(true, values),
        "mean_absolute_error": metrics.mean_absolute_error(true, values),
        "root_mean_squared_error": metrics.root_mean_squared_error(true.ravel(), values.ravel()),
    }


if __name__ == "__main__":
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in said().items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
