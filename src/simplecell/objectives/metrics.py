"""Metrics: what is reported about a network's scores beside the loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simplecell.errors import DataError
from simplecell.geometry import whole_number
from simplecell.objectives.losses import check_alike, check_classes
from simplecell.objectives.records import Array, Record, kind_named


@dataclass(frozen=True)
class Metric(Record):
    """Base of the metrics. `label` is what its value is called in results."""

    @property
    def label(self) -> str:
        return self.kind

    def value(self, scores: Array, targets: Array) -> float:
        """The metric over all of the scores, in float64."""
        raise NotImplementedError

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        """Key of the catalogue's sentence about the metric, and the numbers in it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Accuracy(Metric):
    """The share of images whose highest score belongs to the right class.

    A = mean over n of [argmax over k of s[n, k] = t[n]]

    Shapes: scores (n, classes), targets (n,).
    Rules: the first of equal scores wins; a NaN counts as the highest, as in NumPy.
    Raises: DataError for an empty batch, or a target that is no class.

    >>> import numpy as np
    >>> Accuracy().value(np.array([[1., 2.], [3., 3.]]), np.array([1, 1]))
    0.5
    """

    kind: ClassVar[str] = "accuracy"
    formula: ClassVar[str] = "A = mean [argmax s[k] = t]"

    def value(self, scores: Array, targets: Array) -> float:
        return self.right(scores, targets) / len(scores)

    def right(self, scores: Array, targets: Array) -> int:
        """The number of images classified rightly."""
        return int(np.count_nonzero(classes_taken(scores, targets) == targets))

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.metric.accuracy", {
            "right": self.right(scores, targets), "images": len(scores), "value": self.value(scores, targets),
        }  # fmt: skip


def classes_taken(scores: Array, targets: Array) -> Array:
    """The class with the highest score of each image (n,); DataError where scores and targets do not go together."""
    if scores.ndim != 2 or not scores.size:
        raise DataError(f"needs scores (images, classes), at least 1 x 1, got {scores.shape}")
    check_classes(targets, len(scores), scores.shape[1])
    return scores.argmax(axis=1)


@dataclass(frozen=True)
class BinaryAccuracy(Metric):
    """The share of values whose score has the sign of its answer: above 0 for yes, not above for no.

    A = mean over all of [(s > 0) = (t > 1/2)]

    Shapes: scores, before any sigmoid, and targets of one shape.
    Raises: DataError for an empty batch or shapes that differ.

    >>> import numpy as np
    >>> BinaryAccuracy().value(np.array([[1., -2.]]), np.array([[1., 1.]]))
    0.5
    """

    kind: ClassVar[str] = "binary_accuracy"
    formula: ClassVar[str] = "A = mean [(s > 0) = (t > 1/2)]"

    def value(self, scores: Array, targets: Array) -> float:
        check_alike(scores, targets, self.kind)
        return float(np.mean((scores > 0) == (targets > 0.5)))

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.metric.binary_accuracy", {"values": scores.size, "value": self.value(scores, targets)}


@dataclass(frozen=True)
class MeanAbsoluteError(Metric):
    """The distance between score and target, mean over all values.

    E = mean over all of |s - t|

    Raises: DataError for an empty batch or shapes that differ.

    >>> import numpy as np
    >>> MeanAbsoluteError().value(np.array([[1., 2.]]), np.array([[1., 4.]]))
    1.0
    """

    kind: ClassVar[str] = "mean_absolute_error"
    formula: ClassVar[str] = "E = mean |s - t|"

    def value(self, scores: Array, targets: Array) -> float:
        check_alike(scores, targets, self.kind)
        return float(np.mean(np.abs(scores.astype(np.float64) - targets.astype(np.float64))))

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.metric.mean_absolute_error", {"value": self.value(scores, targets)}


@dataclass(frozen=True)
class RootMeanSquaredError(Metric):
    """The square root of the mean squared difference between score and target; in the unit of the target.

    E = sqrt(mean over all of (s - t)^2)

    Raises: DataError for an empty batch or shapes that differ.

    >>> import numpy as np
    >>> RootMeanSquaredError().value(np.array([[1., 2.]]), np.array([[4., 6.]])) == 12.5 ** 0.5
    True
    """

    kind: ClassVar[str] = "root_mean_squared_error"
    formula: ClassVar[str] = "E = sqrt(mean (s - t)^2)"

    def value(self, scores: Array, targets: Array) -> float:
        check_alike(scores, targets, self.kind)
        return float(np.sqrt(np.mean(np.square(scores.astype(np.float64) - targets.astype(np.float64)))))

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.metric.root_mean_squared_error", {"value": self.value(scores, targets)}


def confusion_matrix(scores: Array, targets: Array) -> Array:
    """How often each class (row) was taken for each class (column): int64 (classes, classes).

    Rules: the class taken is the one with the highest score, the first of equals, as in `Accuracy`.
    Raises: DataError for an empty batch, or a target that is no class.

    >>> import numpy as np
    >>> confusion_matrix(np.array([[3., 0.], [2., 1.], [0., 1.]]), np.array([0, 1, 1]))
    array([[1, 0],
           [1, 1]])
    """
    taken, classes = classes_taken(scores, targets), scores.shape[1]
    return np.bincount(targets.astype(np.int64) * classes + taken, minlength=classes**2).reshape(classes, classes)


@dataclass(frozen=True)
class PerClass:
    """Precision, recall and F1 of each class, and how many images it has: arrays (classes,)."""

    precision: Array
    recall: Array
    f1: Array
    images: Array


def per_class(matrix: Array) -> PerClass:
    """How far each class can be relied on, from a confusion matrix (row = the true class).

    precision = right / all taken for the class;  recall = right / all of the class;  F1 = 2pr / (p + r)

    Rules: where nothing was taken for a class, or it has no images, the share is 0, as in scikit-learn.
    Raises: DataError unless the matrix is square.

    >>> import numpy as np
    >>> found = per_class(np.array([[3, 1], [0, 4]]))
    >>> found.precision, found.recall, found.images
    (array([1. , 0.8]), array([0.75, 1.  ]), array([4, 4]))
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise DataError(f"needs a confusion matrix (classes, classes), got {matrix.shape}")
    right, taken, images = np.diagonal(matrix), matrix.sum(0), matrix.sum(1)
    precision, recall = right / np.maximum(taken, 1), right / np.maximum(images, 1)
    f1 = 2 * right / np.maximum(taken + images, 1)
    return PerClass(precision, recall, f1, images)


@dataclass(frozen=True)
class TopKAccuracy(Metric):
    """The share of images whose right class is among the k highest scores.

    A = mean over n of [number of classes with s[n, j] > s[n, t[n]] is below k]

    Shapes: scores (n, classes), targets (n,).
    Rules: a class counts as among the k highest when fewer than k are higher; a NaN in an image makes it wrong.
    Raises: DataError as `Accuracy`, or if there are fewer than k classes; ArgumentError if k is below 1.

    >>> import numpy as np
    >>> TopKAccuracy(2).value(np.array([[3., 2., 1.], [3., 2., 1.]]), np.array([1, 2]))
    0.5
    """

    kind: ClassVar[str] = "top_k_accuracy"
    formula: ClassVar[str] = "A = mean [number of s[j] > s[t] is below k]"

    k: int = 5

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", whole_number(self.k, "k", 1))

    @property
    def label(self) -> str:
        return f"top_{self.k}_accuracy"

    def value(self, scores: Array, targets: Array) -> float:
        return self.right(scores, targets) / len(scores)

    def right(self, scores: Array, targets: Array) -> int:
        """The number of images whose class is among the k highest."""
        classes_taken(scores, targets)
        if self.k > scores.shape[1]:
            raise DataError(f"k must be at most the {scores.shape[1]} classes, got {self.k}")
        own = scores[np.arange(len(scores)), targets.astype(np.int64)]
        higher = (~(scores <= own[:, None])).sum(1)
        return int(np.count_nonzero(higher < self.k))

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.metric.top_k_accuracy", {
            "right": self.right(scores, targets), "images": len(scores), "k": self.k,
            "value": self.value(scores, targets),
        }  # fmt: skip


class _Macro(Metric):
    """The mean over the classes of one of their shares (`PerClass`)."""

    share: ClassVar[str]
    said: ClassVar[str]

    def value(self, scores: Array, targets: Array) -> float:
        return float(getattr(per_class(confusion_matrix(scores, targets)), self.share).mean())

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return self.said, {"classes": scores.shape[1], "value": self.value(scores, targets)}


@dataclass(frozen=True)
class MacroPrecision(_Macro):
    """The precision of each class (`per_class`), mean over the classes, each counting alike.

    P = mean over c of right[c] / taken[c]

    Rules, shapes and errors: as `per_class` and `confusion_matrix`; as scikit-learn's average="macro" over all classes.

    >>> import numpy as np
    >>> MacroPrecision().value(np.eye(2)[[0, 0, 1]], np.array([0, 1, 1]))
    0.75
    """

    kind: ClassVar[str] = "macro_precision"
    formula: ClassVar[str] = "P = mean over c of right[c] / taken[c]"
    share: ClassVar[str] = "precision"
    said: ClassVar[str] = "layers.metric.macro_precision"


@dataclass(frozen=True)
class MacroRecall(_Macro):
    """The recall of each class (`per_class`), mean over the classes, each counting alike.

    R = mean over c of right[c] / images[c]

    Rules, shapes and errors: as `MacroPrecision`.

    >>> import numpy as np
    >>> MacroRecall().value(np.eye(2)[[0, 0, 1]], np.array([0, 1, 1]))
    0.75
    """

    kind: ClassVar[str] = "macro_recall"
    formula: ClassVar[str] = "R = mean over c of right[c] / images[c]"
    share: ClassVar[str] = "recall"
    said: ClassVar[str] = "layers.metric.macro_recall"


@dataclass(frozen=True)
class MacroF1(_Macro):
    """The F1 of each class (`per_class`), mean over the classes, each counting alike.

    F1 = mean over c of 2*right[c] / (taken[c] + images[c])

    Rules, shapes and errors: as `MacroPrecision`.

    >>> import numpy as np
    >>> round(MacroF1().value(np.eye(2)[[0, 0, 1]], np.array([0, 1, 1])), 4)
    0.6667
    """

    kind: ClassVar[str] = "macro_f1"
    formula: ClassVar[str] = "F1 = mean over c of 2*right[c] / (taken[c] + images[c])"
    share: ClassVar[str] = "f1"
    said: ClassVar[str] = "layers.metric.macro_f1"


METRICS: dict[str, type[Metric]] = {
    m.kind: m
    for m in (
        Accuracy, TopKAccuracy, MacroPrecision, MacroRecall, MacroF1, BinaryAccuracy, MeanAbsoluteError,
        RootMeanSquaredError,
    )
}  # fmt: skip
"""Every metric by name; a loss names those that are reported beside it."""

for _kind in METRICS.values():
    _kind.EXAMPLES = (_kind(),)
TopKAccuracy.EXAMPLES = (TopKAccuracy(1), TopKAccuracy(2))


def choose_metric(given: Metric | str) -> Metric:
    """A metric by name or as it is. ArgumentError with the known names for anything else."""
    return given if isinstance(given, Metric) else kind_named(METRICS, given, "metric")()
