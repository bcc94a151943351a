"""The pass that lets one kernel do the work of several layers."""

from __future__ import annotations

from dataclasses import replace

from simplecell.kernels import Op, Tensor
from simplecell.plan.plan import Plan

RECTIFIERS = {"relu": 1, "relu6": 6}
"""Kinds that another op may do as it writes, and what its attribute and its kernel's argument `relu` then say."""


def fuse(plan: Plan) -> Plan:
    """Let a convolution, linear layer or sum do the ReLU or ReLU6 behind it, a convolution the sum behind it, and
    outside training a convolution or linear layer the batch norm behind it, in training a batch norm what a convolution
    would, where nobody else needs the value between.
    """
    plan = _folded(plan)
    ops = list(plan.ops)
    tensors = dict(plan.tensors)
    values = dict(plan.values)
    needed = fixed(plan)
    i = 0
    while i < len(ops):
        joined = _join(plan, ops, i, needed)
        if joined is None:
            i += 1
            continue
        j, op, lost = joined
        ops[j] = op
        del ops[i]
        del tensors[lost]
        values = {node: t for node, t in values.items() if t != lost}
    return replace(plan, ops=tuple(ops), tensors=tensors, values=values)


def _join(plan: Plan, ops: list[Op], i: int, needed: set[str]) -> tuple[int, Op, str] | None:
    """Op i fused into the one that reads its result: (its position, the fused op, the tensor that is gone). The fused
    op stands at the reader's place, where everything that either reads has been computed."""
    op = ops[i]
    if op.kind not in ("conv2d", "convtranspose2d", "linear", "add", "batchnorm") or op.attributes.get("relu"):
        return None
    if op.kind == "batchnorm" and plan.training is None:
        return None
    y = op.writes["y"]
    j = only_reader(plan, ops, y, needed)
    if j is None:
        return None
    nodes, writes = (*op.nodes, *(n for n in ops[j].nodes if n not in op.nodes)), {**op.writes, **ops[j].writes}
    if ops[j].kind in RECTIFIERS:
        attributes = {**op.attributes, "relu": RECTIFIERS[ops[j].kind]}
        return j, op._replace(nodes=nodes, writes=writes, attributes=attributes), y
    if op.kind in ("conv2d", "batchnorm") and ops[j].kind == "add" and "add" not in op.reads:
        a, b = ops[j].reads["a"], ops[j].reads["b"]
        if a != b and not ops[j].attributes.get("relu"):
            other = b if a == y else a
            reads = {**op.reads, "add": other}
            return j, op._replace(nodes=nodes, reads=reads, writes=writes, shares=("y", "add")), y
    return None


def fixed(plan: Plan) -> set[str]:
    """Tensors that must be there at the end."""
    return {plan.values[n] for n in (*plan.keep, *plan.graph.outputs, plan.scores) if n in plan.values}


def only_reader(plan: Plan, ops: list[Op], y: str, needed: set[str]) -> int | None:
    """The position of the one op that reads a tensor, if nobody else needs it."""
    readers = [j for j, other in enumerate(ops) if y in other.reads.values()]
    aliased = any(t.alias == y for t in plan.tensors.values())
    return readers[0] if len(readers) == 1 and y not in needed and not aliased else None


def _folded(plan: Plan) -> Plan:
    """Outside training a batch norm is one scale and one shift per channel: the convolution or linear layer before it
    takes them into its weights and biases, which are made anew when weights change."""
    if plan.training is not None:
        return plan
    ops, tensors, values, needed = list(plan.ops), dict(plan.tensors), dict(plan.values), fixed(plan)
    for op in plan.ops:
        if op.kind not in ("conv2d", "linear"):
            continue
        i, y = ops.index(op), op.writes["y"]
        j = only_reader(plan, ops, y, needed)
        if j is None or ops[j].kind != "batchnorm":
            continue
        fold, made = _fold(plan, op, ops[j])
        tensors |= made
        ops[j] = op._replace(
            nodes=(*op.nodes, *ops[j].nodes), reads={"x": op.reads["x"], "weight": fold.writes["folded"],
            "bias": fold.writes["folded_bias"]}, writes=ops[j].writes,
        )  # fmt: skip
        ops[i] = fold
        del tensors[y]
        values = {node: t for node, t in values.items() if t != y}
    return replace(plan, ops=tuple(ops), tensors=tensors, values=values)


def _fold(plan: Plan, op: Op, norm: Op) -> tuple[Op, dict[str, Tensor]]:
    """The op that makes the folded weights, which belongs to no layer, and its tensors."""
    from simplecell.layers.batchnorm import BatchNorm

    weight = plan.tensors[op.reads["weight"]]
    names = {key: f"{weight.name}:{key}" for key in ("folded", "folded_bias")}
    shapes = {"folded": weight.shape, "folded_bias": weight.shape[:1]}
    made = {names[key]: Tensor(names[key], shapes[key], home="packed", node=weight.node) for key in names}
    reads = {"w": weight.name, "mean": norm.reads["running_mean"], "var": norm.reads["running_var"]}
    reads |= {"b": op.reads["bias"]} if "bias" in op.reads else {}
    reads |= {key: norm.reads[key] for key in ("weight", "bias") if key in norm.reads}
    assert norm.site is not None
    layer = norm.site.layer
    assert isinstance(layer, BatchNorm)
    return Op("fold", (), reads, names, attributes={"eps": layer.eps}), made
