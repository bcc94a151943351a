"""A plan made ready to run: memory taken once, weights bound, native steps in one call.

Ops that have a native algorithm become a native program; where the reference stands between them the plan falls into
several programs with Python between. A plan without such ops is one native call. A plan made for a part of a batch is
run on all parts at once, a thread each; each part has an arena of its own.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate, groupby
from typing import Any

import numpy as np

from simplecell.kernels import Op, Tensor
from simplecell.kernels.native import engine
from simplecell.layers.base import Array, Mode
from simplecell.plan import Plan
from simplecell.plan.memory import ALIGNMENT, root

DTYPES = {"float32": np.float32, "int32": np.int32, "int64": np.int64, "float64": np.float64}


class Executable:
    """Runs one plan. `weights` (and in training `state`) are the caller's arrays and stay theirs: they are read, and in
    training written, in place. With `parts` the plan is that of one of as many equal parts of the batch."""

    def __init__(
        self, plan: Plan, weights: Mapping[str, Array], state: Mapping[str, Array] | None = None, parts: int = 1
    ) -> None:
        self.plan = plan
        self.parts = parts
        self.lock = threading.Lock()
        self._memory: Array = self._arena()
        self._lent: weakref.ref[Array] | None = None
        self._held: dict[str, Array] = {}
        for tensor in plan.tensors.values():
            if tensor.home == "weight":
                self._held[tensor.name] = weights[tensor.name]
            elif tensor.home == "state":
                self._held[tensor.name] = (state or {})[tensor.name]
            elif tensor.home == "scalar":
                self._held[tensor.name] = np.zeros(tensor.shape, DTYPES[tensor.dtype])
        self._held |= _packed(plan)
        self._steps: list[Callable[[], None]] = []
        self._programs: list[tuple[Any, dict[str, int]]] = []
        self._arenas: list[Callable[[Array, bool], None]] = []
        for is_reference, ops in groupby(plan.ops, key=lambda op: op.algorithm == "reference"):
            if is_reference:
                self._steps += [self._reference_step(op) for op in ops]
            else:
                self._steps.append(self._native_step([*ops]))
        self._stale = True
        self._doors = [
            (name, [partial(program.bind, segments[name]) for program, segments in self._programs if name in segments])
            for name, tensor in plan.tensors.items()
            if tensor.home in ("input", "target")
        ]
        self._views: dict[str, Array] = {}
        self._answers: tuple[str, ...] = self._open_doors()

    def weights_changed(self) -> None:
        """What was packed from the weights is old: it is packed again at the next run."""
        self._stale = True

    def run(self, outside: Mapping[str, Array]) -> None:
        """Run on the caller's arrays: the graph's inputs by name, and in training the target. They are C-contiguous
        and of the tensors' dtypes and shapes; the caller holds `lock`."""
        if self._lent is not None:
            self._leave_what_is_lent()
        for name, bindings in self._doors:
            array = self._held[name] = outside[name]
            for bind in bindings:
                bind(array, False)
        if self._stale:
            for program, _ in self._programs:
                program.run_prologue()
            self._stale = False
        for step in self._steps:
            step()

    def again(self, inputs: tuple[object, ...]) -> tuple[Array, ...] | None:
        """The outputs, if the whole plan is one native call that takes these arrays as they are; None, and nothing is
        done, if not, or where weights must be packed first."""
        if not self._answers or self._stale:
            return None
        with self.lock:
            if self._lent is not None:
                self._leave_what_is_lent()
            if not self._programs[0][0].run_on(inputs):
                return None
            return tuple([self.value(node) for node in self._answers])

    def _open_doors(self) -> tuple[str, ...]:
        """Tell the program which arrays `again` hands it; the outputs, or none where Python has a part in the run."""
        plan = self.plan
        if plan.training is not None or len(self._steps) != 1 or not self._programs:
            return ()
        program, segments = self._programs[0]
        homes = {plan.tensors[root(plan.tensors, plan.values[node])].home for node in plan.graph.outputs}
        if homes != {"arena"} or not segments.keys() >= {*plan.graph.inputs}:
            return ()
        shapes = {name: plan.tensors[name].shape for name in plan.graph.inputs}
        program.set_doors([(segments[name], (self.parts * n, *shape)) for name, (n, *shape) in shapes.items()])
        return plan.graph.outputs

    def _arena(self) -> Array:
        """Memory for what lies in the arena: (bytes,), or (parts, bytes) of several parts."""
        nbytes = -(-max(self.plan.arena, 1) // ALIGNMENT) * ALIGNMENT
        memory: Array = engine().aligned(self.parts * nbytes)
        return memory if self.parts == 1 else memory.reshape(self.parts, nbytes)

    def scalar(self, name: str) -> Array:
        """The live array of a scalar: the loss, the learning rate, ..."""
        return self._held[name]

    def tensor(self, name: str, memory: Array | None = None) -> Array:
        """A view of a tensor in the graph's order (n, c, h, w) or (n, f), of several parts (parts, n, ...), valid until
        the next run; or in a view of the whole memory."""
        tensor = self.plan.tensors[name]
        base = root(self.plan.tensors, name)
        if base in self._held:
            raw = self._held[base]
        else:
            start = self.plan.places[base]
            place = (self._memory if memory is None else memory)[..., start : start + tensor.bytes]
            raw = place.view(DTYPES[tensor.dtype])
        parts = () if self.parts == 1 else (self.parts,)
        if tensor.layout == "nhwc":
            n, c, *sizes = tensor.shape
            return np.moveaxis(raw.reshape(*parts, n, *sizes, c), -1, 1 + len(parts))
        return raw.reshape(*parts, *tensor.shape)

    def value(self, node: str) -> Array:
        """A copy of a node's value, C-contiguous, if the plan keeps it."""
        view = self._views.get(node)
        if view is None:
            name = self.plan.values[node]
            view = self.tensor(name)
            if self.plan.tensors[root(self.plan.tensors, name)].home == "arena":
                self._views[node] = view
        copy = view.copy(order="C")
        return copy if self.parts == 1 else copy.reshape(-1, *copy.shape[2:])

    def snapshot(self, nodes: Sequence[str]) -> dict[str, Array]:
        """The values of nodes that a plan in one part keeps, as they are now; the caller holds `lock`. They are lent
        the memory where they lie: while one of them lives, the next run takes other memory."""
        memory = np.frombuffer(self._memory.data, np.uint8)  # what all views of it keep alive, and nothing else
        self._lent = weakref.ref(memory)
        values = {node: self.tensor(self.plan.values[node], memory) for node in nodes}
        return {node: x if np.may_share_memory(x, memory) else x.copy() for node, x in values.items()}

    def _leave_what_is_lent(self) -> None:
        """Take other memory if values that were lent the present one still live."""
        if self._lent is not None and self._lent() is not None:
            self._memory = self._arena()
            self._views.clear()
            for bind in self._arenas:
                bind(self._memory, True)
        self._lent = None

    def steps(self) -> list[dict[str, Any]]:
        """The native steps as the engine lists them."""
        return [step for program, _ in self._programs for step in program.steps()]

    def times(self) -> list[float]:
        """Seconds of each op in one run of the first part on the arrays of the last one; the caller holds `lock`."""
        seconds: list[float] = []
        programs = iter(self._programs)
        for is_reference, ops in groupby(self.plan.ops, key=lambda op: op.algorithm == "reference"):
            if is_reference:
                for op in ops:
                    began = time.perf_counter()
                    self._reference_step(op)()
                    seconds.append(time.perf_counter() - began)
                continue
            measured = iter(next(programs)[0].profile())
            seconds += [sum(next(measured) for call in op.calls if not call.prologue) for op in ops]
        return seconds

    def _native_step(self, ops: Sequence[Op]) -> Callable[[], None]:
        """One native program of consecutive ops."""
        plan, threads = self.plan, self.plan.settings.thread_count()
        program = engine().Program(plan.machine.isa, threads, self.parts)
        arena = program.segment("arena", self._memory.shape[-1])
        segments: dict[str, int] = {}

        def place(name: str | None) -> tuple[int, int, int] | None:
            if name is None:
                return None
            base = root(plan.tensors, name)
            tensor: Tensor = plan.tensors[base]
            if tensor.home == "arena":
                return arena, plan.places[base], plan.tensors[name].bytes
            if base not in segments:
                segments[base] = program.segment(base, tensor.bytes if tensor.home in ("input", "target") else 0)
            return segments[base], 0, plan.tensors[name].bytes

        for op in ops:
            for call in op.calls:
                operands = {role: place(name) for role, name in call.operands.items()}
                program.add(call.kernel, dict(call.arguments), operands, label=op.label, prologue=call.prologue)
        self._arenas.append(partial(program.bind, arena))
        self._arenas[-1](self._memory, True)
        for name, segment in segments.items():
            if name in self._held:
                fixed = plan.tensors[name].home == "weight" and plan.training is None
                program.bind(segment, self._held[name], not fixed)
        self._programs.append((program, segments))
        return program.run

    def _loss_step(self, op: Op) -> Callable[[], None]:
        """The loss's own definition: its value, its gradient, and how many classes were scored highest rightly."""
        assert self.plan.training is not None
        rule = self.plan.training.rule

        def step() -> None:
            scores, target = self.tensor(op.reads["scores"]), self.tensor(op.reads["target"])
            self._held[op.writes["loss"]][0] = rule.value(scores, target)
            self.tensor(op.writes["dscores"])[...] = rule.gradient(scores, target)
            if "correct" in op.writes:
                self._held[op.writes["correct"]][0] = np.count_nonzero(scores.argmax(1) == target)

        return step

    def _reference_step(self, op: Op) -> Callable[[], None]:
        """A layer's own definition between native programs; backward runs the forward again for what it keeps."""
        if op.kind == "reference.loss":
            return self._loss_step(op)
        site = op.site
        assert site is not None
        layer = site.layer
        weight_roles = [*site.weights]
        stream = self.plan.graph[op.nodes[0]].number

        def mode() -> Mode:
            seed, step = self._held.get("dropout seed", (0, 0))
            return Mode(self.plan.training is not None, int(seed), int(step), stream)

        def operands() -> tuple[list[Array], dict[str, Array]]:
            xs = [self.tensor(t) for role, t in op.reads.items() if role not in (*weight_roles, "dy")]
            return xs, {role: self.tensor(op.reads[role]) for role in weight_roles}

        def forward() -> None:
            xs, weights = operands()
            y, saved = layer.forward(site, xs, weights, mode())
            self.tensor(op.writes["y"])[...] = y
            for key, value in layer.updated(site, saved, weights).items() if mode().training else ():
                self._held[op.reads[key]][...] = value

        def backward() -> None:
            xs, weights = operands()
            saved = layer.forward(site, xs, weights, mode())[1]
            dxs, dweights = layer.backward(site, self.tensor(op.reads["dy"]), saved, xs, weights)
            found = {f"dx{i}": dx for i, dx in enumerate(dxs)} | {f"d{key}": dw for key, dw in dweights.items()}
            for role, name in op.writes.items():
                self.tensor(name)[...] = found[role]

        return forward if op.kind == "reference" else backward


def _packed(plan: Plan) -> dict[str, Array]:
    """Memory for packed weights: one block, which the system can give in large pages."""
    tensors = [t for t in plan.tensors.values() if t.home == "packed"]
    ends = [*accumulate(-(-t.bytes // ALIGNMENT) * ALIGNMENT for t in tensors)]
    block: Array = engine().aligned(max(ends, default=1))
    return {t.name: block[start : start + t.bytes] for t, start in zip(tensors, [0, *ends], strict=False)}
