"""The pass that takes a convolution's weight gradient straight from the winners of the max pool behind it.

Of a window's cells only the winner has a gradient. Where the pool makes an image much smaller and nobody else needs the
gradient of what it read, that is never written out: each winner adds its own patch.
"""

from __future__ import annotations

import math
from dataclasses import replace

from simplecell.kernels import Op, algorithms
from simplecell.plan.masks import sole_maker
from simplecell.plan.memory import kept
from simplecell.plan.plan import Plan

FEWEST_CELLS = 8
"""From so many pixels for each winner on it pays: a patch is added at an eighth of the speed of dense products."""


def winners(plan: Plan) -> Plan:
    """Join the gradient of a max pool and that of the weights before it, where windows are large."""
    if plan.settings.precision == "exact":
        return plan  # zero times an infinity is left out
    ops, tensors, fixed = list(plan.ops), dict(plan.tensors), set(kept(plan))
    for back in plan.ops:
        pool = sole_maker(ops, tensors, fixed, back.reads["dy"]) if back.kind == "conv2d.dw" else None
        if pool is None or pool.kind != "maxpool2d.dx" or _refused(plan, back, pool):
            continue
        reads = {"x": back.reads["x"], "dy": pool.reads["dy"], "index": pool.reads["index"]}
        ops[ops.index(back)] = back._replace(kind="winners.dw", reads=reads)
        ops.remove(pool)
        del tensors[back.reads["dy"]]
    return replace(plan, ops=tuple(ops), tensors=tensors)


def _refused(plan: Plan, back: Op, pool: Op) -> bool:
    cells, kept_cells = (math.prod(plan.tensors[name].shape) for name in (back.reads["dy"], pool.reads["dy"]))
    return cells < FEWEST_CELLS * kept_cells or all(a.accepts(back) is not None for a in algorithms("winners.dw"))
