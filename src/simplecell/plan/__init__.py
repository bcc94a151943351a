"""When and where: a graph becomes a plan by a short tuple of named passes, with a verifier between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simplecell.graph import Graph
from simplecell.kernels.native import isa
from simplecell.plan.apart import update_plan
from simplecell.plan.choose import choose
from simplecell.plan.differentiate import differentiate
from simplecell.plan.doors import doors
from simplecell.plan.fuse import fuse
from simplecell.plan.lower import layout, lower
from simplecell.plan.masks import mask
from simplecell.plan.memory import memory
from simplecell.plan.pairs import pair
from simplecell.plan.plan import Plan, Training
from simplecell.plan.settings import Machine, Settings, settings, use
from simplecell.plan.sums import sums
from simplecell.plan.updates import update
from simplecell.plan.verify import verify
from simplecell.plan.winners import winners

PASSES: tuple[Callable[[Plan], Plan], ...] = (
    lower,
    fuse,
    pair,
    layout,
    differentiate,
    sums,
    mask,
    winners,
    update,
    choose,
    doors,
    memory,
)


def make_plan(
    graph: Graph,
    batch: int,
    *,
    training: Training | None = None,
    keep: tuple[str, ...] = (),
    machine: Machine | None = None,
    asked: Settings | None = None,
) -> Plan:
    """The plan of a graph for one batch size; `keep` names nodes whose values must still be there at the end."""
    plan = Plan(graph, batch, machine or Machine(isa()), asked or settings(), training, keep)
    for step in PASSES:
        plan = replace(step(plan), done=(*plan.done, step.__name__))
        verify(plan)
    return plan


__all__ = ["PASSES", "Machine", "Plan", "Settings", "Training", "make_plan", "settings", "update_plan", "use"]
