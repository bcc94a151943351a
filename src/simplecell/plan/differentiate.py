"""The training pass: the loss, the gradients in reverse order, and each weight's update as soon as its gradient is
there (so that gradients need not be kept)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from simplecell.kernels import Op, Tensor, algorithms
from simplecell.layers.dropout import Dropout
from simplecell.plan.lower import SEED
from simplecell.plan.plan import Plan

LOSS, CORRECT, TARGET, HYPER = "loss", "correct", "target", "hyper"


@dataclass
class _Tape:
    """What the backward walk has made so far. `gradients`: for each value's tensor, where its gradient lies."""

    plan: Plan
    ops: list[Op] = field(default_factory=list[Op])
    tensors: dict[str, Tensor] = field(default_factory=dict[str, Tensor])
    gradients: dict[str, str] = field(default_factory=dict[str, str])

    def tensor(self, name: str) -> Tensor:
        return self.tensors.get(name) or self.plan.tensors[name]

    def new(self, like: str, name: str | None = None) -> str:
        """A gradient tensor of the shape of the tensor `like`, under a name of its own."""
        made = name or f"d:{like}"
        serial = 2
        while made in self.tensors:
            made = f"{name or f'd:{like}'}:{serial}"
            serial += 1
        source = self.tensor(like)
        self.tensors[made] = Tensor(made, source.shape, source.layout, node=source.node)
        return made

    def give(self, value: str, gradient: str) -> None:
        """One more part of a value's gradient: the first is it, further ones are added into a new tensor."""
        before = self.gradients.get(value)
        if before is not None:
            total = self.new(value)
            node = self.tensor(value).node
            self.ops.append(Op("add", (node,), {"a": before, "b": gradient}, {"y": total}, shares=("y", "a")))
            gradient = total
        self.gradients[value] = gradient

    def wanted(self, value: str) -> bool:
        """Whether a value's gradient is of use: an input's is not."""
        tensor = self.tensor(value)
        if tensor.alias:
            return self.wanted(tensor.alias)
        return tensor.home == "arena" and tensor.node not in self.plan.graph.inputs


def differentiate(plan: Plan) -> Plan:
    """Loss, backward and updates behind the forward ops; nothing for inference."""
    if plan.training is None:
        return plan
    tape = _Tape(plan)
    _loss(tape)
    forward = {op.writes["y"]: op for op in plan.ops if "y" in op.writes}
    for name in reversed([*plan.tensors]):
        tensor = plan.tensors[name]
        if name not in tape.gradients:
            continue
        if tensor.alias:
            if tape.wanted(tensor.alias):
                tape.give(tensor.alias, _reshaped(tape, tape.gradients[name], tensor.alias))
        elif name in forward:
            _backward(tape, forward[name], tape.gradients[name])
    return replace(plan, ops=(*plan.ops, *tape.ops), tensors={**plan.tensors, **tape.tensors})


def _reshaped(tape: _Tape, gradient: str, value: str) -> str:
    """The same memory in the shape of `value`."""
    made = tape.new(value)
    tape.tensors[made] = replace(tape.tensors[made], alias=gradient)
    return made


def _loss(tape: _Tape) -> None:
    plan, training = tape.plan, tape.plan.training
    assert training is not None
    scores = plan.values[plan.scores]
    shape = plan.tensors[scores].shape
    rule = training.rule
    classes = rule.targets == "classes"
    tape.tensors[TARGET] = Tensor(
        TARGET, shape[:1] if classes else shape, home="target", dtype="int64" if classes else "float32"
    )
    tape.tensors[LOSS] = Tensor(LOSS, (1,), home="scalar", dtype="float64")
    writes = {"loss": LOSS, "dscores": tape.new(scores)}
    if classes:
        tape.tensors[CORRECT] = Tensor(CORRECT, (1,), home="scalar", dtype="int64")
        writes["correct"] = CORRECT
    if training.update:
        tape.tensors[HYPER] = Tensor(HYPER, (1,), home="scalar")
    native = bool(algorithms(rule.kind)) and rule == type(rule)()
    kind = rule.kind if native else "reference.loss"
    tape.ops.append(Op(kind, (plan.scores,), {"scores": scores, "target": TARGET}, writes))
    tape.gradients[scores] = writes["dscores"]


def _backward(tape: _Tape, op: Op, dy: str) -> None:
    """The ops that take one op's gradient further back."""
    if op.attributes.get("relu"):
        y = op.writes["y"]
        before = tape.new(y)
        tape.ops.append(Op("relu.dx", op.nodes[-1:], {"dy": dy, "y": y}, {"dx": before}, shares=("dx", "dy")))
        dy = before
    if "add" in op.reads and tape.wanted(op.reads["add"]):
        tape.give(op.reads["add"], dy)
    rule = _RULES.get(op.kind, _weighted)
    rule(tape, op, dy)


def _sum(tape: _Tape, op: Op, dy: str) -> None:
    for role in ("a", "b"):
        if tape.wanted(op.reads[role]):
            tape.give(op.reads[role], dy)


def _turned(tape: _Tape, op: Op, dy: str) -> None:
    """Turning an image is undone by turning it back."""
    if tape.wanted(op.reads["x"]):
        dx = tape.new(op.reads["x"])
        kind = "to_nhwc" if op.kind == "to_nchw" else "to_nchw"
        tape.ops.append(Op(kind, op.nodes, {"x": dy}, {"y": dx}, attributes=op.attributes))
        tape.give(op.reads["x"], dx)


def _plain(tape: _Tape, op: Op, dy: str) -> None:
    """Kinds without weights: dx from dy and what the forward kept."""
    if not tape.wanted(op.reads["x"]):
        return
    dx = tape.new(op.reads["x"])
    reads = {"dy": dy}
    if op.kind in ("relu", "softmax"):
        reads["y"] = op.writes["y"]
    if op.kind == "maxpool2d":
        reads["index"] = op.writes["index"]
    if op.site is not None and isinstance(op.site.layer, Dropout):
        reads["seed"] = SEED
    shares = ("dx", "dy") if op.kind in ("relu", "dropout") else None
    tape.ops.append(Op(f"{op.kind}.dx", op.nodes[:1], reads, {"dx": dx}, op.site, op.attributes, shares))
    tape.give(op.reads["x"], dx)


def _weighted(tape: _Tape, op: Op, dy: str) -> None:
    """Convolution and linear: dx first, since the update changes the weights it reads; then dw; then the update."""
    assert op.site is not None
    node = op.nodes[0]
    if tape.wanted(op.reads["x"]):
        dx = tape.new(op.reads["x"])
        reads = {"dy": dy, "weight": op.reads["weight"]}
        tape.ops.append(Op(f"{op.kind}.dx", (node,), reads, {"dx": dx}, op.site))
        tape.give(op.reads["x"], dx)
    writes = {f"d{key}": tape.new(op.reads[key]) for key in op.site.learned}
    tape.ops.append(Op(f"{op.kind}.dw", (node,), {"x": op.reads["x"], "dy": dy}, writes, op.site))
    for key in op.site.learned:
        _update(tape, op.reads[key], writes[f"d{key}"])


def _reference(tape: _Tape, op: Op, dy: str) -> None:
    """A layer without native kernels: its own definition gives all gradients at once."""
    assert op.site is not None
    weights = {key: op.reads[key] for key in op.site.learned}
    inputs = {role: t for role, t in op.reads.items() if role not in op.site.weights}
    reads = {"dy": dy, **op.reads}
    writes = {f"d{role}": tape.new(t) for role, t in inputs.items() if tape.wanted(t)}
    dweights = {f"d{key}": tape.new(t) for key, t in weights.items()}
    tape.ops.append(Op("reference.backward", op.nodes, reads, {**writes, **dweights}, op.site))
    for role, t in inputs.items():
        if f"d{role}" in writes:
            tape.give(t, writes[f"d{role}"])
    for key, t in weights.items():
        _update(tape, t, dweights[f"d{key}"])


def _update(tape: _Tape, weight: str, gradient: str) -> None:
    """The optimiser's rule on one weight, in place."""
    training = tape.plan.training
    assert training is not None
    if not training.update:
        return
    reads = {"weight": weight, "gradient": gradient, "hyper": HYPER}
    for key in training.state:
        name = f"{weight}:{key}"
        tape.tensors[name] = Tensor(name, tape.tensor(weight).shape, home="state", node=tape.tensor(weight).node)
        reads[key] = name
    node = tape.tensor(weight).node
    tape.ops.append(Op(training.optimizer, (node,), reads, {}, attributes=training.numbers))


_RULES = {
    "add": _sum,
    "to_nchw": _turned,
    "to_nhwc": _turned,
    "relu": _plain,
    "softmax": _plain,
    "dropout": _plain,
    "maxpool2d": _plain,
    "avgpool2d": _plain,
    "reference": _reference,
}
