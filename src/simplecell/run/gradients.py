"""The gradients of one batch as the engine computes them in training, kept instead of used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simplecell.graph import Graph
from simplecell.layers.base import Array
from simplecell.objectives import Loss
from simplecell.plan import Training, make_plan
from simplecell.plan.differentiate import LOSS, TARGET
from simplecell.plan.lower import SEED
from simplecell.run.engine import EngineValue
from simplecell.run.executable import Executable


@dataclass(frozen=True)
class Gradients:
    """One batch through a training plan that updates nothing.

    values      (views of the plan's memory) of the nodes that were asked for, (n, ...)
    gradients   of the loss, by node for those that were asked for, and by weight for all
    algorithms  what computed each gradient
    """

    values: Mapping[str, Array]
    gradients: Mapping[str, Array]
    algorithms: Mapping[str, str]
    loss: float
    isa: str

    def value(self, name: str, place: tuple[int, ...]) -> EngineValue | None:
        """One entry of a gradient; None where the plan has none."""
        if name not in self.gradients:
            return None
        return EngineValue(float(self.gradients[name][place]), self.algorithms[name], self.isa, True, "")


def gradients(
    graph: Graph,
    weights: Mapping[str, Array],
    loss: Loss,
    inputs: Sequence[Array],
    targets: Array,
    nodes: Sequence[str] = (),
    *,
    seed: int = 0,
    step: int = 0,
) -> Gradients:
    """Run one batch forward and back. `weights` stay as they are; running averages are moved in a copy."""
    training = Training(loss.kind, update=False, loss_arguments=loss.arguments())
    plan = make_plan(graph, len(inputs[0]), training=training, keep=tuple(nodes))
    own = {name: w if name in graph.learned else w.copy() for name, w in weights.items()}
    ready = Executable(plan, own)
    if SEED in plan.tensors:
        ready.scalar(SEED)[:] = seed, step
    with ready.lock:
        ready.run({**dict(zip(graph.inputs, inputs, strict=True)), TARGET: targets})
        tensors = {n: plan.gradients[plan.values[n]] for n in nodes if plan.values.get(n) in plan.gradients}
        tensors |= {name: f"d:{name}" for name in graph.learned if f"d:{name}" in plan.tensors}
        writers = {t: op.algorithm for op in plan.ops for t in op.writes.values()}
        return Gradients(
            {n: ready.tensor(plan.values[n]) for n in nodes if n in plan.values},
            {name: ready.tensor(t) for name, t in tensors.items()},
            {name: writers.get(t, "none") for name, t in tensors.items()},
            float(ready.scalar(LOSS)[0]),
            plan.machine.isa,
        )
