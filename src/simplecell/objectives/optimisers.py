"""Optimisers: how a weight moves, given its gradient.

An optimiser is its settings and a rule for one array of weights. What it remembers from step to step, its state, is
declared by name and shape (`state`), begins at zero, and goes through `update` as a value; another rule needs a class
here and a row in OPTIMISERS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, NamedTuple

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.layers.base import Shape
from simplecell.objectives.records import Array, Record, flag, kind_named, number


class Step(NamedTuple):
    """One line of one weight's update: `symbol = formula`, the numbers that the formula names, and what it gives."""

    symbol: str
    formula: str
    numbers: Mapping[str, float]
    value: float


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

    def opened(self, w: float, g: float, state: Mapping[str, float], lr: float) -> tuple[Step, ...]:
        """`update` of one weight, line by line; the last is the new weight."""
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
        flag(self.nesterov, "nesterov")
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

    def opened(self, w: float, g: float, state: Mapping[str, float], lr: float) -> tuple[Step, ...]:
        decayed, g = _decay(w, g, self.weight_decay)
        if not self.momentum:
            return *decayed, Step("w", "w - lr*g", {"w": w, "lr": lr, "g": g}, w - lr * g)
        m, v = self.momentum, state["momentum_buffer"]
        moved = m * v + g
        lines = (*decayed, Step("v", "momentum*v + g", {"momentum": m, "v": v, "g": g}, moved))
        if not self.nesterov:
            return *lines, Step("w", "w - lr*v", {"w": w, "lr": lr, "v": moved}, w - lr * moved)
        numbers = {"w": w, "lr": lr, "g": g, "momentum": m, "v": moved}
        return *lines, Step("w", "w - lr*(g + momentum*v)", numbers, w - lr * (g + m * moved))


def _decay(w: float, g: float, decay: float) -> tuple[tuple[Step, ...], float]:
    """Weight decay as part of the gradient: (its line, where there is any; the gradient after it)."""
    if not decay:
        return (), g
    after = g + decay * w
    return (Step("g", "g + weight_decay*w", {"g": g, "weight_decay": decay, "w": w}, after),), after


@dataclass(frozen=True)
class Adam(Optimiser):
    """Steps of a like size for every weight: the mean of its gradients over the root of the mean of their squares.

    g' = g + weight_decay*w;  m = b1*m + (1 - b1)*g';  v = b2*v + (1 - b2)*g'^2;
    w = w - lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps),  t = 1, 2, ...

    Args:
        lr: the learning rate, from 0.
        betas: (b1, b2), how much of both means stays from step to step, from 0 and below 1.
        eps: keeps the divisor from 0.
        weight_decay: pull towards 0, added to the gradient.
        amsgrad: divide by the largest v so far.

    Rules: m and v begin at 0; dividing by 1 - b^t makes up for it.
    Raises: ArgumentError for numbers out of range.
    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015; as PyTorch's Adam.

    >>> import numpy as np
    >>> adam = Adam(0.1, betas=(0.5, 0.5), eps=0.0)
    >>> state = {name: np.zeros(shape) for name, shape in adam.state((1,)).items()}
    >>> w, state = adam.update(np.array([1.0]), np.array([2.0]), state, 0.1)
    >>> w, state["exp_avg"], state["exp_avg_sq"]
    (array([0.9]), array([1.]), array([2.]))
    """

    kind: ClassVar[str] = "adam"
    formula: ClassVar[str] = "m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; w = w - lr*m'/(sqrt(v') + eps)"

    lr: float = 0.001
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    amsgrad: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "lr", number(self.lr, "lr", 0))
        if not isinstance(self.betas, (tuple, list)) or len(self.betas) != 2:
            raise ArgumentError(f"betas must be two numbers (b1, b2), got {self.betas!r}")
        object.__setattr__(self, "betas", tuple(number(b, "a number of betas", 0, 1) for b in self.betas))
        object.__setattr__(self, "eps", number(self.eps, "eps", 0))
        object.__setattr__(self, "weight_decay", number(self.weight_decay, "weight_decay", 0))
        flag(self.amsgrad, "amsgrad")

    def state(self, shape: Shape) -> dict[str, Shape]:
        largest = {"max_exp_avg_sq": shape} if self.amsgrad else {}
        return {"step": (), "exp_avg": shape, "exp_avg_sq": shape, **largest}

    def update(self, w: Array, g: Array, state: Mapping[str, Array], lr: float) -> tuple[Array, dict[str, Array]]:
        w, g = self._decayed(w, g, lr)
        (b1, b2), t = self.betas, state["step"] + 1
        m = b1 * state["exp_avg"] + (1 - b1) * g
        v = b2 * state["exp_avg_sq"] + (1 - b2) * g * g
        kept = {"step": np.asarray(t), "exp_avg": m, "exp_avg_sq": v}
        if self.amsgrad:
            kept["max_exp_avg_sq"] = v = np.maximum(state["max_exp_avg_sq"], v)
        divisor = np.sqrt(v) / sqrt(1 - b2 ** float(t)) + self.eps
        return w - lr / (1 - b1 ** float(t)) * (m / divisor), kept

    def _decayed(self, w: Array, g: Array, lr: float) -> tuple[Array, Array]:
        """(weight, gradient) after the weight decay."""
        return w, g + self.weight_decay * w if self.weight_decay else g

    def opened(self, w: float, g: float, state: Mapping[str, float], lr: float) -> tuple[Step, ...]:
        lines, w, g = self._decay_opened(w, g, lr)
        (b1, b2), t = self.betas, state["step"] + 1
        m, v = b1 * state["exp_avg"] + (1 - b1) * g, b2 * state["exp_avg_sq"] + (1 - b2) * g * g
        lines += (
            Step("m", "b1*m + (1 - b1)*g", {"b1": b1, "m": state["exp_avg"], "g": g}, m),
            Step("v", "b2*v + (1 - b2)*g^2", {"b2": b2, "v": state["exp_avg_sq"], "g": g}, v),
        )
        if self.amsgrad:
            most = state["max_exp_avg_sq"]
            lines += (Step("v", "max(largest, v)", {"largest": most, "v": v}, max(most, v)),)
            v = max(most, v)
        divisor = sqrt(v) / sqrt(1 - b2**t) + self.eps
        numbers = {"w": w, "lr": lr, "m": m, "b1": b1, "t": t, "divisor": divisor}
        return (
            *lines,
            Step("divisor", "sqrt(v / (1 - b2^t)) + eps", {"v": v, "b2": b2, "t": t, "eps": self.eps}, divisor),
            Step("w", "w - lr*(m / (1 - b1^t)) / divisor", numbers, w - lr / (1 - b1**t) * (m / divisor)),
        )

    def _decay_opened(self, w: float, g: float, lr: float) -> tuple[tuple[Step, ...], float, float]:
        """The line of the weight decay, and weight and gradient after it."""
        lines, g = _decay(w, g, self.weight_decay)
        return lines, w, g

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.optimiser.adam", self._numbers(lr)

    def _numbers(self, lr: float) -> dict[str, object]:
        return {"lr": lr, "b1": self.betas[0], "b2": self.betas[1], "weight_decay": self.weight_decay}


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam whose weight decay shrinks the weights themselves and leaves the gradients alone.

    w = w - lr*weight_decay*w;  then as Adam without weight decay

    Args: as Adam's; weight_decay is 0.01 unless given.

    Rules: as Adam's.
    Raises: ArgumentError for numbers out of range.
    Source: Loshchilov and Hutter, Decoupled weight decay regularization, 2019; as PyTorch's AdamW.

    >>> import numpy as np
    >>> adam = AdamW(0.1, betas=(0.5, 0.5), eps=0.0, weight_decay=0.5)
    >>> state = {k: np.zeros(s) for k, s in adam.state((1,)).items()}
    >>> adam.update(np.array([2.0]), np.array([2.0]), state, 0.1)[0]  # 2 - 0.1*0.5*2 - 0.1
    array([1.8])
    """

    kind: ClassVar[str] = "adamw"
    formula: ClassVar[str] = "w = w - lr*weight_decay*w; then as adam"

    weight_decay: float = 0.01

    def _decayed(self, w: Array, g: Array, lr: float) -> tuple[Array, Array]:
        return w * (1 - lr * self.weight_decay), g

    def _decay_opened(self, w: float, g: float, lr: float) -> tuple[tuple[Step, ...], float, float]:
        shrunk = w * (1 - lr * self.weight_decay)
        numbers = {"w": w, "lr": lr, "weight_decay": self.weight_decay}
        return (Step("w", "w*(1 - lr*weight_decay)", numbers, shrunk),), shrunk, g

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        return "layers.optimiser.adamw", self._numbers(lr)


@dataclass(frozen=True)
class RMSprop(Optimiser):
    """Gradient descent with each weight's gradient over the root of the mean of its squares.

    g' = g + weight_decay*w;  v = alpha*v + (1 - alpha)*g'^2;  u = g' / (sqrt(v) + eps);
    w = w - lr*u, or with momentum b = momentum*b + u;  w = w - lr*b

    Args:
        lr: the learning rate, from 0.
        alpha: how much of the mean stays from step to step, from 0 and below 1.
        eps: keeps the divisor from 0.
        weight_decay: pull towards 0, added to the gradient.
        momentum: how much of the velocity b stays, from 0 and below 1.
        centered: take the square of the gradients' mean from v: divide by the deviation.

    Rules: v, b and the mean begin at 0.
    Raises: ArgumentError for numbers out of range.
    Source: Tieleman and Hinton, lecture 6.5, 2012; Graves 2013 (centered); as PyTorch's RMSprop.

    >>> import numpy as np
    >>> rule = RMSprop(0.1, alpha=0.75, eps=0.0)
    >>> rule.update(np.array([1.0]), np.array([2.0]), {"square_avg": np.zeros(1)}, 0.1)  # v = 0.25*4, u = 2
    (array([0.8]), {'square_avg': array([1.])})
    """

    kind: ClassVar[str] = "rmsprop"
    formula: ClassVar[str] = "v = alpha*v + (1-alpha)*g^2; w = w - lr*g/(sqrt(v) + eps)"

    lr: float = 0.01
    alpha: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0
    momentum: float = 0.0
    centered: bool = False

    def __post_init__(self) -> None:
        for name in ("lr", "eps", "weight_decay"):
            object.__setattr__(self, name, number(getattr(self, name), name, 0))
        for name in ("alpha", "momentum"):
            object.__setattr__(self, name, number(getattr(self, name), name, 0, 1))
        flag(self.centered, "centered")

    def state(self, shape: Shape) -> dict[str, Shape]:
        kept = {"square_avg": True, "momentum_buffer": self.momentum > 0, "grad_avg": self.centered}
        return {name: shape for name, needed in kept.items() if needed}

    def update(self, w: Array, g: Array, state: Mapping[str, Array], lr: float) -> tuple[Array, dict[str, Array]]:
        g = g + self.weight_decay * w if self.weight_decay else g
        v = square = self.alpha * state["square_avg"] + (1 - self.alpha) * g * g
        kept = {"square_avg": square}
        if self.centered:
            kept["grad_avg"] = mean = self.alpha * state["grad_avg"] + (1 - self.alpha) * g
            v = square - mean * mean
        u = g / (np.sqrt(v) + self.eps)
        if self.momentum:
            kept["momentum_buffer"] = u = self.momentum * state["momentum_buffer"] + u
        return w - lr * u, kept

    def sentence(self, lr: float) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"lr": lr, "alpha": self.alpha, "weight_decay": self.weight_decay}
        if not self.momentum:
            return "layers.optimiser.rmsprop", numbers
        return "layers.optimiser.rmsprop.momentum", numbers | {"momentum": self.momentum}

    def opened(self, w: float, g: float, state: Mapping[str, float], lr: float) -> tuple[Step, ...]:
        lines, g = _decay(w, g, self.weight_decay)
        a, square = self.alpha, state["square_avg"]
        v = a * square + (1 - a) * g * g
        lines += (Step("v", "alpha*v + (1 - alpha)*g^2", {"alpha": a, "v": square, "g": g}, v),)
        if self.centered:
            mean = a * state["grad_avg"] + (1 - a) * g
            lines += (
                Step("mean", "alpha*mean + (1 - alpha)*g", {"alpha": a, "mean": state["grad_avg"], "g": g}, mean),
                Step("v", "v - mean^2", {"v": v, "mean": mean}, v - mean * mean),
            )
            v = v - mean * mean
        u = g / (sqrt(v) + self.eps)
        lines += (Step("u", "g / (sqrt(v) + eps)", {"g": g, "v": v, "eps": self.eps}, u),)
        if self.momentum:
            b = self.momentum * state["momentum_buffer"] + u
            numbers = {"momentum": self.momentum, "b": state["momentum_buffer"], "u": u}
            lines, u = (*lines, Step("u", "momentum*b + u", numbers, b)), b
        return *lines, Step("w", "w - lr*u", {"w": w, "lr": lr, "u": u}, w - lr * u)


OPTIMISERS: dict[str, type[Optimiser]] = {optimiser.kind: optimiser for optimiser in (SGD, Adam, AdamW, RMSprop)}
"""Every optimiser by name."""

SGD.EXAMPLES = (
    SGD(0.1),
    SGD(0.1, weight_decay=0.01),
    SGD(0.05, momentum=0.9),
    SGD(0.05, momentum=0.9, weight_decay=0.001),
    SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.001),
)
Adam.EXAMPLES = (
    Adam(),
    Adam(0.01, betas=(0.8, 0.95), eps=1e-6),
    Adam(0.01, weight_decay=0.1),
    Adam(0.01, amsgrad=True, weight_decay=0.01),
)
AdamW.EXAMPLES = (AdamW(), AdamW(0.01, betas=(0.8, 0.95), weight_decay=0.1), AdamW(0.01, amsgrad=True))
RMSprop.EXAMPLES = (
    RMSprop(),
    RMSprop(0.01, alpha=0.9, eps=1e-6),
    RMSprop(0.01, momentum=0.9, weight_decay=0.01),
    RMSprop(0.005, centered=True),
    RMSprop(0.005, centered=True, momentum=0.5),
)


def choose_optimizer(optimizer: Optimiser | str | None) -> Optimiser:
    """The optimiser itself; by its name ("sgd", "adam", ...) with its usual numbers; by default SGD with momentum."""
    if optimizer is None:
        return SGD(lr=0.1, momentum=0.9)
    if isinstance(optimizer, str):
        return kind_named(OPTIMISERS, optimizer, "optimizer").make({"lr": 0.1})
    return optimizer
