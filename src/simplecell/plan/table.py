"""A plan as a table that people read, and the reasons for its algorithms."""

from __future__ import annotations

from simplecell.kernels import Op
from simplecell.plan.plan import Plan
from simplecell.words import language, say, shape_text
from simplecell.words.layout import table


def plan_text(plan: Plan, lang: str | None = None, why: bool = False) -> str:
    """The steps in their order, the memory, and what runs on the reference; with `why` the algorithms considered."""
    code = language(lang)
    mode = say("plan.mode.training" if plan.training else "plan.mode.inference", code)
    title = say("plan.title", code, batch=plan.batch, mode=mode, steps=len(plan.ops), isa=plan.machine.isa)
    columns = ("step", "layers", "work", "algorithm", "result", "kernels")
    head = [say(f"plan.column.{column}", code) for column in columns]
    rows = [[str(i), *_row(plan, op)] for i, op in enumerate(plan.ops, start=1)]
    lines = [title, "", *table([head, *rows], lefts=len(columns)), "", say("plan.memory", code, **bytes_by_home(plan))]
    reference = [op.label for op in plan.ops if op.algorithm == "reference"]
    if reference:
        lines.append(say("plan.reference", code, n=len(reference), layers=", ".join(dict.fromkeys(reference))))
    return "\n".join([*lines, *(_reasons(plan, code) if why else [])])


def plan_dict(plan: Plan) -> dict[str, object]:
    """The same as data that JSON keeps."""
    return {
        "batch": plan.batch,
        "training": plan.training is not None,
        "isa": plan.machine.isa,
        "steps": [
            {
                "layers": list(op.nodes),
                "work": op.kind,
                "algorithm": op.algorithm,
                "kernels": [c.kernel for c in op.calls],
                "candidates": [{"name": c.name, "seconds": c.seconds, "refused": c.reason} for c in op.candidates],
            }
            for op in plan.ops
        ],
        "bytes": bytes_by_home(plan),
    }


def bytes_by_home(plan: Plan) -> dict[str, int]:
    """Bytes of the arena, and of the arrays that lie outside it."""
    homes = {"weights": "weight", "packed": "packed", "state": "state"}
    outside = {key: sum(t.bytes for t in plan.tensors.values() if t.home == home) for key, home in homes.items()}
    return {"arena": plan.arena, **outside}


def _row(plan: Plan, op: Op) -> list[str]:
    results = [plan.tensors[t] for t in op.writes.values()]
    result = shape_text(results[0].shape[1:]) if results and results[0].home == "arena" else ""
    return [op.label, op.kind, op.algorithm, result, ", ".join(c.kernel for c in op.calls if not c.prologue)]


def _reasons(plan: Plan, lang: str) -> list[str]:
    """For each op with a choice: what was considered, with its expected time or why it cannot."""
    lines = [""]
    for op in plan.ops:
        if op.site is None or not op.candidates:
            continue
        lines.append(say("plan.why", lang, layers=op.label, work=op.kind, chosen=op.algorithm))
        for candidate in op.candidates:
            if candidate.reason is None:
                text = say("plan.why.candidate", lang, name=candidate.name, time=candidate.seconds)
            else:
                text = say("plan.why.refused", lang, name=candidate.name, reason=candidate.reason)
            lines.append(f"  {'*' if candidate.name == op.algorithm else ' '} {text}")
    return lines
