"""The ops of one layer: what it reads and writes in the roles that its kernels know."""

from __future__ import annotations

from collections.abc import Callable

from simplecell.graph import Node
from simplecell.kernels import KEPT, Op, Tensor, algorithms, backward_kinds, gate, planar
from simplecell.layers.base import Layer, Site
from simplecell.plan.plan import Plan

SEED = "dropout seed"
DROPS = ("Dropout", "Dropout2d")
"""Kinds of layers that draw masks in training and do nothing outside it."""

Made = tuple[list[Op], dict[str, Tensor]]
"""Ops, and the tensors that they write."""


def runs_natively(plan: Plan, node: Node, site: Site) -> bool:
    """Whether native algorithms accept all that a layer needs in this plan, the gradients too when training."""
    if plan.settings.algorithm == "reference":
        return False
    if site.layer.kind == "Flatten":
        return True
    kind, site = planar(site)
    if kind == "batchnorm" and plan.training and plan.batch * site.units == site.output[0]:
        return False  # one value per channel has no variance: the layer's own definition says so
    probe = Op(kind, (node.name,), {}, {}, site)
    kinds = (kind, *(backward_kinds(kind) if plan.training else ()))
    return all(any(a.accepts(probe) is None for a in algorithms(k)) for k in kinds)


def ops_of(plan: Plan, node: Node, layer: Layer, site: Site) -> Made:
    """The ops of one layer and the tensors that they write."""
    y = _value(plan, node)
    if layer.kind in DROPS and not plan.training:
        return [], {node.name: y._replace(alias=node.sources[0])}
    if not runs_natively(plan, node, site):
        reads = {f"x{i}": s for i, s in enumerate(node.sources)} | _weights(node, site)
        return [Op("reference", (node.name,), reads, {"y": y.name}, site)], {y.name: y}
    kind, native = planar(site)
    return _FORMS.get(kind, _plain)(plan, node, kind, native, y)


def _value(plan: Plan, node: Node, name: str | None = None) -> Tensor:
    layout = "nhwc" if len(node.shape) > 1 else "plain"
    return Tensor(name or node.name, (plan.batch, *node.shape), layout, node=node.name)


def _weights(node: Node, site: Site) -> dict[str, str]:
    return {key: f"{node.name}.{key}" for key in site.weights}


def _plain(plan: Plan, node: Node, kind: str, site: Site, y: Tensor) -> Made:
    """One op with one input and the layer's weights; it may work in place where its gradient may."""
    reads = {"x": node.sources[0], **_weights(node, site)}
    shares = ("y", "x") if kind in KEPT and KEPT[kind][1] else None
    return [Op(kind, (node.name,), reads, {"y": y.name}, site, shares=shares)], {y.name: y}


def _dropout(plan: Plan, node: Node, kind: str, site: Site, y: Tensor) -> Made:
    from simplecell.layers.dropout import Dropout

    layer = site.layer
    assert isinstance(layer, Dropout)
    attributes = {"p": layer.p, "stream": node.number}
    reads = {"x": node.sources[0], "seed": SEED}
    return [Op(kind, (node.name,), reads, {"y": y.name}, site, attributes, ("y", "x"))], {y.name: y}


def _max_pool(plan: Plan, node: Node, kind: str, site: Site, y: Tensor) -> Made:
    """In training the winners are kept."""
    (op,), tensors = _plain(plan, node, kind, site, y)
    if not plan.training:
        return [op], tensors
    index = y._replace(name=f"{node.name}:winner", dtype="int32")
    return [op._replace(writes={**op.writes, "index": index.name})], {**tensors, index.name: index}


def _norm(plan: Plan, node: Node, kind: str, site: Site, y: Tensor) -> Made:
    """The statistics are kept: their mean and 1/sqrt(variance + eps)."""
    (op,), tensors = _plain(plan, node, kind, site, y)
    if kind == "batchnorm" and not plan.training:
        return [op._replace(shares=("y", "x"))], tensors
    c = site.output[0]
    groups = {"groupnorm": getattr(site.layer, "groups", c), "layernorm": 1}
    shape = (1, c) if kind == "batchnorm" else (plan.batch, groups[kind])
    kept = {key: Tensor(f"{node.name}:{key}", shape, node=node.name) for key in ("mean", "inv")}
    writes = {**op.writes, **{key: t.name for key, t in kept.items()}}
    return [op._replace(writes=writes)], {**tensors, **{t.name: t for t in kept.values()}}


def _chain(plan: Plan, node: Node, kind: str, site: Site, y: Tensor) -> Made:
    """A sum or maximum of many as a chain of those of two."""
    ops: list[Op] = []
    tensors: dict[str, Tensor] = {}
    left = node.sources[0]
    for i, right in enumerate(node.sources[1:], start=1):
        out = y if i == len(node.sources) - 1 else y._replace(name=f"{node.name}:{i}")
        tensors[out.name] = out
        ops.append(Op(kind, (node.name,), {"a": left, "b": right}, {"y": out.name}, site, shares=("y", "a")))
        left = out.name
    return ops, tensors


def _product(plan: Plan, node: Node, kind: str, site: Site, y: Tensor) -> Made:
    """Of two values of one shape, or of an image and a gate for each of its channels."""
    which = gate(site.inputs)
    if which is None:
        reads = {"a": node.sources[0], "b": node.sources[1]}
        return [Op("mul", (node.name,), reads, {"y": y.name}, site, shares=None)], {y.name: y}
    reads = {"x": node.sources[1 - which], "gate": node.sources[which]}
    return [Op("gate", (node.name,), reads, {"y": y.name}, site)], {y.name: y}


def _side_by_side(plan: Plan, node: Node, kind: str, site: Site, y: Tensor) -> Made:
    reads = {f"x{i}": source for i, source in enumerate(node.sources)}
    return [Op(kind, (node.name,), reads, {"y": y.name}, site)], {y.name: y}


_FORMS: dict[str, Callable[[Plan, Node, str, Site, Tensor], Made]] = {
    "add": _chain,
    "maximum": _chain,
    "mul": _product,
    "concat": _side_by_side,
    "dropout": _dropout,
    "maxpool2d": _max_pool,
    "batchnorm": _norm,
    "groupnorm": _norm,
    "layernorm": _norm,
}
