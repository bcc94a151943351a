"""The pass that lets a convolution's data gradient add the other part of its value's gradient as it writes.

Where two layers read a value, as at the entrance of a residual block, its gradient is a sum: no pass over memory of its
own then, and none for the rectifier that stands before the value (see the pass `mask`).
"""

from __future__ import annotations

from dataclasses import replace

from simplecell.kernels import Op
from simplecell.layers.convolution import Convolution
from simplecell.plan.masks import sole_maker
from simplecell.plan.memory import kept
from simplecell.plan.plan import Plan


def sums(plan: Plan) -> Plan:
    """Join the sum of two gradients and the data gradient that is made last of the two, if nothing else reads that."""
    ops, tensors, fixed = list(plan.ops), dict(plan.tensors), set(kept(plan))
    gradients = set(plan.gradients.values())
    for total in plan.ops:
        if total.kind != "add" or total.writes["y"] not in gradients:
            continue
        a, b = total.reads["a"], total.reads["b"]
        parts = [(sole_maker(ops, tensors, fixed, part), other) for part, other in ((a, b), (b, a))]
        makers = [(maker, other) for maker, other in parts if maker is not None]
        maker, other = max(makers, key=lambda pair: ops.index(pair[0]), default=(None, ""))
        if maker is None or not _adds(maker) or not _made_before(ops, other, maker):
            continue
        del tensors[maker.writes["dx"]]
        reads = {**maker.reads, "add": other}
        ops[ops.index(maker)] = maker._replace(reads=reads, writes={"dx": total.writes["y"]}, shares=("dx", "add"))
        ops.remove(total)
    return replace(plan, ops=tuple(ops), tensors=tensors)


def _adds(maker: Op) -> bool:
    """Whether an op's kernels take a second input: those of filters that see all channels do."""
    if maker.kind != "conv2d.dx" or "add" in maker.reads or maker.site is None:
        return False
    layer = maker.site.layer
    return isinstance(layer, Convolution) and layer.groups == 1


def _made_before(ops: list[Op], name: str, reader: Op) -> bool:
    """Whether a tensor is complete where `reader` stands: no op behind it writes it."""
    return all(name not in op.writes.values() for op in ops[ops.index(reader) :])
