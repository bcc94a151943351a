"""Losses: how far the scores of a batch are from their targets, as one number, and its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simplecell.errors import ArgumentError, DataError
from simplecell.objectives.records import Array, Record, kind_named, number


@dataclass(frozen=True)
class Loss(Record):
    """Base of the losses.

    metrics  names of the metrics that are reported beside it
    targets  "classes": one class number per image; "values": as many numbers as scores
    closing  kind of the layer that the loss has in itself: where it closes a network, the loss stands before it
    """

    metrics: ClassVar[tuple[str, ...]]
    targets: ClassVar[str] = "values"
    closing: ClassVar[str] = ""

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

    def parts(self, scores: Array, targets: Array, place: tuple[int, ...]) -> dict[str, float]:
        """One entry of the gradient as a sum of named parts: "target" and what the score gives."""
        raise NotImplementedError


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """Minus the logarithm of the probability that softmax gives to the right class, mean over the batch.

    L = mean over n of (log sum over k of exp(s[n, k]) - s[n, t[n]]);  dL/ds[n, k] = (softmax(s[n])[k] - [k = t[n]]) / N

    Args:
        weight: how much each class counts; the mean is then over the weights of the images' classes.
        label_smoothing: e, from 0 and below 1: the right class counts 1 - e, and e is spread over all classes evenly.

    In full, with w[k] = 1 unless given and q[n, k] = (1 - e)*[k = t[n]] + e/K:
    L = -sum over n, k of q[n, k]*w[k]*log softmax(s[n])[k] / sum over n of w[t[n]]

    Shapes: scores (n, classes), before any softmax; targets (n,), whole numbers 0 .. classes-1.
    Rules: the largest score is subtracted first, so nothing overflows. NaN propagates; where all images' classes have
    weight 0 the loss is NaN.
    Raises: DataError for an empty batch, a wrong rank, a target that is no class, or another number of weights.
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
    targets: ClassVar[str] = "classes"
    closing: ClassVar[str] = "Softmax"

    weight: tuple[float, ...] | None = None
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if self.weight is not None:
            if not isinstance(self.weight, (tuple, list)) or not self.weight:
                raise ArgumentError(f"weight must be one number per class, got {self.weight!r}")
            object.__setattr__(self, "weight", tuple(number(w, "a class's weight", 0) for w in self.weight))
        object.__setattr__(self, "label_smoothing", number(self.label_smoothing, "label_smoothing", 0, 1))

    def check(self, scores: Array, targets: Array) -> None:
        if scores.ndim != 2 or not scores.size:
            raise DataError(f"cross_entropy needs scores (images, classes), at least 1 x 1, got {_text(scores.shape)}")
        if self.weight is not None and len(self.weight) != scores.shape[1]:
            raise DataError(f"cross_entropy has {len(self.weight)} class weights for {scores.shape[1]} classes")
        check_classes(targets, len(scores), scores.shape[1])

    def value(self, scores: Array, targets: Array) -> float:
        self.check(scores, targets)
        s, w, e = scores.astype(np.float64), self._weights(scores), self.label_smoothing
        with np.errstate(invalid="ignore"):  # infinity - infinity is NaN
            s = s - s.max(axis=1, keepdims=True)
            minus_log = np.log(np.exp(s).sum(axis=1, keepdims=True)) - s
            right = (w[targets] * minus_log[np.arange(len(s)), targets]).sum()
            spread = (w * minus_log).sum() / len(w) if e else 0.0
            return float(((1 - e) * right + e * spread) / w[targets].sum())

    def gradient(self, scores: Array, targets: Array) -> Array:
        self.check(scores, targets)
        w, e = self._weights(scores).astype(scores.dtype), self.label_smoothing
        with np.errstate(invalid="ignore"):
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            share = np.full_like(scores, e / len(w)) * w  # q*w
            share[np.arange(len(scores)), targets] += (1 - e) * w[targets]
            probability = powers / powers.sum(axis=1, keepdims=True)
            return (probability * share.sum(axis=1, keepdims=True) - share) / w[targets].sum()

    def _weights(self, scores: Array) -> Array:
        return np.ones(scores.shape[1]) if self.weight is None else np.array(self.weight)

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"images": len(scores), "value": self.value(scores, targets)}
        if self.label_smoothing:
            return "layers.loss.cross_entropy.smoothed", numbers | {"smoothing": self.label_smoothing}
        return "layers.loss.cross_entropy.weighted" if self.weight else "layers.loss.cross_entropy", numbers

    def parts(self, scores: Array, targets: Array, place: tuple[int, ...]) -> dict[str, float]:
        n, k = place
        w, e, target = self._weights(scores), self.label_smoothing, int(targets[n])
        share = e / len(w) * w + (1 - e) * w * (np.arange(len(w)) == target)  # q*w
        powers = np.exp(scores[n].astype(np.float64) - float(scores[n].max()))
        total = float(w[targets].sum())
        return {
            "probability": float(powers[k] / powers.sum() * share.sum() / total),
            "target": -float(share[k]) / total,
        }


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

    def parts(self, scores: Array, targets: Array, place: tuple[int, ...]) -> dict[str, float]:
        return {"score": 2 * float(scores[place]) / scores.size, "target": -2 * float(targets[place]) / scores.size}


@dataclass(frozen=True)
class MeanAbsoluteError(Loss):
    """The distance between score and target, mean over all values of the batch.

    L = mean over all of |s - t|;  dL/ds = sign(s - t) / count

    Shapes: scores and targets of one shape, (n, ...).
    Rules: NaN propagates. The gradient where s = t is 0.
    Raises: DataError for an empty batch or shapes that differ; nothing is stretched to fit.
    Source: as PyTorch's L1Loss.

    >>> import numpy as np
    >>> MeanAbsoluteError().value(np.array([[1., 2.]]), np.array([[1., 4.]]))
    1.0
    >>> MeanAbsoluteError().gradient(np.array([[1., 2.]]), np.array([[1., 4.]]))
    array([[ 0. , -0.5]])
    """

    kind: ClassVar[str] = "mae"
    formula: ClassVar[str] = "L = mean |s - t|"
    metrics: ClassVar[tuple[str, ...]] = ("mean_absolute_error", "root_mean_squared_error")

    def check(self, scores: Array, targets: Array) -> None:
        check_alike(scores, targets, self.kind)

    def value(self, scores: Array, targets: Array) -> float:
        self.check(scores, targets)
        return float(np.mean(np.abs(scores.astype(np.float64) - targets.astype(np.float64))))

    def gradient(self, scores: Array, targets: Array) -> Array:
        self.check(scores, targets)
        return np.sign(scores - targets.astype(scores.dtype)) / scores.size

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.loss.mae", {"values": scores.size, "value": self.value(scores, targets)}

    def parts(self, scores: Array, targets: Array, place: tuple[int, ...]) -> dict[str, float]:
        return {"side": float(np.sign(scores[place] - targets[place])) / scores.size}


@dataclass(frozen=True)
class Huber(Loss):
    """Half the squared difference where it is small and the distance where it is large, mean over all values.

    L = mean over all of  d^2 / 2 where |d| <= delta,  delta*(|d| - delta/2) elsewhere,  d = s - t;
    dL/ds = d limited to -delta .. delta, / count

    Args:
        delta: from where on the distance counts, above 0.

    Shapes: scores and targets of one shape, (n, ...).
    Rules: NaN propagates.
    Raises: ArgumentError unless delta is above 0; DataError for an empty batch or shapes that differ.
    Source: Huber, Robust estimation of a location parameter, 1964; as PyTorch's HuberLoss.

    >>> import numpy as np
    >>> Huber().value(np.array([[1., 2.]]), np.array([[1.5, 5.]]))  # (0.125 + 2.5) / 2
    1.3125
    >>> Huber().gradient(np.array([[1., 2.]]), np.array([[1.5, 5.]]))
    array([[-0.25, -0.5 ]])
    """

    kind: ClassVar[str] = "huber"
    formula: ClassVar[str] = "L = mean (d^2/2 where |d| <= delta, else delta*(|d| - delta/2)), d = s - t"
    metrics: ClassVar[tuple[str, ...]] = ("mean_absolute_error", "root_mean_squared_error")

    delta: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "delta", number(self.delta, "delta", 0))
        if not self.delta:
            raise ArgumentError("delta must be above 0, got 0: the loss would be 0 everywhere")

    def check(self, scores: Array, targets: Array) -> None:
        check_alike(scores, targets, self.kind)

    def value(self, scores: Array, targets: Array) -> float:
        self.check(scores, targets)
        d = np.abs(scores.astype(np.float64) - targets.astype(np.float64))
        return float(np.mean(np.where(d <= self.delta, d * d / 2, self.delta * (d - self.delta / 2))))

    def gradient(self, scores: Array, targets: Array) -> Array:
        self.check(scores, targets)
        return np.clip(scores - targets.astype(scores.dtype), -self.delta, self.delta) / scores.size

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"values": scores.size, "delta": self.delta}
        return "layers.loss.huber", numbers | {"value": self.value(scores, targets)}

    def parts(self, scores: Array, targets: Array, place: tuple[int, ...]) -> dict[str, float]:
        d = float(scores[place]) - float(targets[place])
        return {"limited": min(max(d, -self.delta), self.delta) / scores.size}


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """Minus the logarithm of the probability that the sigmoid gives to each yes or no, mean over all values.

    L = mean over all of (max(s, 0) - s*t + log(1 + exp(-|s|)));  dL/ds = (sigmoid(s) - t) / count

    Shapes: scores and targets of one shape, (n, ...); scores before any sigmoid, targets from 0 (no) to 1 (yes).
    Rules: in this form nothing overflows. NaN propagates.
    Raises: DataError for an empty batch, shapes that differ, or targets outside 0 .. 1.
    Source: as PyTorch's BCEWithLogitsLoss.

    >>> import numpy as np
    >>> scores, targets = np.array([[0., np.log(3.)]]), np.array([[1., 0.]])
    >>> round(BinaryCrossEntropy().value(scores, targets), 6)  # (log 2 + log 4) / 2
    1.039721
    >>> BinaryCrossEntropy().gradient(scores, targets)
    array([[-0.25 ,  0.375]])
    """

    kind: ClassVar[str] = "binary_cross_entropy"
    formula: ClassVar[str] = "L = mean (max(s, 0) - s*t + log(1 + exp(-|s|)))"
    metrics: ClassVar[tuple[str, ...]] = ("binary_accuracy",)
    closing: ClassVar[str] = "Sigmoid"

    def check(self, scores: Array, targets: Array) -> None:
        check_alike(scores, targets, self.kind)
        wrong = np.argwhere((targets < 0) | (targets > 1))
        if len(wrong):
            place = tuple(map(int, wrong[0]))
            raise DataError(f"{self.kind} needs targets from 0 to 1, got {targets[place]} at {place}")

    def value(self, scores: Array, targets: Array) -> float:
        self.check(scores, targets)
        s, t = scores.astype(np.float64), targets.astype(np.float64)
        with np.errstate(invalid="ignore"):  # infinity * 0 is NaN
            return float(np.mean(np.maximum(s, 0) - s * t + np.log1p(np.exp(-np.abs(s)))))

    def gradient(self, scores: Array, targets: Array) -> Array:
        self.check(scores, targets)
        small = np.exp(-np.abs(scores))
        sigmoid = np.where(scores >= 0, 1, small) / (1 + small)
        return (sigmoid - targets.astype(scores.dtype)) / scores.size

    def sentence(self, scores: Array, targets: Array) -> tuple[str, dict[str, object]]:
        return "layers.loss.binary_cross_entropy", {"values": scores.size, "value": self.value(scores, targets)}

    def parts(self, scores: Array, targets: Array, place: tuple[int, ...]) -> dict[str, float]:
        sigmoid = 0.5 * (1 + np.tanh(float(scores[place]) / 2))
        return {"probability": float(sigmoid) / scores.size, "target": -float(targets[place]) / scores.size}


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


LOSSES: dict[str, type[Loss]] = {
    loss.kind: loss for loss in (CrossEntropy, BinaryCrossEntropy, MeanSquaredError, MeanAbsoluteError, Huber)
}
"""Every loss by name."""

CrossEntropy.EXAMPLES = (
    CrossEntropy(),
    CrossEntropy(weight=(0.5, 2.0)),
    CrossEntropy(label_smoothing=0.1),
    CrossEntropy(weight=(3.0, 1.0), label_smoothing=0.25),
)
BinaryCrossEntropy.EXAMPLES = (BinaryCrossEntropy(),)
MeanAbsoluteError.EXAMPLES = (MeanAbsoluteError(),)
Huber.EXAMPLES = (Huber(), Huber(0.3))
MeanSquaredError.EXAMPLES = (MeanSquaredError(),)


def choose_loss(loss: str | Loss) -> Loss:
    """The loss meant by a name of LOSSES, or the loss itself.

    >>> choose_loss("mse")
    MeanSquaredError()
    """
    return loss if isinstance(loss, Loss) else kind_named(LOSSES, loss, "loss")()
