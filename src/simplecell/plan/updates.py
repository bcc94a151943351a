"""The pass that moves a fully connected layer's weights as their gradient is made, so that it never reaches memory."""

from __future__ import annotations

from dataclasses import replace

from simplecell.kernels import Op, Tensor
from simplecell.plan.memory import kept
from simplecell.plan.plan import Plan


def update(plan: Plan) -> Plan:
    """Join the gradient of a linear layer's weights and the SGD that reads it, where nothing else does."""
    ops, tensors = list(plan.ops), dict(plan.tensors)
    fixed = set(kept(plan))
    for back in plan.ops:
        if back.kind != "linear.dw":
            continue
        gradient = back.writes["dweight"]
        readers = [op for op in ops if gradient in op.reads.values()]
        if len(readers) == 1 and readers[0].kind == "sgd" and gradient not in fixed:
            ops[ops.index(back)] = _joined(back, readers[0], tensors)
            ops.remove(readers[0])
    return replace(plan, ops=tuple(ops), tensors=tensors)


def _joined(back: Op, rule: Op, tensors: dict[str, Tensor]) -> Op:
    """The op that does both; the gradient's tensor goes."""
    del tensors[back.writes["dweight"]]
    reads = {**back.reads, **{role: t for role, t in rule.reads.items() if role != "gradient"}}
    writes = {role: t for role, t in back.writes.items() if role != "dweight"}
    return back._replace(kind="linear.update", reads=reads, writes=writes, attributes=rule.attributes)
