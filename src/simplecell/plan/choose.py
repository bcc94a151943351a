"""The pass that gives each op an algorithm and the native calls that do it.

Among the algorithms of a kind that accept, the one with the least expected time is chosen: the larger of FLOPs over
the machine's FLOP rate and bytes over its bandwidth. `use(algorithm=...)` names one to prefer wherever it accepts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from simplecell.errors import ArgumentError
from simplecell.kernels import FAMILIES, Algorithm, Call, Candidate, Op, Tensor, algorithms, family, native
from simplecell.plan.plan import Plan

PEAK_FLOPS = {"avx512": 200e9, "avx2": 100e9, "scalar": 12e9}
"""One thread's FMA rate by instruction set, for choosing only: ratios between candidates matter, not the figures."""
PEAK_BYTES = 12e9


@dataclass
class _Shop:
    """The workshop of one op (see kernels.table.Workshop): the tensors that its calls need besides the plan's."""

    plan: Plan
    made: dict[str, Tensor] = field(default_factory=dict[str, Tensor])
    label: str = ""

    @property
    def training(self) -> bool:
        return self.plan.training is not None

    @property
    def batch(self) -> int:
        return self.plan.batch

    def tensor(self, name: str) -> Tensor:
        return self.made.get(name) or self.plan.tensors[name]

    def need(self, kernel: str, arguments: Mapping[str, int | float], operand: str) -> int:
        threads = self.plan.settings.thread_count()
        return native.sizes(kernel, self.plan.machine.isa, arguments, threads)[operand]

    def scratch(self, nbytes: int, name: str = "scratch") -> str:
        return self._add(f"{self.label}:{name}", nbytes, "arena")

    def packed(self, weight: str, form: str, nbytes: int) -> tuple[str, bool]:
        return self._add(f"{weight}:{form}", nbytes, "arena" if self.training else "packed"), not self.training

    def _add(self, name: str, nbytes: int, home: str) -> str:
        self.made[name] = Tensor(name, (nbytes,), home="packed" if home == "packed" else "arena", nbytes=nbytes)
        return name


def choose(plan: Plan) -> Plan:
    """An algorithm and its calls for each op."""
    _check(plan.settings.algorithm)
    shop = _Shop(plan)
    ops: list[Op] = []
    for position, op in enumerate(plan.ops):
        if op.kind.startswith("reference"):
            ops.append(op._replace(algorithm="reference"))
            continue
        shop.label = f"{position}:{op.kind}:{op.label}"
        best, candidates = _best(plan, op)
        ops.append(
            op._replace(algorithm=best.name, candidates=candidates, calls=_masked(op, best.lower(op, shop), shop))
        )
    return replace(plan, ops=tuple(ops), tensors=_passing(ops, {**plan.tensors, **shop.made}))


def _check(wanted: str | None) -> None:
    if wanted is None:
        return
    names = {a.name for name in FAMILIES for a in family(name)} | {"reference"}
    if wanted not in names:
        raise ArgumentError(f"algorithm={wanted!r}: known are {', '.join(sorted(names))}")


def _passing(ops: list[Op], tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """What is made from weights only to be packed, as folded weights are, lies in the arena: nothing else is there yet
    when the prologue runs."""
    calls = [call for op in ops for call in op.calls]
    last = {name for call in calls if not call.prologue for name in call.operands.values()}
    made = {name for call in calls for name in call.operands.values()} - last
    return {name: t._replace(home="arena") if t.home == "packed" and name in made else t for name, t in tensors.items()}


def _masked(op: Op, calls: tuple[Call, ...], shop: _Shop) -> tuple[Call, ...]:
    """One call more where the result is to be masked and the kernel does not do it itself."""
    mask = op.reads.get("mask")
    if mask is None or any(mask in call.operands.values() for call in calls):
        return calls
    dx = op.writes["dx"]
    count = math.prod(shop.tensor(dx).shape)
    return (*calls, Call("relu_backward", {"count": count}, {"dy": dx, "y": mask, "dx": dx}))


def _best(plan: Plan, op: Op) -> tuple[Algorithm, tuple[Candidate, ...]]:
    """The chosen algorithm, and all that were considered with their expected times or reasons."""
    considered: list[tuple[Algorithm, Candidate]] = []
    for algorithm in algorithms(op.kind):
        reason = algorithm.accepts(op)
        if reason is None and plan.settings.precision == "exact" and not algorithm.exact:
            reason = "it mixes the values of a tile, and precision is 'exact'"
        considered.append((algorithm, Candidate(algorithm.name, _seconds(plan, op, algorithm), reason)))
    accepted = [(a, c) for a, c in considered if c.reason is None]
    preferred = [a for a, _ in accepted if a.name == plan.settings.algorithm]
    best = preferred[0] if preferred else min(accepted, key=lambda pair: pair[1].seconds)[0]
    return best, tuple(c for _, c in considered)


def _seconds(plan: Plan, op: Op, algorithm: Algorithm) -> float:
    """Expected time on one thread."""
    flops, moved = algorithm.work(op, plan.batch)
    return max(flops / (PEAK_FLOPS[plan.machine.isa] * algorithm.rate), moved / PEAK_BYTES)
