"""Native updates of weights: an optimiser's rule on one weight in one pass, in place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simplecell.kernels.ir import Call, Op
from simplecell.kernels.simple import moving
from simplecell.kernels.table import LARGEST_NUMBER, Algorithm, Workshop, always

if TYPE_CHECKING:
    from simplecell.objectives import Optimiser

Numbers = Mapping[str, int | float]

UPDATES = ("sgd", "adam", "adamw", "rmsprop")
"""Kinds of ops, one for each optimiser that has a kernel."""


def update_numbers(optimiser: Optimiser) -> Numbers | None:
    """What the optimiser's kernel takes besides the learning rate; None where there is no kernel for it."""
    from simplecell.objectives import SGD, Adam, AdamW, RMSprop  # training alone needs them

    numbers: dict[str, int | float]
    if type(optimiser) is SGD:
        numbers = {"momentum": optimiser.momentum, "nesterov": int(optimiser.nesterov)}
    elif type(optimiser) in (Adam, AdamW) and isinstance(optimiser, Adam) and not optimiser.amsgrad:
        b1, b2 = optimiser.betas
        numbers = {"beta1": b1, "beta2": b2, "eps": optimiser.eps, "decoupled": int(isinstance(optimiser, AdamW))}
    elif type(optimiser) is RMSprop:
        numbers = {
            "alpha": optimiser.alpha, "eps": optimiser.eps, "momentum": optimiser.momentum,
            "centered": int(optimiser.centered),
        }  # fmt: skip
    else:
        return None
    numbers["weight_decay"] = optimiser.weight_decay
    return numbers if max(numbers.values()) <= LARGEST_NUMBER else None


STATE = {
    "sgd": ("momentum_buffer",),
    "adam": ("exp_avg", "exp_avg_sq", "step"),
    "rmsprop": ("square_avg", "grad_avg", "momentum_buffer"),
}
"""By kernel: the state it moves. What an optimiser's settings leave out has no bytes."""
OPERANDS: dict[tuple[str, str], str] = {("sgd", "momentum_buffer"): "v"}
"""Operands that have another name than the state."""


def _update(op: Op, shop: Workshop) -> tuple[Call, ...]:
    kernel = "adam" if op.kind == "adamw" else op.kind
    operands: dict[str, str | None] = {"w": op.reads["weight"], "g": op.reads["gradient"], "hyper": op.reads["hyper"]}
    for key in STATE[kernel]:
        name = OPERANDS.get((kernel, key)) or key
        operands[name] = op.reads.get(key) or shop.scratch(0, key)
    count = math.prod(shop.tensor(op.reads["weight"]).shape)
    return (Call(kernel, {"count": count, **op.attributes}, operands),)


ALGORITHMS = tuple(Algorithm("direct", kind, always, moving, 1.0, _update) for kind in UPDATES)
