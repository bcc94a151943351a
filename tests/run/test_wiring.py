"""Networks of kinds that move, join and gate values on the engine: what has no kernel runs by its definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import tolerances
from explain.networks import images_of, joined, wired
from simplecell.graph import Graph
from simplecell.model import Model
from simplecell.run import reference


@pytest.mark.parametrize("network", [wired, joined])
def test_the_engine_gives_the_reference(network: Callable[[], Graph]) -> None:
    graph = network()
    net = Model.from_graph(graph).init(seed=1)
    images = [x[None] for x in images_of(graph)]
    y = net(*images)
    wide = {name: w.astype(np.float64) for name, w in net.weights.items()}
    wanted = reference.forward(graph, [x.astype(np.float64) for x in images], wide).values[graph.outputs[0]]
    np.testing.assert_allclose(
        y, wanted, rtol=0, atol=tolerances.direct_sum(np.float32, 100) * np.abs(wanted).max() * 4
    )
