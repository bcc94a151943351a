"""The passes that make a graph's layers ops, and lay images out channels-last."""

from __future__ import annotations

import math
from dataclasses import replace

from simplecell.errors import GraphError
from simplecell.kernels import Op, Tensor
from simplecell.plan.forms import DROPS, SEED, ops_of
from simplecell.plan.plan import Plan


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
        made, extra = ops_of(plan, node, layer, site)
        ops += made
        tensors |= extra
    if plan.training and any(layer.kind in DROPS for _, layer, _ in plan.graph.sites):
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
            tensors[name] = tensor._replace(layout="nhwc")
        else:
            inside = f"{name}:nhwc"
            moved[name] = inside
            tensors[inside] = Tensor(inside, tensor.shape, "nhwc", node=name)
            ops.append(_turn("to_nhwc", (name,), name, inside, tensor.shape))
    for op in plan.ops:
        op = op._replace(reads={role: moved.get(t, t) for role, t in op.reads.items()})
        if op.kind != "flatten":
            ops.append(op)
            continue
        source, result = tensors[op.reads["x"]], op.writes["y"]
        if source.layout != "nhwc" or _trivial(source.shape):
            tensors[result] = tensors[result]._replace(alias=source.name)
        else:
            ops.append(_turn("to_nchw", op.nodes, source.name, result, source.shape))
    aliases = {n: t._replace(alias=moved[t.alias]) for n, t in tensors.items() if t.alias in moved}
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
