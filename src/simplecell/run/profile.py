"""Where the time of one pass goes, step by step, beside what the machine could do at best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simplecell.kernels import Op, algorithms
from simplecell.kernels.native import engine
from simplecell.layers.base import Array
from simplecell.plan import Plan
from simplecell.run.executable import Executable
from simplecell.run.parts import divide
from simplecell.words import language, number_text, percent_text, say
from simplecell.words.layout import table


@dataclass(frozen=True, slots=True)
class Step:
    """One op of a plan: its time (the median of the runs), the FLOPs and bytes that its algorithm needs, and the time
    that the machine's ceilings would allow for these. A step too short for the clock has the time 0, no rates, and
    nothing to gain: share 1."""

    layers: str
    work: str
    algorithm: str
    seconds: float
    flops: float
    nbytes: float
    best: float

    @property
    def gflops(self) -> float:
        """GFLOP/s reached."""
        return self.flops / self.seconds / 1e9 if self.seconds else 0.0

    @property
    def moved(self) -> float:
        """GB/s reached."""
        return self.nbytes / self.seconds / 1e9 if self.seconds else 0.0

    @property
    def share(self) -> float:
        """Share of the roofline: the best possible time over the time taken."""
        return self.best / self.seconds if self.seconds else 1.0


@dataclass(frozen=True)
class Profile:
    """The steps of one pass, the measured ceilings (FLOP/s, bytes/s), how it was measured, and in how many parts the
    batch runs when no clock stands between the steps."""

    steps: tuple[Step, ...]
    peak_flops: float
    peak_bytes: float
    batch: int
    threads: int
    isa: str
    runs: int
    parts: int = 1

    @property
    def seconds(self) -> float:
        """Time of all steps."""
        return sum(step.seconds for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Everything as data that JSON keeps."""
        return asdict(self) | {"seconds": self.seconds}

    def text(self, lang: str | None = None) -> str:
        """A line per step, the slowest marked, and the ceilings."""
        code = language(lang)
        columns = ("layers", "work", "algorithm", "time", "share_of_time", "rate", "moved", "roofline")
        head = [say(f"plan.column.{column}", code) for column in columns]
        rows = [
            [
                s.layers, s.work, s.algorithm, f"{s.seconds * 1e6:,.1f}", percent_text(s.seconds / self.seconds, 1),
                number_text(s.gflops, 3) if s.flops else "", number_text(s.moved, 3),
                percent_text(s.share, 0),
            ]
            for s in self.steps
        ]  # fmt: skip
        about = {"batch": self.batch, "threads": self.threads, "isa": self.isa, "runs": self.runs, "time": self.seconds}
        ceilings = {"flops": number_text(self.peak_flops / 1e9, 3), "bytes": number_text(self.peak_bytes / 1e9, 3)}
        title = say("plan.profile.title", code, **about)
        notes = [say("plan.profile.ceilings", code, **ceilings)]
        if self.parts > 1:
            notes.append(say("plan.profile.parts", code, parts=self.parts))
        return "\n".join([title, "", *table([head, *rows], lefts=3), "", *notes])


def profile(executable: Executable, outside: Mapping[str, Array], runs: int = 20) -> Profile:
    """Run a whole batch's plan `runs` times with a clock at each step; the machine's ceilings are measured in the same
    call. What is done only when weights change, like folding a batch norm into them, is no step."""
    plan = executable.plan
    threads = plan.settings.thread_count()
    flops = engine().fma_peak(plan.machine.isa, threads, 0.1) * 1e9
    nbytes = engine().bandwidth(threads, 1 << 27, 0.1)[0] * 1e9
    with executable.lock:
        executable.run(outside)
        times = np.median([executable.times() for _ in range(runs)], axis=0)
    steps = tuple(
        _step(plan, op, float(seconds), flops, nbytes)
        for op, seconds in zip(plan.ops, times, strict=True)
        if not op.calls or any(not call.prologue for call in op.calls)
    )
    return Profile(steps, flops, nbytes, plan.batch, threads, plan.machine.isa, runs, divide(plan)[1])


def _step(plan: Plan, op: Op, seconds: float, peak_flops: float, peak_bytes: float) -> Step:
    """`flops` is the layer's own count, whatever the algorithm saves of it: a share may pass 100 %."""
    found = [a for a in algorithms(op.kind) if a.name == op.algorithm]
    moved = found[0].work(op, plan.batch)[1] if found else 0.0
    flops = next((a.work(op, plan.batch)[0] for a in algorithms(op.kind) if found and a.exact), 0.0)
    if not moved:
        moved = float(sum(plan.tensors[t].bytes for t in {*op.reads.values(), *op.writes.values()}))
    return Step(op.label, op.kind, op.algorithm, seconds, flops, moved, max(flops / peak_flops, moved / peak_bytes))
