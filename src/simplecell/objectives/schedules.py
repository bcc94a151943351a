"""Schedules: the learning rate of each epoch, or of each step at its fraction of the epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, inf, pi
from typing import Any, ClassVar, cast

from simplecell.errors import ArgumentError
from simplecell.geometry import whole_number
from simplecell.objectives.records import Record, kind_named, number


@dataclass(frozen=True)
class Schedule(Record):
    """Base of the schedules."""

    def at(self, lr: float, epoch: float, losses: Sequence[float] = ()) -> float:
        """The learning rate of an epoch, counted from 0, given the optimiser's own `lr` and the losses after each epoch
        so far (of the validation, where there is one). 2.5 is the middle of the third epoch."""
        raise NotImplementedError

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        """Key of the catalogue's sentence about the schedule, and the numbers in it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Schedule):
    """The optimiser's learning rate in every epoch.

    lr[e] = lr

    >>> Constant().at(0.1, 7)
    0.1
    """

    kind: ClassVar[str] = "constant"
    formula: ClassVar[str] = "lr[e] = lr"

    def at(self, lr: float, epoch: float, losses: Sequence[float] = ()) -> float:
        return lr

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.schedule.constant", {"lr": lr}


@dataclass(frozen=True)
class Step(Schedule):
    """Multiply the learning rate by a factor every so many epochs.

    lr[e] = lr * factor ** floor(e / every)

    Raises: ArgumentError unless every is a whole number from 1 and factor at least 0.
    Source: as PyTorch's StepLR.

    >>> [Step(2, 0.5).at(0.8, epoch) for epoch in range(5)]
    [0.8, 0.8, 0.4, 0.4, 0.2]
    """

    kind: ClassVar[str] = "step"
    formula: ClassVar[str] = "lr[e] = lr * factor ** floor(e / every)"

    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", whole_number(self.every, "every", 1))
        object.__setattr__(self, "factor", number(self.factor, "factor", 0))

    def at(self, lr: float, epoch: float, losses: Sequence[float] = ()) -> float:
        return lr * self.factor ** (epoch // self.every)

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.schedule.step", {"lr": lr, "every": self.every, "factor": self.factor}


@dataclass(frozen=True)
class Cosine(Schedule):
    """Let the learning rate fall along half a cosine wave.

    lr[e] = minimum + (lr - minimum) * (1 + cos(pi * e/epochs)) / 2;  minimum from e = epochs on

    Raises: ArgumentError unless epochs is a whole number from 1 and minimum at least 0.
    Source: Loshchilov and Hutter, SGDR, 2017; as PyTorch's CosineAnnealingLR up to `epochs`.

    >>> [round(Cosine(4).at(0.8, epoch), 3) for epoch in range(6)]
    [0.8, 0.683, 0.4, 0.117, 0.0, 0.0]
    """

    kind: ClassVar[str] = "cosine"
    formula: ClassVar[str] = "lr[e] = minimum + (lr - minimum) * (1 + cos(pi * e/epochs)) / 2"

    epochs: int
    minimum: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "epochs", whole_number(self.epochs, "epochs", 1))
        object.__setattr__(self, "minimum", number(self.minimum, "minimum", 0))

    def at(self, lr: float, epoch: float, losses: Sequence[float] = ()) -> float:
        return _between(lr, self.minimum, min(epoch / self.epochs, 1.0))

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.schedule.cosine", {"lr": lr, "epochs": self.epochs, "minimum": self.minimum}


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Let the learning rate rise to the optimiser's own and fall far below where it began, along half cosine waves.

    from lr/div_factor at e = 0 to lr at e = pct_start*epochs - 1 to lr/div_factor/final_div_factor at e = epochs - 1

    Args:
        epochs: how many epochs the cycle takes.
        pct_start: the part of them in which the rate rises, above 0 and below 1.
        div_factor, final_div_factor: how far below lr it begins, and how far below its beginning it ends.

    Rules: after the cycle the rate stays where it ended.
    Raises: ArgumentError for numbers out of range.
    Source: Smith and Topin, Super-convergence, 2018; as PyTorch's OneCycleLR, with one step per epoch.

    >>> [round(OneCycle(5, pct_start=0.6, div_factor=10, final_div_factor=10).at(1.0, epoch), 3) for epoch in range(5)]
    [0.1, 0.55, 1.0, 0.505, 0.01]
    """

    kind: ClassVar[str] = "one_cycle"
    formula: ClassVar[str] = "lr[e] from lr/div_factor up to lr, down to lr/div_factor/final_div_factor, by cosines"

    epochs: int
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def __post_init__(self) -> None:
        object.__setattr__(self, "epochs", whole_number(self.epochs, "epochs", 1))
        object.__setattr__(self, "pct_start", number(self.pct_start, "pct_start", 0, 1))
        for name in ("div_factor", "final_div_factor"):
            object.__setattr__(self, name, number(getattr(self, name), name, 1))
        if not self.pct_start:
            raise ArgumentError("pct_start must be above 0, got 0; for a fall alone take the cosine schedule")

    def at(self, lr: float, epoch: float, losses: Sequence[float] = ()) -> float:
        top, last = self.pct_start * self.epochs - 1, self.epochs - 1
        first = lr / self.div_factor
        if epoch <= top:
            return _between(first, lr, epoch / top if top > 0 else 1.0)
        part = (min(epoch, last) - top) / (last - top)
        return _between(lr, first / self.final_div_factor, part)

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        first = lr / self.div_factor
        numbers: dict[str, object] = {"lr": lr, "first": first, "last": first / self.final_div_factor}
        return "layers.schedule.one_cycle", numbers | {"epochs": self.epochs, "rise": self.pct_start}


@dataclass(frozen=True)
class Warmup(Schedule):
    """Let the learning rate rise evenly over the first epochs, then follow another schedule, counted from there.

    lr[e] = lr * (start + (1 - start) * e/epochs) for e < epochs;  then[e - epochs] after

    Args:
        epochs: how many epochs it rises.
        start: the share of the learning rate that it begins with.
        then: the schedule that follows; the constant one unless given.

    Raises: ArgumentError for numbers out of range, or what is no schedule.
    Source: Goyal et al., Accurate, large minibatch SGD, 2017; as PyTorch's LinearLR followed by another one in a
    SequentialLR.

    >>> [round(Warmup(2, start=0.5, then=Step(1, 0.5)).at(0.8, epoch), 3) for epoch in range(5)]
    [0.4, 0.6, 0.8, 0.4, 0.2]
    """

    kind: ClassVar[str] = "warmup"
    formula: ClassVar[str] = "lr[e] = lr * (start + (1 - start) * e/epochs) for e < epochs, then another schedule"

    epochs: int
    start: float = 1 / 3
    then: Schedule = field(default_factory=Constant)

    def __post_init__(self) -> None:
        object.__setattr__(self, "epochs", whole_number(self.epochs, "epochs", 1))
        object.__setattr__(self, "start", number(self.start, "start", 0, inf))
        object.__setattr__(self, "then", _schedule(self.then))

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"then": {"kind": self.then.kind, **self.then.arguments()}}

    def at(self, lr: float, epoch: float, losses: Sequence[float] = ()) -> float:
        if epoch < self.epochs:
            return lr * (self.start + (1 - self.start) * epoch / self.epochs)
        return self.then.at(lr, epoch - self.epochs, losses[self.epochs :])

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.schedule.warmup", {
            "first": lr * self.start,
            "lr": lr,
            "epochs": self.epochs,
            "then": self.then.kind,
        }


@dataclass(frozen=True)
class Plateau(Schedule):
    """Multiply the learning rate by a factor whenever the loss has not fallen for more than `patience` epochs.

    an epoch is better where loss < best * (1 - threshold); after patience + 1 that are not, lr = max(lr*factor, min_lr)

    Args:
        factor: what the rate is multiplied by, from 0 and below 1.
        patience: how many epochs without a better one are borne.
        threshold: how much better, as a share, an epoch must be to count.
        cooldown: epochs after a change that are not counted.
        min_lr: the rate never falls below it.

    Rules: the losses are those of the validation where there is one. A NaN is never better.
    Raises: ArgumentError for numbers out of range.
    Source: as PyTorch's ReduceLROnPlateau, mode "min".

    >>> [Plateau(0.5, patience=1).at(0.8, epoch, [3.0, 2.0, 2.0, 2.0][:epoch]) for epoch in range(5)]
    [0.8, 0.8, 0.8, 0.8, 0.4]
    """

    kind: ClassVar[str] = "plateau"
    formula: ClassVar[str] = "lr = lr * factor after patience + 1 epochs without loss < best * (1 - threshold)"

    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    cooldown: int = 0
    min_lr: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "factor", number(self.factor, "factor", 0, 1))
        object.__setattr__(self, "threshold", number(self.threshold, "threshold", 0))
        object.__setattr__(self, "min_lr", number(self.min_lr, "min_lr", 0))
        for name in ("patience", "cooldown"):
            object.__setattr__(self, name, whole_number(getattr(self, name), name, 0))

    def at(self, lr: float, epoch: float, losses: Sequence[float] = ()) -> float:
        best, bad, resting = inf, 0, 0
        for loss in losses[: int(epoch)]:
            better = loss < best * (1 - self.threshold)
            best, bad = (loss, 0) if better else (best, bad + 1)
            if resting:
                resting, bad = resting - 1, 0
            if bad > self.patience:
                lower = max(lr * self.factor, self.min_lr)
                lr = lower if lr - lower > _LEAST_CHANGE else lr
                resting, bad = self.cooldown, 0
        return lr

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.schedule.plateau", {"lr": lr, "factor": self.factor, "patience": self.patience}


_LEAST_CHANGE = 1e-8
"""A learning rate that would change by less stays (PyTorch's eps)."""


def _between(first: float, last: float, part: float) -> float:
    """The value after `part` of the way from first to last along half a cosine wave."""
    return last + (first - last) * (1 + cos(pi * part)) / 2


def _schedule(given: object) -> Schedule:
    """A schedule, or one from what JSON keeps of it."""
    if isinstance(given, Mapping):
        arguments = dict(cast("Mapping[str, Any]", given))
        return kind_named(SCHEDULES, arguments.pop("kind", None), "schedule").make(arguments)
    if not isinstance(given, Schedule):
        raise ArgumentError(f"then must be a schedule, got {given!r}")
    return given


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.kind: schedule for schedule in (Constant, Step, Cosine, OneCycle, Warmup, Plateau)
}
"""Every schedule by name."""

Constant.EXAMPLES = (Constant(),)
Step.EXAMPLES = (Step(1), Step(3, 0.5))
Cosine.EXAMPLES = (Cosine(10), Cosine(7, minimum=0.01))
OneCycle.EXAMPLES = (OneCycle(10), OneCycle(12, pct_start=0.5, div_factor=10.0, final_div_factor=100.0))
Warmup.EXAMPLES = (Warmup(3), Warmup(5, start=0.1, then=Cosine(10)), Warmup(1, then=Warmup(2, then=Plateau(0.5))))
Plateau.EXAMPLES = (Plateau(), Plateau(0.5, patience=1, cooldown=2, min_lr=0.02))


def choose_schedule(schedule: str | Schedule | None) -> Schedule:
    """The schedule meant by a name of SCHEDULES, the schedule itself, or the constant one for None."""
    if schedule is None:
        return Constant()
    return schedule if isinstance(schedule, Schedule) else kind_named(SCHEDULES, schedule, "schedule").make({})
