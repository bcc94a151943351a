"""What every plan must satisfy between passes. A failure is a defect of a pass, never of a user."""

from __future__ import annotations

from simplecell.errors import EngineError
from simplecell.plan.memory import lifetimes, root, touched
from simplecell.plan.plan import Plan

OUTSIDE = ("input", "target", "weight", "state", "scalar", "packed")


def verify(plan: Plan) -> Plan:
    """The plan itself, after its checks: every name is known, everything is written before it is read and once only,
    aliases hold as many bytes as they name, and no two living tensors share a byte."""
    written: set[str] = set()
    for op in plan.ops:
        for name in touched(op):
            if name not in plan.tensors:
                raise _defect(plan, f"{op.kind} {op.label} names the unknown tensor {name!r}")
        for role, name in op.reads.items():
            base = root(plan.tensors, name)
            if plan.tensors[base].home not in OUTSIDE and base not in written:
                raise _defect(plan, f"{op.kind} {op.label} reads {role} = {name!r} before it is written")
        for role, name in op.writes.items():
            base = root(plan.tensors, name)
            if base in written and op.shares is None:
                raise _defect(plan, f"{op.kind} {op.label} writes {role} = {name!r} a second time")
            written.add(base)
    for tensor in plan.tensors.values():
        if tensor.alias and plan.tensors[root(plan.tensors, tensor.name)].bytes < tensor.bytes:
            raise _defect(plan, f"{tensor.name!r} is larger than {tensor.alias!r}, in which it lies")
    if plan.places:
        _check_places(plan)
    return plan


def _check_places(plan: Plan) -> None:
    lives = lifetimes(plan)
    names = sorted(lives, key=lambda n: plan.places[n])
    for i, a in enumerate(names):
        end = plan.places[a] + lives[a].nbytes
        if end > plan.arena:
            raise _defect(plan, f"{a!r} ends at {end}, behind the arena's {plan.arena} bytes")
        for b in names[i + 1 :]:
            if plan.places[b] >= end:
                break
            if lives[a].first <= lives[b].last and lives[b].first <= lives[a].last:
                raise _defect(plan, f"{a!r} and {b!r} overlap while both are needed")


def _defect(plan: Plan, what: str) -> EngineError:
    return EngineError(f"defect in the plan after the pass {(*plan.done, 'start')[-1]!r}: {what}; please report it")
