"""A batch in parts: each thread runs the whole plan on images of its own instead of sharing every step with the others.

Handing a step to other threads costs microseconds, and what they wrote must cross to the caches of those who read it.
Where steps are as short as that, a batch is cut into as many parts as there are threads: the whole pass is handed over
once. Images do not depend on each other, and the algorithms are the same: so are the bits.
"""

from __future__ import annotations

from simplecell.plan import Plan, make_plan

HANDOVER = 5e-6
"""Seconds that waking a thread takes: the least work, by the plan's estimate, of a part."""
SHORT_STEP = 100e-6
"""Expected seconds of an average step on one thread up to which parts were measured to be faster."""


def divide(plan: Plan) -> tuple[Plan, int]:
    """The plan of one part and the number of parts where the batch is to be cut; else the plan itself and 1.

    Parts are equal: their number is the largest divisor of the batch that is not above the number of threads and leaves
    each part work enough. Plans that train, keep inner values or run references between native steps stay whole, and so
    do those whose parts would be computed by other algorithms.
    """
    expected = _expected(plan)
    most = min(plan.settings.thread_count(), int(expected / HANDOVER))
    parts = max((p for p in range(2, most + 1) if plan.batch % p == 0), default=1)
    whole = plan.training is not None or plan.keep or "reference" in {op.algorithm for op in plan.ops}
    if whole or parts == 1 or expected > SHORT_STEP * len(plan.ops):
        return plan, 1
    part = make_plan(plan.graph, plan.batch // parts, machine=plan.machine, asked=plan.settings._replace(threads=1))
    return (part, parts) if _algorithms(part) == _algorithms(plan) else (plan, 1)


def _expected(plan: Plan) -> float:
    """Seconds of the whole plan on one thread."""
    return sum(c.seconds for op in plan.ops for c in op.candidates if c.name == op.algorithm)


def _algorithms(plan: Plan) -> list[tuple[str, list[str]]]:
    return [(op.algorithm, [call.kernel for call in op.calls]) for op in plan.ops]
