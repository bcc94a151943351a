"""The pass that gives every tensor of the arena its place, by the time in which it is needed.

A tensor lives from the op that writes it first to the op that reads it last. Two whose lives overlap never share a
byte. The arena's size is the plan's own memory, not an estimate.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, replace

from simplecell.kernels import Op, Tensor
from simplecell.plan.plan import Plan

ALIGNMENT = 64


@dataclass(slots=True)
class Life:
    """Ops between which a piece of memory is needed (first and last, both included), and its size."""

    first: int
    last: int
    nbytes: int


def root(tensors: Mapping[str, Tensor], name: str) -> str:
    """The tensor in whose memory `name` lies."""
    while tensors[name].alias:
        name = tensors[name].alias
    return name


def touched(op: Op) -> list[str]:
    """Every tensor that an op's calls use, or that it reads and writes where it has none."""
    named = [t for call in op.calls for t in call.operands.values() if t is not None]
    return list(dict.fromkeys([*op.reads.values(), *op.writes.values(), *named]))


def memory(plan: Plan) -> Plan:
    """Share what may be shared, then place the largest first, each at the lowest free offset."""
    tensors = _shared(plan)
    lives = lifetimes(replace(plan, tensors=tensors))
    places: dict[str, int] = {}
    placed: list[tuple[int, int, int, int]] = []  # offset, end, first and last op, by offset
    for name in sorted(lives, key=lambda n: (-lives[n].nbytes, n)):
        life = lives[name]
        room, offset = _rounded(life.nbytes), 0
        for start, end, first, last in placed:
            if first <= life.last and life.first <= last:
                if start - offset >= room:
                    break
                offset = max(offset, end)
        places[name] = offset
        insort(placed, (offset, offset + room, life.first, life.last))
    arena = max((end for _, end, _, _ in placed), default=0)
    return replace(plan, tensors=tensors, places=places, arena=arena)


def lifetimes(plan: Plan) -> dict[str, Life]:
    """When each root of the arena is needed; what must be kept lives to the end."""
    lives: dict[str, Life] = {}
    for i, op in enumerate(plan.ops):
        for name in touched(op):
            base = root(plan.tensors, name)
            tensor = plan.tensors[base]
            if tensor.home != "arena":
                continue
            life = lives.setdefault(base, Life(i, i, tensor.bytes))
            life.last = i
            life.nbytes = max(life.nbytes, plan.tensors[name].bytes)
    for name in kept(plan):
        base = root(plan.tensors, name)
        if base in lives:
            lives[base].last = len(plan.ops)
    return lives


def kept(plan: Plan) -> list[str]:
    """The tensors that must still be there when the plan has run: outputs, asked-for values, unused gradients."""
    nodes = (*plan.keep, *(() if plan.training else plan.graph.outputs))
    names = [plan.values[n] for n in nodes if n in plan.values]
    names += [plan.gradients[plan.values[n]] for n in plan.keep if plan.values.get(n) in plan.gradients]
    if plan.training and not plan.training.update:
        weights = [n for n, t in plan.tensors.items() if t.home == "weight"]
        names += [f"d:{w}" for w in weights if f"d:{w}" in plan.tensors]
    return names


def _shared(plan: Plan) -> dict[str, Tensor]:
    """Let a result lie where its operand lay, when the op allows it and nothing else needs the operand."""
    tensors = dict(plan.tensors)
    held = {root(tensors, name) for name in kept(plan)}
    used: dict[str, int] = {}  # the last op that touches a root
    for i, op in enumerate(plan.ops):
        used.update((root(tensors, name), i) for name in touched(op))
    for i, op in enumerate(plan.ops):
        if op.shares is None:
            continue
        result, operand = op.writes[op.shares[0]], root(tensors, op.reads[op.shares[1]])
        fits = tensors[operand].home == "arena" and tensors[operand].bytes == tensors[result].bytes
        later = used[operand] > i
        twice = [root(tensors, t) for t in op.reads.values()].count(operand) > 1
        if fits and not later and not twice and operand not in held and not tensors[result].alias and result != operand:
            tensors[result] = tensors[result]._replace(alias=operand)
            used[operand] = max(used[operand], used.pop(result))
            if result in held:
                held.add(operand)
    return tensors


def _rounded(nbytes: int) -> int:
    return -(-max(nbytes, 1) // ALIGNMENT) * ALIGNMENT
