"""Losses: how far the scores of a batch are from their targets, as one number, and its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simplecell.errors import DataError
from simplecell.objectives.records import Array, Record, kind_named


@dataclass(frozen=True)
class Loss(Record):
    """Base of the losses. `metrics` names the metrics that are reported beside it."""

    metrics: ClassVar[tuple[str, ...]]

    def check(self, scores: Array, targets: Array) -> None:
        """Raise DataError where scores and targets do not go together."""
        raise NotImplementedError

    def value(self, scores: Array, targets: Array) -> float:
        """The loss of a batch, in float64."""
        raise NotImplementedError

    def gradient(self, scores: Array, targets: Array) -> Array:
        """d value / d scores, in the scores' dtype."""
        raise NotImplementedError

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        """Key of the catalogue's sentence about this batch's loss, and the numbers in it."""
        raise NotImplementedError


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """Minus the logarithm of the probability that softmax gives to the right class, mean over the batch.

    L = mean over n of (log sum over k of exp(s[n, k]) - s[n, t[n]]);  dL/ds[n, k] = (softmax(s[n])[k] - [k = t[n]]) / N

    Shapes: scores (n, classes), before any softmax; targets (n,), whole numbers 0 .. classes-1.
    Rules: the largest score is subtracted first, so nothing overflows. NaN propagates.
    Raises: DataError for an empty batch, a wrong rank, or a target that is no class.
    Source: as PyTorch's CrossEntropyLoss.

    >>> import numpy as np
    >>> scores, targets = np.array([[0., np.log(3.)]]), np.array([1])
    >>> round(CrossEntropy().value(scores, targets), 6)  # -log 0.75
    0.287682
    >>> CrossEntropy().gradient(scores, targets)
    array([[ 0.25, -0.25]])
    """

    kind: ClassVar[str] = "cross_entropy"
    formula: ClassVar[str] = "L = mean (log sum exp(s[k]) - s[t])"
    metrics: ClassVar[tuple[str, ...]] = ("accuracy",)

    def check(self, scores: Array, targets: Array) -> None:
        if scores.ndim != 2 or not scores.size:
            raise DataError(f"cross_entropy needs scores (images, classes), at least 1 x 1, got {_text(scores.shape)}")
        check_classes(targets, len(scores), scores.shape[1])

    def value(self, scores: Array, targets: Array) -> float:
        self.check(scores, targets)
        s = scores.astype(np.float64)
        with np.errstate(invalid="ignore"):  # infinity - infinity is NaN
            s = s - s.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(s)), targets]))

    def gradient(self, scores: Array, targets: Array) -> Array:
        self.check(scores, targets)
        with np.errstate(invalid="ignore"):
            e = np.exp(scores - scores.max(axis=1, keepdims=True))
        probability = e / e.sum(axis=1, keepdims=True)
        probability[np.arange(len(scores)), targets] -= 1
        return probability / len(scores)

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.loss.cross_entropy", {"images": len(scores), "value": self.value(scores, targets)}


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """The squared difference between score and target, mean over all values of the batch.

    L = mean over all of (s - t)^2;  dL/ds = 2 (s - t) / count

    Shapes: scores and targets of one shape, (n, ...).
    Rules: NaN propagates.
    Raises: DataError for an empty batch or shapes that differ; nothing is stretched to fit.
    Source: as PyTorch's MSELoss.

    >>> import numpy as np
    >>> MeanSquaredError().value(np.array([[1., 2.]]), np.array([[1., 4.]]))
    2.0
    >>> MeanSquaredError().gradient(np.array([[1., 2.]]), np.array([[1., 4.]]))
    array([[ 0., -2.]])
    """

    kind: ClassVar[str] = "mse"
    formula: ClassVar[str] = "L = mean (s - t)^2"
    metrics: ClassVar[tuple[str, ...]] = ("mean_absolute_error", "root_mean_squared_error")

    def check(self, scores: Array, targets: Array) -> None:
        check_alike(scores, targets, "mse")

    def value(self, scores: Array, targets: Array) -> float:
        self.check(scores, targets)
        return float(np.mean(np.square(scores.astype(np.float64) - targets.astype(np.float64))))

    def gradient(self, scores: Array, targets: Array) -> Array:
        self.check(scores, targets)
        return 2 * (scores - targets.astype(scores.dtype)) / scores.size

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.loss.mse", {"values": scores.size, "value": self.value(scores, targets)}


def check_classes(targets: Array, images: int, classes: int) -> None:
    """DataError unless `targets` are `images` whole numbers 0 .. classes-1."""
    if targets.shape != (images,):
        raise DataError(f"{images} images need targets ({images},), one class number each, got {_text(targets.shape)}")
    if not np.issubdtype(targets.dtype, np.integer):
        raise DataError(f"class targets must be whole numbers (an integer dtype), got {targets.dtype}")
    wrong = np.flatnonzero((targets < 0) | (targets >= classes))
    if len(wrong):
        raise DataError(
            f"targets must be 0 .. {classes - 1} for {classes} classes, got {targets[wrong[0]]} at image {wrong[0]} "
            f"({len(wrong)} of {images} targets are out of range)"
        )


def check_alike(scores: Array, targets: Array, what: str) -> None:
    """DataError unless scores and targets are numbers of one shape, at least one."""
    if scores.shape != targets.shape or not scores.size:
        raise DataError(
            f"{what} needs scores and targets of one shape with at least one value, "
            f"got {_text(scores.shape)} and {_text(targets.shape)}"
        )


def _text(shape: Sequence[int]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


LOSSES: dict[str, type[Loss]] = {loss.kind: loss for loss in (CrossEntropy, MeanSquaredError)}
"""Every loss by name."""

CrossEntropy.EXAMPLES = (CrossEntropy(),)
MeanSquaredError.EXAMPLES = (MeanSquaredError(),)


def choose_loss(loss: str | Loss) -> Loss:
    """The loss meant by a name of LOSSES, or the loss itself.

    >>> choose_loss("mse")
    MeanSquaredError()
    """
    return loss if isinstance(loss, Loss) else kind_named(LOSSES, loss, "loss")()
