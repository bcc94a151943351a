"""What training aims at and how: losses, optimisers, initialisers, schedules and metrics, each a closed table."""

from __future__ import annotations

from simplecell.objectives.initialisers import INITIALISERS, fans, initial_weights, initialise
from simplecell.objectives.losses import LOSSES, CrossEntropy, Loss, MeanSquaredError, choose_loss
from simplecell.objectives.metrics import METRICS, confusion_matrix
from simplecell.objectives.optimisers import OPTIMISERS, SGD, Optimiser
from simplecell.objectives.records import Record, kind_named
from simplecell.objectives.schedules import SCHEDULES, Schedule, choose_schedule

__all__ = [
    "INITIALISERS",
    "LOSSES",
    "METRICS",
    "OPTIMISERS",
    "SCHEDULES",
    "SGD",
    "CrossEntropy",
    "Loss",
    "MeanSquaredError",
    "Optimiser",
    "Record",
    "Schedule",
    "choose_loss",
    "choose_schedule",
    "confusion_matrix",
    "fans",
    "initial_weights",
    "initialise",
    "kind_named",
]
