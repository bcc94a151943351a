"""Training on the native engine: forward, loss, backward and update of one batch in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from simplecell.errors import DataError
from simplecell.graph import Graph
from simplecell.kernels import update_numbers
from simplecell.layers.base import Array
from simplecell.objectives import Loss, Optimiser
from simplecell.plan import Settings, Training, make_plan, settings
from simplecell.plan.differentiate import CORRECT, HYPER, LOSS, TARGET
from simplecell.plan.lower import SEED
from simplecell.run.executable import Executable
from simplecell.run.stepper import StepResult

KEPT_PLANS = 4


def training_of(optimizer: Optimiser, loss: Loss) -> Training:
    """What a plan must know to train by this rule. One without a kernel moves the weights outside the plan, from
    gradients that it keeps."""
    numbers, state = update_numbers(optimizer), optimizer.state((1,))
    return Training(
        loss.kind, optimizer.kind, numbers or {}, tuple(state), update=numbers is not None,
        scalars=tuple(key for key, shape in state.items() if shape == ()), loss_arguments=loss.arguments(),
    )  # fmt: skip


class NativeStepper:
    """Trains `weights` (float32, C-contiguous, written in place) by plans for the batch sizes that come.

    An optimiser without a native kernel moves the weights by its own reference rule, from gradients that the plan
    keeps. `changed` is called after every step.
    """

    def __init__(
        self,
        graph: Graph,
        weights: Mapping[str, Array],
        optimizer: Optimiser,
        loss: Loss,
        *,
        seed: int = 0,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.graph, self.weights, self.optimizer, self.loss = graph, weights, optimizer, loss
        self.seed, self.steps = seed, 0
        self._changed = changed
        self._fused = update_numbers(optimizer) is not None
        self._state = {
            name: {key: np.zeros(shape, np.float32) for key, shape in optimizer.state(w.shape).items()}
            for name, w in weights.items()
            if name in graph.learned
        }
        self._ready: dict[tuple[int, Settings], Executable] = {}

    def state(self) -> Mapping[str, Array]:
        return {f"{name}:{key}": array for name, kept in self._state.items() for key, array in kept.items()}

    def executable(self, batch: int) -> Executable:
        """The ready plan for a batch size under the settings in force."""
        key = (batch, settings())
        if key not in self._ready:
            plan = make_plan(self.graph, batch, training=training_of(self.optimizer, self.loss))
            if len(self._ready) >= KEPT_PLANS:
                self._ready.pop(next(iter(self._ready)))
            self._ready[key] = Executable(plan, self.weights, self.state())
        return self._ready[key]

    def step(self, images: Array | tuple[Array, ...], targets: Array, lr: float) -> StepResult:
        xs = images if isinstance(images, tuple) else (images,)
        ready = self.executable(len(xs[0]))
        self._check(ready, xs, targets)
        with ready.lock:
            tensors = ready.plan.tensors
            if HYPER in tensors:
                ready.scalar(HYPER)[0] = lr
            if SEED in tensors:
                ready.scalar(SEED)[:] = self.seed, self.steps
            ready.run({**dict(zip(self.graph.inputs, xs, strict=True)), TARGET: targets})
            if not self._fused:
                self._apply_rule(ready, lr)
            result = StepResult(
                float(ready.scalar(LOSS)[0]), int(ready.scalar(CORRECT)[0]) if CORRECT in tensors else None
            )
        self.steps += 1
        self._changed()
        return result

    def _check(self, ready: Executable, xs: tuple[Array, ...], targets: Array) -> None:
        wanted = ready.plan.tensors[TARGET]
        for name, x in zip(self.graph.inputs, xs, strict=True):
            shape = self.graph[name].shape
            if x.shape[1:] != shape or x.dtype != np.float32 or not x.flags.c_contiguous:
                raise DataError(
                    f"a training step takes float32 images (n, {', '.join(map(str, shape))}), C-contiguous; got "
                    f"{x.dtype} {x.shape}"
                )
        if targets.shape != wanted.shape or str(targets.dtype) != wanted.dtype or not targets.flags.c_contiguous:
            raise DataError(
                f"the loss {self.loss.kind!r} takes {wanted.dtype} targets of shape {wanted.shape} for this batch, got "
                f"{targets.dtype} {targets.shape}"
            )
        classes = ready.plan.tensors[ready.plan.values[ready.plan.scores]].shape[1]
        if wanted.dtype == "int64" and not 0 <= targets.min() <= targets.max() < classes:
            raise DataError(f"class targets go from 0 to {classes - 1}, got {targets.min()} to {targets.max()}")

    def _apply_rule(self, ready: Executable, lr: float) -> None:
        """The optimiser's reference rule, where there is no kernel for it."""
        for name in self._state:
            if f"d:{name}" not in ready.plan.tensors:
                continue
            w = self.weights[name]
            moved, kept = self.optimizer.update(w, ready.tensor(f"d:{name}"), self._state[name], lr)
            w[...] = moved
            for key, array in kept.items():
                self._state[name][key][...] = array
