"""Where packed weights lie: in one block, each on a line of its own, and nowhere twice."""

from __future__ import annotations

import numpy as np

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
    assert len(packed) == 4  # a folded bias, and three layers' weights in the kernels' order
    starts = [array.ctypes.data for array in packed]
    assert all(start % ALIGNMENT == 0 for start in starts)
    for array, start, following in zip(packed, starts, [*starts[1:], starts[-1] + packed[-1].nbytes], strict=True):
        assert 0 <= following - start - array.nbytes < ALIGNMENT


def test_folded_weights_are_kept_only_as_they_are_packed() -> None:
    """Plain weights 7*3*3*3; folded, they pass through the arena, also when they are made again."""
    net = sc.Sequential(sc.Input(3, 9, 9), sc.Conv2d(7, 3), sc.BatchNorm(), sc.ReLU()).init(0)
    images = np.random.default_rng(0).standard_normal((2, 3, 9, 9), np.float32)
    (folded,) = (t for t in net.plan(2).tensors.values() if t.name.endswith(":folded"))
    assert (folded.home, folded.bytes) == ("arena", 4 * 7 * 3 * 3 * 3)
    assert net.plan(2).arena >= folded.bytes
    for seed in (1, 2):
        net.init(seed)
        found = net(images)
        with sc.use(algorithm="reference"):
            np.testing.assert_allclose(found, net(images), rtol=1e-5, atol=1e-5)
