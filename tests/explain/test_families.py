"""Every family of the zoo, small: any unit opens into its terms, the engine's bits are shown, fields are exact."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest

import simplecell as sc
import tolerances
from explain.families import FAMILIES, entries, of_kind, units
from explain.networks import reached
from simplecell.layers import KINDS
from simplecell.layers.base import Array
from torch_threads import one_thread

COUNT = 100
every_family = pytest.mark.parametrize("name", FAMILIES)


@functools.cache
def family(name: str) -> sc.Model:
    """Drawing the weights of a large one takes longer than a test."""
    return FAMILIES[name]().init(seed=1)


def image_of(net: sc.Model, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(net.input_shape).astype(np.float32)


@every_family
def test_random_units_and_gradients_open_into_terms_that_sum_to_the_reference_and_to_pytorch(name: str) -> None:
    net = family(name)
    assert units(net, COUNT) <= tolerances.TERMS
    with one_thread():
        assert entries(net, COUNT) <= tolerances.TERMS


def test_random_units_of_every_kind_open_into_terms_that_sum_to_the_reference() -> None:
    for kind in KINDS:
        assert of_kind(kind, COUNT) <= tolerances.TERMS, kind


@every_family
def test_a_watched_unit_is_the_engines_up_to_the_rounding_of_its_layer(name: str) -> None:
    net, generator = family(name), np.random.default_rng(5)
    seen = net.watch(image_of(net))
    for _ in range(COUNT):
        node, _, _ = net.graph.sites[generator.integers(len(net.graph.sites))]
        unit = tuple(int(generator.integers(n)) for n in node.shape)
        found = seen.explain(node.name, unit[1:] or None, unit[0])
        assert abs(found.difference or 0.0) <= found.bound


@every_family
def test_a_value_that_the_plan_keeps_is_shown_bit_for_bit(name: str) -> None:
    net = family(name)
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


@every_family
def test_fields_are_where_a_nan_goes_and_inverse_to_each_other(name: str) -> None:
    net, generator = family(name), np.random.default_rng(2)
    weights, shape = dict(net.weights), net.graph[net.graph.inputs[0]].shape
    middle = tuple(int(generator.integers(n)) for n in shape)
    arrived = {pixel: reached(net.graph, net.graph.inputs[0], pixel, weights) for pixel in ((0, 0, 0), middle)}
    sites = net.graph.sites
    for node, _, _ in sites[:: max(1, len(sites) // 25)]:
        corners = [(0, *place) for place in itertools.product(*({0, n - 1} for n in node.shape[1:]))]
        units = [*corners, tuple(int(generator.integers(n)) for n in node.shape)]
        sees = [net.sees(node.name, unit[1:] or None, unit[0]) for unit in units]
        for pixel, probe in arrived.items():
            np.testing.assert_array_equal(net.seen_by(pixel, node.name).mask(), probe[node.name])
            assert [pixel in field for field in sees] == [bool(probe[node.name][unit]) for unit in units]
