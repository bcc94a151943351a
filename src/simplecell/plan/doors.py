"""The pass that lets the first layer read an image as the caller gave it, where its kernel can."""

from __future__ import annotations

from dataclasses import replace

from simplecell.kernels import Call, Op
from simplecell.plan.memory import touched
from simplecell.plan.plan import Plan

PLANAR = ("conv2d_forward", "conv2d_narrow_forward", "conv2d_winners_weights")
"""The kernels that read images channels first as well as channels last."""
MOST_PLANES = 4
"""More channels are turned faster square by square."""


def doors(plan: Plan) -> Plan:
    """Drop the turning of an input that only such a kernel reads."""
    ops, tensors = list(plan.ops), dict(plan.tensors)
    for turn in plan.ops:
        if turn.kind != "to_nhwc" or tensors[turn.reads["x"]].home != "input":
            continue
        inside = turn.writes["y"]
        readers = [op for op in ops if op is not turn and inside in touched(op)]
        needed = inside in plan.values.values() or any(t.alias == inside for t in tensors.values())
        calls = [call for op in readers for call in op.calls if inside in call.operands.values()]
        if needed or not all(_reads_planes(call, inside) for call in calls):
            continue
        ops = [_reading(op, inside, turn.reads["x"]) if op in readers else op for op in ops if op is not turn]
        del tensors[inside]
    return replace(plan, ops=tuple(ops), tensors=tensors)


def _reading(op: Op, inside: str, outside: str) -> Op:
    """The op with the caller's image in place of the turned one."""
    calls = tuple(_planar(call, outside) if inside in call.operands.values() else call for call in op.calls)
    return op._replace(reads={role: outside if t == inside else t for role, t in op.reads.items()}, calls=calls)


def _reads_planes(call: Call, inside: str) -> bool:
    """Whether its kernel does, as fast and without more memory, and reads the image for nothing else: conv2d_forward
    turns what it copies, band by band, and copies only where there is padding."""
    if call.kernel not in PLANAR or [role for role, name in call.operands.items() if name == inside] != ["x"]:
        return False
    if call.kernel != "conv2d_forward":
        return True
    return call.arguments["top"] > 0 and call.arguments["c"] <= MOST_PLANES


def _planar(call: Call, outside: str) -> Call:
    return call._replace(arguments={**call.arguments, "planar": 1}, operands={**call.operands, "x": outside})
