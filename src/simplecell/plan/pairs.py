"""The pass that lets a depthwise convolution follow the 1x1 convolution before it band by band, while what that wrote
is in the cache."""

from __future__ import annotations

from dataclasses import replace

from simplecell.kernels import Op
from simplecell.kernels.expand import KIND, expands, follows
from simplecell.kernels.simple import site_of
from simplecell.plan.fuse import fixed, only_reader
from simplecell.plan.plan import Plan


def pair(plan: Plan) -> Plan:
    """Outside training, and unless another algorithm is asked for, where nobody else needs the value between."""
    if plan.training is not None or plan.settings.algorithm not in (None, "banded"):
        return plan
    ops, tensors, values, needed = list(plan.ops), dict(plan.tensors), dict(plan.values), fixed(plan)
    for op in plan.ops:
        if not expands(op):
            continue
        y = op.writes["y"]
        j = only_reader(plan, ops, y, needed)
        if j is None or not follows(ops[j]):
            continue
        ops[j] = _paired(op, ops[j])
        ops.remove(op)
        del tensors[y]
        values = {node: t for node, t in values.items() if t != y}
    return replace(plan, ops=tuple(ops), tensors=tensors, values=values)


def _paired(op: Op, reader: Op) -> Op:
    reads = {"x": op.reads["x"], "expand_weight": op.reads["weight"], "weight": reader.reads["weight"]}
    reads |= {"expand_bias": op.reads["bias"]} if "bias" in op.reads else {}
    reads |= {"bias": reader.reads["bias"]} if "bias" in reader.reads else {}
    relu = {"expand_relu": op.attributes.get("relu", 0), "relu": reader.attributes.get("relu", 0)}
    attributes = {"c": site_of(op).inputs[0][0], **relu}
    return Op(KIND, (*op.nodes, *reader.nodes), reads, reader.writes, reader.site, attributes)
