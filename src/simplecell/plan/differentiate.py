"""The training pass: the loss, the gradients in reverse order, and each weight's update as soon as its gradient is
there (so that gradients need not be kept)."""

from __future__ import annotations

from dataclasses import replace

from simplecell.kernels import Op, Tensor, algorithms
from simplecell.plan.gradients import backward
from simplecell.plan.plan import Plan
from simplecell.plan.tape import HYPER, Tape

LOSS, CORRECT, TARGET = "loss", "correct", "target"


def differentiate(plan: Plan) -> Plan:
    """Loss, backward and updates behind the forward ops; nothing for inference."""
    if plan.training is None:
        return plan
    tape = Tape(plan)
    _loss(tape)
    forward = {op.writes["y"]: op for op in plan.ops if "y" in op.writes}
    backwards, doors = [*plan.tensors], plan.graph.inputs
    backwards.reverse()
    backwards.sort(key=lambda n: plan.tensors[n].node in doors)  # an image turned at the door is listed late
    for name in backwards:
        tensor = plan.tensors[name]
        if name not in tape.gradients:
            continue
        if tensor.alias:
            if tape.wanted(tensor.alias):
                tape.give(tensor.alias, _reshaped(tape, tape.gradients[name], tensor.alias))
        elif name in forward and tape.wanted(name):
            backward(tape, forward[name], tape.gradients[name])
    tensors = {**plan.tensors, **tape.tensors}
    return replace(plan, ops=(*plan.ops, *tape.ops), tensors=tensors, gradients=tape.gradients)


def _reshaped(tape: Tape, gradient: str, value: str) -> str:
    """The same memory in the shape of `value`."""
    made = tape.new(value)
    tape.tensors[made] = tape.tensors[made]._replace(alias=gradient)
    return made


def _loss(tape: Tape) -> None:
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
