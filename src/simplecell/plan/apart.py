"""A plan of updates alone, for gradients that are gathered before the weights move: clipped, or from several parts."""

from __future__ import annotations

from dataclasses import replace

from simplecell.graph import Graph
from simplecell.kernels import Tensor
from simplecell.kernels.native import isa
from simplecell.plan.choose import choose
from simplecell.plan.memory import memory
from simplecell.plan.plan import Plan, Training
from simplecell.plan.settings import Machine, settings
from simplecell.plan.tape import HYPER, Tape
from simplecell.plan.verify import verify


def update_plan(graph: Graph, training: Training) -> Plan:
    """The optimiser's rule on every weight that moves; its gradient is the caller's array `d:<weight>`."""
    moving = [name for name in graph.learned if name not in training.frozen]
    tensors = {name: Tensor(name, graph.weights[name], home="weight") for name in moving}
    tensors |= {f"d:{name}": Tensor(f"d:{name}", graph.weights[name], home="state") for name in moving}
    tensors[HYPER] = Tensor(HYPER, (1,), home="scalar")
    plan = Plan(graph, 1, Machine(isa()), settings(), training._replace(update=True), tensors=tensors)
    tape = Tape(plan)
    for name in moving:
        tape.update(name, f"d:{name}")
    plan = replace(plan, ops=tuple(tape.ops), tensors={**tensors, **tape.tensors})
    for step in (choose, memory):
        plan = step(plan)
        verify(plan)
    return plan
