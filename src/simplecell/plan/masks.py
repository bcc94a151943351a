"""The pass that spares rectifiers a pass over memory of their own on the way back.

A rectifier lets the gradient through where its result is above zero: its result is a mask, and the op that makes the
gradient can apply it as it writes. Behind a max pool the mask may come first: the winner of a window is above zero
exactly where the pool's result is, and the pool's result is smaller.
"""

from __future__ import annotations

from dataclasses import replace

from simplecell.kernels import Op, Tensor
from simplecell.plan.memory import kept
from simplecell.plan.plan import Plan

MASKING = ("conv2d.dx", "linear.dx", "avgpool2d.dx")
"""Kinds of ops whose result may be masked: by the algorithm's kernel, or by one call more (see the pass `choose`)."""


def mask(plan: Plan) -> Plan:
    """Bring the gradients of rectifiers before those of max pools, then into the ops that make what they read."""
    ops, tensors = list(plan.ops), dict(plan.tensors)
    fixed = set(kept(plan))
    for relu in reversed(plan.ops):
        if relu.kind != "relu.dx":
            continue
        maker = _maker(ops, tensors, fixed, relu)
        while maker is not None and maker.kind == "maxpool2d.dx":
            relu = _swap(ops, tensors, maker, relu)
            maker = _maker(ops, tensors, fixed, relu)
        if maker is not None and maker.kind in MASKING:
            reads = {**maker.reads, "mask": relu.reads["y"]}
            ops[ops.index(maker)] = maker._replace(reads=reads, writes=relu.writes)
            ops.remove(relu)
            del tensors[relu.reads["dy"]]
    return replace(plan, ops=tuple(ops), tensors=tensors)


def _maker(ops: list[Op], tensors: dict[str, Tensor], fixed: set[str], relu: Op) -> Op | None:
    """The op that writes what a rectifier's gradient reads, if nothing else needs that, and it is the gradient of the
    rectifier's own result."""
    maker = sole_maker(ops, tensors, fixed, relu.reads["dy"])
    if maker is not None and maker.kind == "maxpool2d.dx" and _pool(ops, maker).reads["x"] != relu.reads["y"]:
        return None
    return maker


def sole_maker(ops: list[Op], tensors: dict[str, Tensor], fixed: set[str], name: str) -> Op | None:
    """The op that writes a tensor, if one op alone reads it and it lies in nobody else's memory."""
    readers = sum(name in op.reads.values() for op in ops)
    if readers != 1 or name in fixed or tensors[name].alias or any(t.alias == name for t in tensors.values()):
        return None
    return next((op for op in ops if name in op.writes.values()), None)


def _pool(ops: list[Op], back: Op) -> Op:
    """The max pool whose gradient an op computes."""
    (pool,) = (op for op in ops if op.writes.get("index") == back.reads["index"])
    return pool


def _swap(ops: list[Op], tensors: dict[str, Tensor], back: Op, relu: Op) -> Op:
    """The rectifier's gradient before the max pool's; returns it."""
    dy, result = back.reads["dy"], _pool(ops, back).writes["y"]
    masked = f"{dy}:masked"
    tensors[masked] = tensors[dy]._replace(name=masked, alias="")
    del tensors[relu.reads["dy"]]
    before = relu._replace(reads={"dy": dy, "y": result}, writes={"dx": masked})
    after = back._replace(reads={**back.reads, "dy": masked}, writes=relu.writes)
    ops.remove(relu)
    at = ops.index(back)
    ops[at : at + 1] = [before, after]
    return before
