"""The engine of one network: its plans made ready, kept by batch size, and refreshed when weights change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from simplecell.errors import DataError
from simplecell.graph import Graph, Node
from simplecell.layers.base import Array, shape_text
from simplecell.layers.convolution import Convolution
from simplecell.plan import Plan, Settings, make_plan, settings
from simplecell.run.executable import Executable
from simplecell.run.parts import divide

Layout = Literal["NCHW", "NHWC"]

LARGEST_BATCH = 256
"""Images of one pass; more are run in several, so that a large array does not ask for a large arena."""
KEPT_PLANS = 6
FLOAT32 = np.dtype(np.float32)


class EngineValue(NamedTuple):
    """One value as the engine computed it. `note` says how it comes by it: the plan's own bits, or why it had to be
    recomputed."""

    value: float
    algorithm: str
    isa: str
    own_bits: bool
    note: str


class Engine:
    """Runs a graph's inference plans on weights that it does not own."""

    def __init__(self, graph: Graph, weights: Mapping[str, Array]) -> None:
        self.graph = graph
        self.weights = weights
        self._ready: OrderedDict[tuple[int, Settings, tuple[str, ...]], Executable] = OrderedDict()
        self._hot: tuple[int, Settings, tuple[str, ...], Executable] | None = None
        self._lock = threading.Lock()

    def weights_changed(self) -> None:
        """What was packed from the weights is old."""
        with self._lock:
            for executable in self._ready.values():
                executable.weights_changed()

    def again(self, inputs: tuple[object, ...]) -> tuple[Array, ...] | None:
        """The outputs, if the plan that ran last runs on these arrays as they are; else None, and nothing is done."""
        hot = self._hot
        return hot[3].again(inputs) if hot is not None and not hot[2] and hot[1] is settings() else None

    def scores(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """The outputs for checked inputs (n, *shape), in parts of at most LARGEST_BATCH images."""
        n = len(inputs[0])
        if n == 0:
            return tuple(np.zeros((0, *self.graph[o].shape), np.float32) for o in self.graph.outputs)
        if n <= LARGEST_BATCH:
            return self._pass(inputs, self.graph.outputs)
        parts = [
            self._pass([x[start : start + LARGEST_BATCH] for x in inputs], self.graph.outputs)
            for start in range(0, n, LARGEST_BATCH)
        ]
        return tuple(np.concatenate(values) for values in zip(*parts, strict=True))

    def values(self, inputs: Sequence[Array], nodes: Sequence[str]) -> dict[str, Array]:
        """Values of any nodes for a batch of at most LARGEST_BATCH images; asking for a node keeps it from being fused
        away."""
        return dict(zip(nodes, self._pass(inputs, tuple(nodes)), strict=True))

    def value(self, inputs: Sequence[Array], node: Node, unit: tuple[int, ...]) -> EngineValue:
        """One unit's value for one image, as the plan that would run has it, or recomputed where that plan fuses the
        layer away."""
        value = float(self.values(inputs, [node.name])[node.name][(0, *unit)])
        return self.record(len(inputs[0]), node, value, (node.name,))

    def record(self, batch: int, node: Node, value: float, keep: tuple[str, ...]) -> EngineValue:
        """How a value came about that a plan with `keep` computed."""
        plan, asked = self.plan(batch), self.plan(batch, keep)
        own = node.name in plan.values
        algorithm = next((op.algorithm for op in asked.ops if node.name in op.nodes), "none")
        fused = next((op.label for op in plan.ops if node.name in op.nodes), node.name)
        return EngineValue(value, algorithm, plan.machine.isa, own, "" if own else fused)

    def together(self, node: Node) -> tuple[str, ...]:
        """The layers that one step of the running plan does at one unit, if `node` is the first of them: a convolution
        and what follows it up to the next; else itself alone."""
        group = next((op.nodes for op in self.plan(1).ops if node.name in op.nodes), (node.name,))
        firsts = [i for i, name in enumerate(group) if not i or isinstance(self.graph[name].layer, Convolution)]
        start = group.index(node.name)
        end = next((i for i in firsts if i > start), len(group))
        return group[start:end] if start in firsts else (node.name,)

    def watched(self, inputs: Sequence[Array]) -> dict[str, Array]:
        """Every value of one pass by node, from a plan that keeps all of them."""
        executable = self.executable(len(inputs[0]), self.every_layer)
        with executable.lock:
            executable.run(dict(zip(self.graph.inputs, inputs, strict=True)))
            return executable.snapshot([node.name for node in self.graph.nodes])

    @property
    def every_layer(self) -> tuple[str, ...]:
        """What a watched plan keeps."""
        return tuple(node.name for node, _, _ in self.graph.sites)

    def plan(self, batch: int, keep: tuple[str, ...] = ()) -> Plan:
        """The plan that runs for `batch` images under the settings in force."""
        return self.executable(batch, keep).plan

    def undivided(self, batch: int) -> Executable:
        """The ready plan, or where that runs the batch in parts one of its own for the whole batch."""
        ready = self.executable(batch)
        return ready if ready.parts == 1 else Executable(make_plan(self.graph, batch), self.weights)

    def _pass(self, inputs: Sequence[Array], nodes: tuple[str, ...]) -> tuple[Array, ...]:
        keep = () if nodes is self.graph.outputs else tuple(n for n in nodes if n not in self.graph.outputs)
        executable = self.executable(len(inputs[0]), keep)
        with executable.lock:
            executable.run(dict(zip(self.graph.inputs, inputs, strict=True)))
            return tuple([executable.value(node) for node in nodes])

    def executable(self, batch: int, keep: tuple[str, ...] = ()) -> Executable:
        """The ready plan under the settings in force; the one that ran last is found without a search."""
        asked = settings()
        hot = self._hot
        if hot is not None and hot[0] == batch and hot[1] is asked and hot[2] == keep:
            return hot[3]
        key = (batch, asked, keep)
        with self._lock:
            if key not in self._ready:
                plan, parts = divide(make_plan(self.graph, batch, keep=keep))
                self._ready[key] = Executable(plan, self.weights, parts=parts)
                while len(self._ready) > KEPT_PLANS:
                    self._ready.popitem(last=False)
            self._ready.move_to_end(key)
            self._hot = (*key, self._ready[key])
            return self._ready[key]


def checked_inputs(graph: Graph, inputs: Sequence[object], layout: str) -> list[Array]:
    """A user's arrays as the engine takes them: float32, C-contiguous, (n, c, h, w) or (n, f), one per input."""
    if layout not in ("NCHW", "NHWC"):
        raise DataError(f"layout is 'NCHW' or 'NHWC', got {layout!r}")
    if len(inputs) != len(graph.inputs):
        raise DataError(f"the network has {len(graph.inputs)} input(s) ({', '.join(graph.inputs)}), got {len(inputs)}")
    checked = [_checked(name, graph[name].shape, x, layout) for name, x in zip(graph.inputs, inputs, strict=True)]
    if len(checked) > 1 and any(len(x) != len(checked[0]) for x in checked):
        raise DataError(f"every input needs the same number of images, got {', '.join(str(len(x)) for x in checked)}")
    return checked


def _checked(name: str, shape: tuple[int, ...], given: object, layout: str) -> Array:
    if isinstance(given, np.ndarray) and given.dtype == FLOAT32 and given.shape[1:] == shape and layout == "NCHW":
        return given if given.flags.c_contiguous else np.ascontiguousarray(given)
    array = np.asarray(given)
    if array.dtype.kind not in "fiub":
        raise DataError(f"input {name!r} takes numbers, got an array of {array.dtype}")
    if layout == "NHWC" and len(shape) == 3 and array.ndim == 4:
        array = np.moveaxis(array, -1, 1)
    if array.shape[1:] != shape or array.ndim != len(shape) + 1:
        raise DataError(_wrong_shape(name, shape, array.shape))
    return np.ascontiguousarray(array, np.float32)


def _wrong_shape(name: str, shape: tuple[int, ...], got: tuple[int, ...]) -> str:
    text = f"input {name!r} takes (n, {', '.join(map(str, shape))}), got {got}"
    if got == shape:
        return f"{text}: the batch is missing; for one image pass images[None]"
    if len(shape) == 3 and len(got) == 4 and got[1:] == (*shape[1:], shape[0]):
        return f"{text}: the channels stand last (NHWC); pass layout='NHWC'"
    if len(shape) == 3 and got == (*shape[1:], shape[0]):
        return f"{text}: one image with the channels last (HWC); pass images[None] with layout='NHWC'"
    if len(got) == len(shape) + 1:
        return f"{text}: the network was built for {shape_text(shape)}; resize the images or build it for theirs"
    return f"{text}: the rank must be {len(shape) + 1}, the batch in front"
