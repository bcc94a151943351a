"""How each kind of op takes a gradient further back: one rule per kind, or the rule of weighted layers."""

from __future__ import annotations

from simplecell.kernels import KEPT, Op
from simplecell.plan.forms import SEED
from simplecell.plan.fuse import RECTIFIERS
from simplecell.plan.tape import Tape


def backward(tape: Tape, op: Op, dy: str) -> None:
    """The ops that take one op's gradient further back."""
    if op.attributes.get("relu"):
        y = op.writes["y"]
        before = tape.new(y)
        rectifier = next(kind for kind, number in RECTIFIERS.items() if number == op.attributes["relu"])
        tape.ops.append(Op(f"{rectifier}.dx", op.nodes[-1:], {"dy": dy, "y": y}, {"dx": before}, shares=("dx", "dy")))
        dy = before
    if "add" in op.reads and tape.wanted(op.reads["add"]):
        tape.give(op.reads["add"], dy)
    _RULES.get(op.kind, _plain if op.kind in KEPT else _weighted)(tape, op, dy)


def _sum(tape: Tape, op: Op, dy: str) -> None:
    for role in ("a", "b"):
        if tape.wanted(op.reads[role]):
            tape.give(op.reads[role], dy)


def _largest(tape: Tape, op: Op, dy: str) -> None:
    """The gradient goes where the largest value came from."""
    writes = {f"d{role}": tape.new(op.reads[role]) for role in ("a", "b") if tape.wanted(op.reads[role])}
    if not writes:
        return
    reads = {"dy": dy, "a": op.reads["a"], "b": op.reads["b"]}
    tape.ops.append(Op("maximum.dx", op.nodes, reads, writes, op.site))
    for role, dx in writes.items():
        tape.give(op.reads[role.removeprefix("d")], dx)


def _product(tape: Tape, op: Op, dy: str) -> None:
    """Each factor's gradient is dy times the other factor."""
    for role, other in (("a", "b"), ("b", "a")):
        if tape.wanted(op.reads[role]):
            dx = tape.new(op.reads[role])
            tape.ops.append(Op("mul", op.nodes, {"a": dy, "b": op.reads[other]}, {"y": dx}, op.site))
            tape.give(op.reads[role], dx)


def _gate(tape: Tape, op: Op, dy: str) -> None:
    """The image's gradient goes through the same gate; the gate's is a sum over its channel."""
    x, gate = op.reads["x"], op.reads["gate"]
    if tape.wanted(x):
        dx = tape.new(x)
        tape.ops.append(Op("gate", op.nodes, {"x": dy, "gate": gate}, {"y": dx}, op.site))
        tape.give(x, dx)
    if tape.wanted(gate):
        dgate = tape.new(gate)
        tape.ops.append(Op("gate.dgate", op.nodes, {"dy": dy, "x": x}, {"dgate": dgate}, op.site))
        tape.give(gate, dgate)


def _parted(tape: Tape, op: Op, dy: str) -> None:
    """Values that were put side by side take their gradients from where they went."""
    writes = {f"d{role}": tape.new(t) for role, t in op.reads.items() if tape.wanted(t)}
    if not writes:
        return
    tape.ops.append(Op("concat.dx", op.nodes, {"dy": dy}, writes, op.site))
    for role, dx in writes.items():
        tape.give(op.reads[role.removeprefix("d")], dx)


def _turned(tape: Tape, op: Op, dy: str) -> None:
    """Turning an image is undone by turning it back."""
    if tape.wanted(op.reads["x"]):
        dx = tape.new(op.reads["x"])
        kind = "to_nhwc" if op.kind == "to_nchw" else "to_nchw"
        tape.ops.append(Op(kind, op.nodes, {"x": dy}, {"y": dx}, attributes=op.attributes))
        tape.give(op.reads["x"], dx)


def _plain(tape: Tape, op: Op, dy: str) -> None:
    """Kinds without weights: dx from dy and what the forward kept."""
    if not tape.wanted(op.reads["x"]):
        return
    dx = tape.new(op.reads["x"])
    kept, in_place = KEPT[op.kind]
    reads = {"dy": dy} | {role: {**op.reads, **op.writes}[role] for role in kept}
    if op.kind == "dropout":
        reads["seed"] = SEED
    shares = ("dx", "dy") if in_place else None
    tape.ops.append(Op(f"{op.kind}.dx", op.nodes[:1], reads, {"dx": dx}, op.site, op.attributes, shares))
    tape.give(op.reads["x"], dx)


def _weighted(tape: Tape, op: Op, dy: str) -> None:
    """Convolution and linear: dx first, since the update changes the weights it reads; then dw; then the update."""
    assert op.site is not None
    node = op.nodes[0]
    if tape.wanted(op.reads["x"]):
        dx = tape.new(op.reads["x"])
        reads = {"dy": dy, "weight": op.reads["weight"]}
        tape.ops.append(Op(f"{op.kind}.dx", (node,), reads, {"dx": dx}, op.site))
        tape.give(op.reads["x"], dx)
    if not any(tape.moves(op.reads[key]) for key in op.site.learned):
        return
    writes = {f"d{key}": tape.new(op.reads[key]) for key in op.site.learned}
    tape.ops.append(Op(f"{op.kind}.dw", (node,), {"x": op.reads["x"], "dy": dy}, writes, op.site))
    for key in op.site.learned:
        tape.update(op.reads[key], writes[f"d{key}"])


def _together(tape: Tape, op: Op, dy: str) -> None:
    """Norms and PReLU: one op gives the gradients of the input and of the weights, from one pass of sums."""
    assert op.site is not None
    kept = {**op.reads, **op.writes}.items()
    reads = {"dy": dy} | {role: t for role, t in kept if role in ("x", "weight", "mean", "inv")}
    writes = {f"d{key}": tape.new(op.reads[key]) for key in op.site.learned}
    if tape.wanted(op.reads["x"]):
        writes["dx"] = tape.new(op.reads["x"])
    if not writes:
        return
    shares = ("dx", "dy") if "dx" in writes else None
    tape.ops.append(Op(f"{op.kind}.dx", op.nodes[:1], reads, writes, op.site, shares=shares))
    if "dx" in writes:
        tape.give(op.reads["x"], writes["dx"])
    for key in op.site.learned:
        tape.update(op.reads[key], writes[f"d{key}"])


def _reference(tape: Tape, op: Op, dy: str) -> None:
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
        tape.update(t, dweights[f"d{key}"])


_RULES = {
    "add": _sum,
    "maximum": _largest,
    "mul": _product,
    "gate": _gate,
    "concat": _parted,
    "to_nchw": _turned,
    "to_nhwc": _turned,
    "batchnorm": _together,
    "groupnorm": _together,
    "layernorm": _together,
    "prelu": _together,
    "affine": _together,
    "reference": _reference,
}
