"""Schedules: the learning rate of each epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simplecell.geometry import whole_number
from simplecell.objectives.records import Record, kind_named, number


@dataclass(frozen=True)
class Schedule(Record):
    """Base of the schedules."""

    def at(self, lr: float, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0, given the optimiser's own `lr`."""
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

    def at(self, lr: float, epoch: int) -> float:
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

    def at(self, lr: float, epoch: int) -> float:
        return lr * self.factor ** (epoch // self.every)

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.schedule.step", {"lr": lr, "every": self.every, "factor": self.factor}


SCHEDULES: dict[str, type[Schedule]] = {schedule.kind: schedule for schedule in (Constant, Step)}
"""Every schedule by name."""

Constant.EXAMPLES = (Constant(),)
Step.EXAMPLES = (Step(1), Step(3, 0.5))


def choose_schedule(schedule: str | Schedule | None) -> Schedule:
    """The schedule meant by a name of SCHEDULES, the schedule itself, or the constant one for None."""
    if schedule is None:
        return Constant()
    return schedule if isinstance(schedule, Schedule) else kind_named(SCHEDULES, schedule, "schedule").make({})
