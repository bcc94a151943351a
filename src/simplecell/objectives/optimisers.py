"""Optimisers: how a weight moves, given its gradient.

An optimiser is its settings and a rule for one array of weights. What it remembers from step to step, its state, is
declared by name and shape (`state`), begins at zero, and goes through `update` as a value; another rule needs a class
here and a row in OPTIMISERS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from simplecell.errors import ArgumentError
from simplecell.layers.base import Shape
from simplecell.objectives.records import Array, Record, number


@dataclass(frozen=True)
class Optimiser(Record):
    """Base of the optimisers: all have a learning rate, which a schedule may change from epoch to epoch."""

    lr: float

    def state(self, shape: Shape) -> dict[str, Shape]:
        """Name and shape of every array that is kept for a weight of this shape; all begin at zero."""
        raise NotImplementedError

    def update(self, w: Array, g: Array, state: Mapping[str, Array], lr: float) -> tuple[Array, dict[str, Array]]:
        """One step of one weight: -> (new weight, new state), in the weight's dtype; nothing is changed in place."""
        raise NotImplementedError

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        """Key of the catalogue's sentence about the rule, and the numbers in it."""
        raise NotImplementedError


@dataclass(frozen=True)
class SGD(Optimiser):
    """Gradient descent, with momentum if wanted.

    g' = g + weight_decay*w;  v = momentum*v + g';  step = v, or g' + momentum*v with nesterov;  w = w - lr*step

    Args:
        lr: the learning rate, from 0.
        momentum: how much of the velocity v stays from step to step, from 0 and below 1.
        nesterov: look ahead by one more step of the velocity; needs momentum.
        weight_decay: pull towards 0, added to the gradient.

    Rules: v begins at 0, so the first step is that of plain descent. Without momentum nothing is remembered.
    Raises: ArgumentError for numbers out of range, or nesterov without momentum.
    Source: Polyak 1964; Nesterov 1983; in the form of Sutskever et al., On the importance of initialization and
    momentum in deep learning, 2013, as PyTorch's SGD has it (dampening 0).

    >>> import numpy as np
    >>> sgd = SGD(0.1, momentum=0.5)
    >>> w, state = sgd.update(np.array([1.0]), np.array([2.0]), {"momentum_buffer": np.array([4.0])}, sgd.lr)
    >>> w, state["momentum_buffer"]
    (array([0.6]), array([4.]))
    """

    kind: ClassVar[str] = "sgd"
    formula: ClassVar[str] = "g' = g + weight_decay*w; v = momentum*v + g'; w = w - lr*v"

    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "lr", number(self.lr, "lr", 0))
        object.__setattr__(self, "momentum", number(self.momentum, "momentum", 0, 1))
        object.__setattr__(self, "weight_decay", number(self.weight_decay, "weight_decay", 0))
        if self.nesterov not in (True, False):
            raise ArgumentError(f"nesterov must be True or False, got {self.nesterov!r}")
        if self.nesterov and not self.momentum:
            raise ArgumentError("nesterov needs a momentum above 0, got momentum=0; fix: SGD(lr, momentum=0.9, ...)")

    def state(self, shape: Shape) -> dict[str, Shape]:
        return {"momentum_buffer": shape} if self.momentum else {}

    def update(self, w: Array, g: Array, state: Mapping[str, Array], lr: float) -> tuple[Array, dict[str, Array]]:
        g = g + self.weight_decay * w if self.weight_decay else g
        if not self.momentum:
            return w - lr * g, {}
        v = self.momentum * state["momentum_buffer"] + g
        return w - lr * (g + self.momentum * v if self.nesterov else v), {"momentum_buffer": v}

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"lr": lr, "weight_decay": self.weight_decay}
        if not self.momentum:
            return "layers.optimiser.sgd", numbers
        key = "layers.optimiser.sgd.nesterov" if self.nesterov else "layers.optimiser.sgd.momentum"
        return key, numbers | {"momentum": self.momentum}


OPTIMISERS: dict[str, type[Optimiser]] = {optimiser.kind: optimiser for optimiser in (SGD,)}
"""Every optimiser by name."""

SGD.EXAMPLES = (
    SGD(0.1),
    SGD(0.1, weight_decay=0.01),
    SGD(0.05, momentum=0.9),
    SGD(0.05, momentum=0.9, weight_decay=0.001),
    SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.001),
)
