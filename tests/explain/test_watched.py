"""Watched passes keep their values while the network runs on."""

from __future__ import annotations

import numpy as np

import simplecell as sc


def test_values_that_were_watched_stay_while_the_network_runs_on() -> None:
    net = sc.zoo.digits().init(seed=0)
    images = np.random.default_rng(0).standard_normal((3, 1, 8, 8)).astype(np.float32)
    first = net.watch(images[0])
    kept = {node.name: first.value(node.name).copy() for node, _, _ in net.graph.sites}
    second, third = net.watch(images[1]), net.watch(images[2])
    net(images[:1])
    images[0] = 0
    for name, values in kept.items():
        np.testing.assert_array_equal(first.value(name), values)
        for other in (second, third):
            assert not np.shares_memory(first.value(name), other.value(name))
    assert not np.array_equal(first.value("conv1"), second.value("conv1"))
    assert abs(first.explain("conv1", (3, 4), 2).difference or 0.0) <= first.explain("conv1", (3, 4), 2).bound
    again = net.watch(images[1])
    np.testing.assert_array_equal(again.value("fc"), second.value("fc"))
