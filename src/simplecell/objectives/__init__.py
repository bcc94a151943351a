"""What training aims at and how: losses, optimisers, initialisers, schedules and metrics, each a closed table."""

from __future__ import annotations

from simplecell.objectives.initialisers import INITIALISERS, fans, initial_weights, initialise
from simplecell.objectives.losses import (
    LOSSES,
    BinaryCrossEntropy,
    CrossEntropy,
    Huber,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    choose_loss,
)
from simplecell.objectives.metrics import (
    METRICS,
    Metric,
    PerClass,
    TopKAccuracy,
    choose_metric,
    confusion_matrix,
    per_class,
)
from simplecell.objectives.optimisers import OPTIMISERS, SGD, Adam, AdamW, Optimiser, RMSprop, choose_optimizer
from simplecell.objectives.records import Record, kind_named
from simplecell.objectives.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    OneCycle,
    Plateau,
    Schedule,
    Step,
    Warmup,
    choose_schedule,
)

__all__ = [
    "INITIALISERS",
    "LOSSES",
    "METRICS",
    "OPTIMISERS",
    "SCHEDULES",
    "SGD",
    "Adam",
    "AdamW",
    "BinaryCrossEntropy",
    "Constant",
    "Cosine",
    "CrossEntropy",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Metric",
    "OneCycle",
    "Optimiser",
    "PerClass",
    "Plateau",
    "RMSprop",
    "Record",
    "Schedule",
    "Step",
    "TopKAccuracy",
    "Warmup",
    "choose_loss",
    "choose_metric",
    "choose_optimizer",
    "choose_schedule",
    "confusion_matrix",
    "fans",
    "initial_weights",
    "initialise",
    "kind_named",
    "per_class",
]
