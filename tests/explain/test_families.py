"""Every family of the zoo, small: any unit opens into its terms, the engine's bits are shown, fields are exact."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import simplecell as sc
import tolerances
from explain.networks import reached
from simplecell.explain.cell import opened
from simplecell.explain.passes import forward
from simplecell.layers.base import Array

FAMILIES = {
    "digits": lambda: sc.zoo.digits(),
    "lenet5": lambda: sc.zoo.lenet5(),
    "signs": lambda: sc.zoo.signs(),
    "vgg": lambda: sc.zoo.vgg11_32(),
    "resnet": lambda: sc.zoo.resnet20(size=16),
    "mobilenet": lambda: sc.zoo.mobilenet_v2(num_classes=5, size=32),
    "squeezenet": lambda: sc.zoo.squeezenet1_0(num_classes=5, size=40),
}
UNITS = 200


def image_of(net: sc.Model, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(net.input_shape).astype(np.float32)


@pytest.mark.parametrize("name", FAMILIES)
def test_random_units_open_into_terms_that_sum_to_the_reference_and_to_the_engine(name: str) -> None:
    net = FAMILIES[name]().init(seed=1)
    image, generator = image_of(net), np.random.default_rng(5)
    done, seen, graph = forward(net.graph, net.weights, [image[None]]), net.watch(image), net.graph
    for _ in range(UNITS):
        node, _, _ = graph.sites[generator.integers(len(graph.sites))]
        unit = tuple(int(generator.integers(n)) for n in node.shape)
        e = opened(done, graph, node, unit, 0)
        assert e.value == done.values[node.name][(0, *unit)]
        assert abs(e.combined - e.value) <= tolerances.TERMS * max(e.magnitude, abs(e.value))
        watched = seen.explain(node.name, unit[1:] or None, unit[0])
        assert abs(watched.difference or 0.0) <= watched.bound


@pytest.mark.parametrize("name", FAMILIES)
def test_a_value_that_the_plan_keeps_is_shown_bit_for_bit(name: str) -> None:
    net = FAMILIES[name]().init(seed=1)
    image = image_of(net)
    plan, out = net.plan(), net(image[None])
    node, _, _ = net.graph.sites[-1]
    unit = tuple(n // 2 for n in node.shape)
    e = net.explain(image, node.name, unit[1:] or None, unit[0])
    assert e.engine is not None
    assert e.engine.own_bits
    assert e.engine.value == float(out[(0, *unit)])
    lost = next((n for n, _, _ in net.graph.sites if n.name not in plan.values), None)
    if lost is not None:
        unit = tuple(n // 2 for n in lost.shape)
        fused = net.explain(image, lost.name, unit[1:] or None, unit[0])
        assert fused.engine is not None
        assert not fused.engine.own_bits
        assert fused.engine.note
        assert abs(fused.difference or 0.0) <= 1e-4 * (1 + fused.magnitude)


@pytest.mark.parametrize("name", FAMILIES)
def test_fields_are_where_a_nan_goes_and_inverse_to_each_other(name: str) -> None:
    net, generator = FAMILIES[name]().init(seed=1), np.random.default_rng(2)
    source = net.graph.inputs[0]
    shape = net.graph[source].shape
    pixel = tuple(int(generator.integers(n)) for n in shape)
    arrived = reached(net.graph, source, pixel, dict(net.weights))
    sites = net.graph.sites
    for node, _, _ in sites[:: max(1, len(sites) // 25)]:
        found = net.seen_by(pixel, node.name)
        np.testing.assert_array_equal(found.mask(), arrived[node.name])
        unit = tuple(int(generator.integers(n)) for n in node.shape)
        assert (pixel in net.sees(node.name, unit[1:] or None, unit[0])) == (unit in found)
    corners = itertools.product(*((0, n - 1) for n in sites[0][0].shape))
    for unit in corners:
        sees = net.sees(sites[0][0].name, unit[1:] or None, unit[0])
        assert (pixel in sees) == bool(arrived[sites[0][0].name][unit])
