"""A batch with its targets, of which gradients are asked: what is asked, and where it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simplecell.errors import ArgumentError, DataError
from simplecell.layers.base import Array, Mode
from simplecell.objectives import Loss, Optimiser

if TYPE_CHECKING:
    from simplecell.explain.gradient import GradientExplanation
    from simplecell.graph import Graph


@dataclass(frozen=True)
class Batch:
    """A batch with its targets, and what it is trained by."""

    graph: Graph
    weights: Mapping[str, Array]
    inputs: tuple[Array, ...]
    targets: object
    loss: Loss
    seed: int = 0

    def checked_targets(self) -> Array:
        """The targets as the loss takes them: classes (n,), or float32 values; one may stand alone for one image."""
        kind = np.int64 if self.loss.targets == "classes" else np.float32
        given = np.asarray(self.targets)
        if kind is np.int64 and given.dtype.kind not in "iub":
            raise DataError(f"the loss {self.loss.kind!r} takes class numbers as targets, got {given.dtype}")
        rank = 1 if kind is np.int64 else len(self.graph[self.graph.outputs[0]].shape) + 1
        return np.ascontiguousarray(given[None] if given.ndim == rank - 1 else given, kind)


def gradient_of(
    batch: Batch,
    *,
    weight: tuple[str, Sequence[int]] | None = None,
    input: Sequence[int] | None = None,
    unit: tuple[str | int, Sequence[int]] | None = None,
    image: int = 0,
    optimiser: Optimiser | None = None,
    lr: float | None = None,
    state: Mapping[str, Array] | None = None,
    step: int = 0,
) -> GradientExplanation:
    """The gradient that is asked for, by the reference and by the engine. ArgumentError unless one thing is asked."""
    from simplecell.explain.gradient import value_gradient, weight_gradient
    from simplecell.explain.passes import forward_and_back
    from simplecell.run.gradients import gradients

    name, place = asked(batch.graph, weight, input, unit)
    targets = batch.checked_targets()
    done = forward_and_back(
        batch.graph, batch.weights, batch.inputs, targets, batch.loss, Mode(True, batch.seed, step)
    )  # fmt: skip
    nodes = () if weight is not None else (batch.graph.layer(name).name,)
    engine = gradients(batch.graph, batch.weights, batch.loss, batch.inputs, targets, nodes, seed=batch.seed, step=step)
    if weight is None:
        return value_gradient(done, name, place, image, engine.value)
    return weight_gradient(done, str(name), place, engine.value, optimiser, lr, state)


def asked(
    graph: Graph,
    weight: tuple[str, Sequence[int]] | None,
    input: Sequence[int] | None,
    unit: tuple[str | int, Sequence[int]] | None,
) -> tuple[str | int, tuple[int, ...]]:
    """What a gradient is asked of: (a weight's or node's name, the index). Exactly one of the three is given."""
    if sum(x is not None for x in (weight, input, unit)) != 1:
        raise ArgumentError(
            "ask for one gradient: weight=('conv1', (3, 0, 1, 1)), input=(c, y, x), or unit=('relu1', (c, y, x))"
        )
    if input is not None:
        return graph.inputs[0], tuple(input)
    if weight is not None:
        return weight[0], tuple(weight[1])
    assert unit is not None
    return unit[0], tuple(unit[1])
