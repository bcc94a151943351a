"""The first passes: a graph's layers as ops, fused where one kernel does several, and laid out channels-last."""

from __future__ import annotations

import math
from dataclasses import replace

from simplecell.errors import GraphError
from simplecell.graph import Node
from simplecell.kernels import Op, Tensor, algorithms
from simplecell.layers.add import Add
from simplecell.layers.base import Layer, Site
from simplecell.layers.dropout import Dropout
from simplecell.layers.flatten import Flatten
from simplecell.plan.plan import Plan

SEED = "dropout seed"


def lower(plan: Plan) -> Plan:
    """One op per layer that is needed, and a tensor for each value, weight and input.

    In training the loss stands on the network's one output; where that is a softmax and the loss is the cross-entropy,
    or a sigmoid and the binary one, on the scores before it, since the loss has these in it.
    """
    scores = _scores(plan) if plan.training else ""
    needed = _needed(plan, [scores] if plan.training else [*plan.graph.outputs, *plan.keep])
    ops: list[Op] = []
    tensors: dict[str, Tensor] = {}
    for name in plan.graph.inputs:
        shape = plan.graph[name].shape
        layout = "nchw" if len(shape) > 1 else "plain"
        tensors[name] = Tensor(name, (plan.batch, *shape), layout, "input", node=name)
    for node, layer, site in plan.graph.sites:
        if node.name not in needed:
            continue
        for key, shape in site.weights.items():
            full = f"{node.name}.{key}"
            tensors[full] = Tensor(full, shape, home="weight", node=node.name)
        made, extra = _ops(plan, node, layer, site)
        ops += made
        tensors |= extra
    if plan.training and any(isinstance(layer, Dropout) for _, layer, _ in plan.graph.sites):
        tensors[SEED] = Tensor(SEED, (2,), home="scalar", dtype="int64")
    values = {n.name: n.name for n in plan.graph.nodes if n.name in needed}
    return replace(plan, ops=tuple(ops), tensors=tensors, values=values, scores=scores)


def _scores(plan: Plan) -> str:
    """The node on which the loss stands."""
    if len(plan.graph.outputs) != 1:
        raise GraphError(
            f"training needs a network with one output, this one has {len(plan.graph.outputs)}: "
            f"{', '.join(plan.graph.outputs)}; build a Model of the one that is trained"
        )
    node = plan.graph[plan.graph.outputs[0]]
    if plan.training:
        rule = plan.training.rule
        if node.layer is not None and node.layer.kind == rule.closing:
            node = plan.graph[node.sources[0]]
        if rule.targets == "classes" and len(node.shape) != 1:
            raise GraphError(
                f"the cross-entropy needs one score per class, {node.place} gives "
                f"{'x'.join(map(str, node.shape))}; end the network with sc.Flatten() and sc.Linear(classes)"
            )
    if node.layer is None:
        raise GraphError("there is nothing to train: the output is the input")
    return node.name


def _needed(plan: Plan, wanted: list[str]) -> set[str]:
    """The nodes that `wanted` rest on, themselves too."""
    needed: set[str] = set()
    stack = list(wanted)
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack += plan.graph[name].sources
    return needed | set(plan.graph.inputs)


def runs_natively(plan: Plan, node: Node, site: Site) -> bool:
    """Whether native algorithms accept all that a layer needs in this plan, both gradients too when training."""
    if plan.settings.algorithm == "reference":
        return False
    kind = site.layer.kind.lower()
    if isinstance(site.layer, Flatten):
        return True
    kinds = [kind]
    if plan.training:
        kinds += [f"{kind}.dx"] * (kind != "add") + [f"{kind}.dw"] * bool(site.learned)
    probe = Op(kind, (node.name,), {}, {}, site)
    return all(any(a.accepts(probe) is None for a in algorithms(k)) for k in kinds)


def _value(plan: Plan, node: Node, name: str | None = None) -> Tensor:
    layout = "nhwc" if len(node.shape) > 1 else "plain"
    return Tensor(name or node.name, (plan.batch, *node.shape), layout, node=node.name)


def _ops(plan: Plan, node: Node, layer: Layer, site: Site) -> tuple[list[Op], dict[str, Tensor]]:
    """The ops of one layer and the tensors that they write."""
    y = _value(plan, node)
    kind = layer.kind.lower()
    weights = {key: f"{node.name}.{key}" for key in site.weights}
    if isinstance(layer, Dropout) and not plan.training:
        return [], {node.name: replace(y, alias=node.sources[0])}
    if not runs_natively(plan, node, site):
        reads = {f"x{i}": s for i, s in enumerate(node.sources)} | weights
        return [Op("reference", (node.name,), reads, {"y": y.name}, site)], {y.name: y}
    if isinstance(layer, Add):
        return _sum(plan, node, site, y)
    reads = {"x": node.sources[0], **weights}
    attributes: dict[str, int | float] = {}
    if isinstance(layer, Dropout):
        reads["seed"] = SEED
        attributes = {"p": layer.p, "stream": node.number}
    tensors = {y.name: y}
    writes = {"y": y.name}
    if kind == "maxpool2d" and plan.training:
        index = Tensor(f"{node.name}:winner", y.shape, y.layout, dtype="int32", node=node.name)
        tensors[index.name] = index
        writes["index"] = index.name
    shares = ("y", "x") if kind in ("relu", "softmax") else None
    return [Op(kind, (node.name,), reads, writes, site, attributes, shares)], tensors


def _sum(plan: Plan, node: Node, site: Site, y: Tensor) -> tuple[list[Op], dict[str, Tensor]]:
    """A sum of many as a chain of sums of two."""
    ops: list[Op] = []
    tensors: dict[str, Tensor] = {}
    left = node.sources[0]
    for i, right in enumerate(node.sources[1:], start=1):
        out = y if i == len(node.sources) - 1 else replace(y, name=f"{node.name}:{i}")
        tensors[out.name] = out
        ops.append(Op("add", (node.name,), {"a": left, "b": right}, {"y": out.name}, site, shares=("y", "a")))
        left = out.name
    return ops, tensors


def fuse(plan: Plan) -> Plan:
    """Let a convolution, linear layer or sum do the rectifier behind it, and a convolution the sum behind it, where
    nobody else needs the value between."""
    ops = list(plan.ops)
    tensors = dict(plan.tensors)
    values = dict(plan.values)
    fixed = {values[n] for n in (*plan.keep, *plan.graph.outputs, plan.scores) if n in values}
    i = 0
    while i < len(ops):
        joined = _join(plan, ops, i, fixed)
        if joined is None:
            i += 1
            continue
        j, op, lost = joined
        ops[j] = op
        del ops[i]
        del tensors[lost]
        values = {node: t for node, t in values.items() if t != lost}
    return replace(plan, ops=tuple(ops), tensors=tensors, values=values)


def _join(plan: Plan, ops: list[Op], i: int, fixed: set[str]) -> tuple[int, Op, str] | None:
    """Op i fused into the one that reads its result: (its position, the fused op, the tensor that is gone). The fused
    op stands at the reader's place, where everything that either reads has been computed."""
    op = ops[i]
    if op.kind not in ("conv2d", "linear", "add") or op.attributes.get("relu"):
        return None
    y = op.writes["y"]
    readers = [j for j, other in enumerate(ops) if y in other.reads.values()]
    aliased = any(t.alias == y for t in plan.tensors.values())
    if len(readers) != 1 or y in fixed or aliased:
        return None
    (j,) = readers
    nodes = (*op.nodes, *(n for n in ops[j].nodes if n not in op.nodes))
    if ops[j].kind == "relu":
        relu = replace(op, nodes=nodes, writes=ops[j].writes, attributes={**op.attributes, "relu": 1})
        return j, relu, y
    if op.kind == "conv2d" and ops[j].kind == "add" and "add" not in op.reads:
        a, b = ops[j].reads["a"], ops[j].reads["b"]
        if a != b and not ops[j].attributes.get("relu"):
            other = b if a == y else a
            return j, replace(op, nodes=nodes, reads={**op.reads, "add": other}, writes=ops[j].writes), y
    return None


def layout(plan: Plan) -> Plan:
    """Images lie channels-last inside; they are turned at the doors alone, and where flattening asks for C, H, W.

    An image of one channel or one pixel lies the same either way and is not moved.
    """
    ops: list[Op] = []
    tensors = dict(plan.tensors)
    moved: dict[str, str] = {}
    for name in plan.graph.inputs:
        tensor = tensors[name]
        if tensor.layout != "nchw":
            continue
        if _trivial(tensor.shape):
            tensors[name] = replace(tensor, layout="nhwc")
        else:
            inside = f"{name}:nhwc"
            moved[name] = inside
            tensors[inside] = Tensor(inside, tensor.shape, "nhwc", node=name)
            ops.append(_turn("to_nhwc", (name,), name, inside, tensor.shape))
    for op in plan.ops:
        op = replace(op, reads={role: moved.get(t, t) for role, t in op.reads.items()})
        if op.kind != "flatten":
            ops.append(op)
            continue
        source, result = tensors[op.reads["x"]], op.writes["y"]
        if source.layout != "nhwc" or _trivial(source.shape):
            tensors[result] = replace(tensors[result], alias=source.name)
        else:
            ops.append(_turn("to_nchw", op.nodes, source.name, result, source.shape))
    aliases = {n: replace(t, alias=moved[t.alias]) for n, t in tensors.items() if t.alias in moved}
    values = dict(plan.values)
    for name in (plan.scores,) if plan.training else plan.graph.outputs:
        tensor = (tensors | aliases)[values[name]]
        if tensor.layout == "nhwc" and not _trivial(tensor.shape):
            outside = f"{name}:nchw"
            tensors[outside] = Tensor(outside, tensor.shape, "nchw", node=name)
            ops.append(_turn("to_nchw", (name,), moved.get(tensor.name, tensor.name), outside, tensor.shape))
            values[name] = outside
    return replace(plan, ops=tuple(ops), tensors=tensors | aliases, values=values)


def _trivial(shape: tuple[int, ...]) -> bool:
    """Whether channels first and channels last are the same bytes."""
    return shape[1] == 1 or math.prod(shape[2:]) == 1


def _turn(kind: str, nodes: tuple[str, ...], source: str, result: str, shape: tuple[int, ...]) -> Op:
    numbers = {"c": shape[1], "hw": math.prod(shape[2:])}
    return Op(kind, nodes, {"x": source}, {"y": result}, attributes=numbers)
