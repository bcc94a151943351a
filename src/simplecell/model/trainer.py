"""Training by a loop of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.graph import Graph
from simplecell.run.engine import Layout, checked_inputs

if TYPE_CHECKING:
    from simplecell.explain import GradientExplanation
    from simplecell.run.stepper import Stepper


class Trainer:
    """One training step per call, on one batch: images (n, c, h, w), targets (n,) classes or (n, k) values -> loss.

    The learning rate is the optimiser's unless `lr` is given.
    """

    def __init__(self, graph: Graph, stepper: Stepper, lr: float) -> None:
        self._graph = graph
        self.stepper = stepper
        self.lr = lr

    def __call__(self, images: object, targets: object, *, lr: float | None = None, layout: Layout = "NCHW") -> float:
        (x,) = checked_inputs(self._graph, [images], layout)
        y = np.asarray(targets)
        y = np.ascontiguousarray(y, np.int64 if y.dtype.kind in "iub" else np.float32)
        return self.stepper.step(x, y, self.lr if lr is None else lr).loss

    def explain_gradient(
        self, images: object, targets: object, *, layout: Layout = "NCHW", **which: Any
    ) -> GradientExplanation:
        """What the next step on this batch would make of one weight, or the gradient of one value; nothing moves.
        `which` as in `Model.explain_gradient`: weight=("conv1", (3, 0, 1, 1)), unit=(...), input=(...)."""
        from simplecell.explain.batch import Batch, gradient_of

        xs = checked_inputs(self._graph, [images], layout)
        kept = Batch(self._graph, self.stepper.weights, tuple(xs), targets, self.stepper.loss, self.stepper.seed)
        return gradient_of(
            kept, optimiser=self.stepper.optimizer, lr=self.lr, state=self.stepper.state(), step=self.stepper.steps,
            **which,
        )  # fmt: skip
