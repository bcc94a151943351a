"""Where packed weights lie: in one block, each on a line of its own, and nowhere twice."""

from __future__ import annotations

import simplecell as sc
from simplecell.plan import make_plan
from simplecell.plan.memory import ALIGNMENT
from simplecell.run.executable import Executable


def test_packed_weights_lie_one_behind_the_other_in_one_block() -> None:
    net = sc.Sequential(
        sc.Input(3, 9, 9), sc.Conv2d(7, 3), sc.BatchNorm(), sc.Conv2d(5, 1), sc.Flatten(), sc.Linear(3)
    ).init(0)  # fmt: skip
    plan = make_plan(net.graph, 1)
    executable = Executable(plan, net.weights)
    packed = [executable.scalar(t.name) for t in plan.tensors.values() if t.home == "packed"]
    assert len(packed) == 5  # the folded weights and biases, and three layers' in the kernels' order
    starts = [array.ctypes.data for array in packed]
    assert all(start % ALIGNMENT == 0 for start in starts)
    for array, start, following in zip(packed, starts, [*starts[1:], starts[-1] + packed[-1].nbytes], strict=True):
        assert 0 <= following - start - array.nbytes < ALIGNMENT
