"""Training by definition: the reference forward and backward, the loss and the optimiser as they are written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from simplecell.graph import Graph
from simplecell.layers.base import Array, Mode
from simplecell.objectives import Loss, Optimiser
from simplecell.run import reference
from simplecell.run.stepper import Snapshot, StepResult, settings_of
from simplecell.run.watch import first_not_finite


class ReferenceStepper:
    """Trains `weights` in place in their own dtype (float64 in tests): the oracle of the native training."""

    def __init__(
        self, graph: Graph, weights: Mapping[str, Array], optimizer: Optimiser, loss: Loss, *, seed: int = 0
    ) -> None:
        self.graph, self.weights, self.optimizer, self.loss = graph, weights, optimizer, loss
        self.seed, self.steps = seed, 0
        self._state = {
            name: {key: np.zeros(shape, w.dtype) for key, shape in optimizer.state(w.shape).items()}
            for name, w in weights.items()
            if name in graph.learned
        }
        (self.scores,) = graph.outputs
        last = graph[self.scores]
        if last.layer is not None and last.layer.kind == loss.closing:
            (self.scores,) = last.sources

    def state(self) -> Mapping[str, Array]:
        return {f"{name}:{key}": array for name, kept in self._state.items() for key, array in kept.items()}

    def settings(self) -> dict[str, Any]:
        return settings_of(self.optimizer, self.loss)

    def restore(self, saved: Snapshot) -> None:
        saved.copy_into(self)

    def watch(self, images: Array, targets: Array) -> str:
        mode = Mode(True, self.seed, self.steps, 0)
        return first_not_finite(self.graph, self.weights, images, targets, self.loss, self.scores, mode)

    def gradients(self, images: Array, targets: Array) -> tuple[reference.Trace, Array, dict[str, Array]]:
        """(the forward pass, the scores, the loss's gradient by weight) for one batch at this step."""
        mode = Mode(True, self.seed, self.steps, 0)
        trace = reference.forward(self.graph, [images], self.weights, mode)
        scores = trace.values[self.scores]
        seeds = {self.scores: self.loss.gradient(scores, targets)}
        return trace, scores, reference.backward(self.graph, trace, self.weights, seeds)[1]

    def step(self, images: Array, targets: Array, lr: float) -> StepResult:
        trace, scores, gradients = self.gradients(images, targets)
        for name, value in reference.buffer_updates(self.graph, trace, self.weights).items():
            self.weights[name][...] = value
        for name, gradient in gradients.items():
            w = self.weights[name]
            moved, kept = self.optimizer.update(w, gradient, self._state[name], lr)
            w[...] = moved
            for key, array in kept.items():
                self._state[name][key][...] = array
        self.steps += 1
        correct = int((scores.argmax(1) == targets).sum()) if self.loss.targets == "classes" else None
        return StepResult(self.loss.value(scores, targets), correct)
