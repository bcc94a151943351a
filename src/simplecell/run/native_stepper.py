"""Training on the native engine: forward, loss, backward and update of one batch in one call."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from simplecell.errors import ArgumentError, DataError
from simplecell.geometry import whole_number
from simplecell.graph import Graph
from simplecell.kernels import update_numbers
from simplecell.layers.base import Array, Mode
from simplecell.objectives import Loss, Optimiser
from simplecell.objectives.records import number
from simplecell.plan import Settings, Training, make_plan, settings, update_plan
from simplecell.plan.differentiate import CORRECT, HYPER, LOSS, TARGET
from simplecell.plan.lower import SEED
from simplecell.run.executable import Executable
from simplecell.run.stepper import Snapshot, StepResult, settings_of
from simplecell.run.watch import first_not_finite

KEPT_PLANS = 4


def training_of(optimizer: Optimiser, loss: Loss, frozen: tuple[str, ...] = (), *, gathered: bool = False) -> Training:
    """What a plan must know to train by this rule. With `gathered`, or where there is no kernel, the weights move
    outside the plan, from gradients that it keeps."""
    numbers, state = update_numbers(optimizer), optimizer.state((1,))
    return Training(
        loss.kind, optimizer.kind, numbers or {}, tuple(state), update=numbers is not None and not gathered,
        scalars=tuple(key for key, shape in state.items() if shape == ()), loss_arguments=loss.arguments(),
        frozen=frozen,
    )  # fmt: skip


class NativeStepper:
    """Trains `weights` (float32, C-contiguous, written in place) by plans for the batch sizes that come.

    Args:
        frozen: names of layers whose weights stay as they are.
        clip: the largest length that all gradients together may have; longer ones are shortened to it.
        accumulate: run each batch in so many parts, one after the other, and move the weights once, by the gradient of
            the whole batch; the memory is that of one part.
        changed: called after every step.

    Rules: the weights move as their gradients are made. Where gradients must first be gathered (to clip or add them,
    or for an optimiser without a native kernel) they are kept, and the weights move at the end. Batch normalisation
    takes the statistics of each part, and of frozen layers too.
    """

    def __init__(
        self,
        graph: Graph,
        weights: Mapping[str, Array],
        optimizer: Optimiser,
        loss: Loss,
        *,
        seed: int = 0,
        frozen: Sequence[str] = (),
        clip: float | None = None,
        accumulate: int = 1,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.graph, self.weights, self.optimizer, self.loss = graph, weights, optimizer, loss
        self.seed, self.steps = seed, 0
        self.frozen = frozen_weights(graph, frozen)
        self.clip = None if clip is None else number(clip, "clip", 1e-30)
        self.accumulate = whole_number(accumulate, "accumulate", 1)
        self._changed = changed
        self._native = update_numbers(optimizer) is not None
        self._fused = self._native and clip is None and self.accumulate == 1
        moving = [name for name in graph.learned if name not in self.frozen]
        self._state = {
            name: {key: np.zeros(shape, np.float32) for key, shape in optimizer.state(graph.weights[name]).items()}
            for name in moving
        }
        self._gradients = {} if self._fused else {name: np.zeros(graph.weights[name], np.float32) for name in moving}
        self._ready: dict[tuple[int, Settings], Executable] = {}

    def settings(self) -> dict[str, Any]:
        return {
            **settings_of(self.optimizer, self.loss),
            "frozen": list(self.frozen), "clip": self.clip, "accumulate": self.accumulate,
        }  # fmt: skip

    def state(self) -> Mapping[str, Array]:
        return {f"{name}:{key}": array for name, kept in self._state.items() for key, array in kept.items()}

    def restore(self, saved: Snapshot) -> None:
        saved.copy_into(self)
        self._changed()

    def watch(self, images: Array, targets: Array) -> str:
        plan = self.executable(len(images)).plan
        mode = Mode(True, self.seed, self.steps * self.accumulate, 0)
        return first_not_finite(self.graph, self.weights, images, targets, self.loss, plan.scores, mode)

    def executable(self, batch: int) -> Executable:
        """The ready plan for a batch size under the settings in force; 0 is the plan of the gathered update."""
        key = (batch, settings())
        if key not in self._ready:
            if len(self._ready) >= KEPT_PLANS:
                self._ready.pop(next(iter(self._ready)))
            held = {**self.state(), **{f"d:{name}": array for name, array in self._gradients.items()}}
            training = training_of(self.optimizer, self.loss, self.frozen, gathered=not self._fused)
            plan = make_plan(self.graph, batch, training=training) if batch else update_plan(self.graph, training)
            self._ready[key] = Executable(plan, self.weights, held)
        return self._ready[key]

    def step(self, images: Array | tuple[Array, ...], targets: Array, lr: float) -> StepResult:
        xs = images if isinstance(images, tuple) else (images,)
        n = len(xs[0])
        size = -(-n // self.accumulate)
        loss, correct = 0.0, None
        for part, first in enumerate(range(0, n, size)):
            rows = slice(first, first + size)
            told = self._part(tuple(x[rows] for x in xs), targets[rows], lr, part, n)
            loss += told.loss if size >= n else told.loss * (min(first + size, n) - first) / n
            correct = told.correct if correct is None or told.correct is None else correct + told.correct
        if not self._fused:
            self._move(lr)
        self.steps += 1
        self._changed()
        return StepResult(loss, correct)

    def _part(self, xs: tuple[Array, ...], targets: Array, lr: float, part: int, whole: int) -> StepResult:
        """Forward, loss and backward of a part of the batch, and the update where nothing stands between."""
        ready = self.executable(len(xs[0]))
        self._check(ready, xs, targets)
        with ready.lock:
            tensors = ready.plan.tensors
            if HYPER in tensors:
                ready.scalar(HYPER)[0] = lr
            if SEED in tensors:
                ready.scalar(SEED)[:] = self.seed, self.steps * self.accumulate + part
            ready.run({**dict(zip(self.graph.inputs, xs, strict=True)), TARGET: targets})
            if not self._fused:
                self._gather(ready, part, len(targets) / whole)
            correct = int(ready.scalar(CORRECT)[0]) if CORRECT in tensors else None
            return StepResult(float(ready.scalar(LOSS)[0]), correct)

    def _gather(self, ready: Executable, part: int, share: float) -> None:
        """Add this part's gradients to those of the parts before."""
        for name, total in self._gradients.items():
            if f"d:{name}" not in ready.plan.tensors:
                continue
            gradient = ready.tensor(f"d:{name}")
            if part:
                total += np.float32(share) * gradient
            else:
                np.multiply(gradient, np.float32(share), out=total)

    def _move(self, lr: float) -> None:
        """Clip the gathered gradients, then apply the optimiser's rule."""
        if self.clip is not None:
            length = math.sqrt(sum(float(np.square(g, dtype=np.float64).sum()) for g in self._gradients.values()))
            if length > self.clip:
                for gradient in self._gradients.values():
                    gradient *= np.float32(self.clip / length)
        if self._native:
            ready = self.executable(0)
            with ready.lock:
                ready.scalar(HYPER)[0] = lr
                ready.run({})
            return
        for name, kept in self._state.items():
            moved, after = self.optimizer.update(self.weights[name], self._gradients[name], kept, lr)
            self.weights[name][...] = moved
            for key, array in after.items():
                kept[key][...] = array

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


def frozen_weights(graph: Graph, layers: Sequence[str]) -> tuple[str, ...]:
    """The weights of these layers. ArgumentError for a layer that is not there or learns nothing."""
    given = (layers,) if isinstance(layers, str) else tuple(layers)
    learning = list(dict.fromkeys(name.rpartition(".")[0] for name in graph.learned))
    for layer in given:
        if layer not in learning:
            raise ArgumentError(f"frozen={layer!r}: no layer of this name learns; those that do: {', '.join(learning)}")
    if given and len(set(given)) == len(learning):
        raise ArgumentError("frozen: all layers that learn are frozen; leave at least one free")
    return tuple(name for name in graph.learned if name.rpartition(".")[0] in given)
