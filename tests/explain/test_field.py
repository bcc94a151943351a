"""Fields: exact against the NaN probe, inverse to each other, beside the textbook's numbers."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from explain.networks import NETWORKS, cross, reached, residual, same_and_ceil, two_inputs, two_jumps, weights_of
from simplecell.errors import ArgumentError, GraphError, ShapeError
from simplecell.explain import seen_by, sees
from simplecell.graph import Graph, sequential
from simplecell.layers import Conv2d, Dropout, Flatten, Input, Linear, MaxPool2d, ReLU

every_network = pytest.mark.parametrize("name", NETWORKS)


def units(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return list(itertools.product(*map(range, shape)))


def seen(graph: Graph, layer: str, unit: tuple[int, ...], of: str) -> np.ndarray:
    return sees(graph, layer, unit[1:] or None, unit[0], of=of).mask()


def before(graph: Graph, layer: str, source: str) -> bool:
    """Whether `layer` comes after `source`."""
    return layer == source or any(before(graph, s, source) for s in graph[layer].sources)


@every_network
def test_seen_by_is_where_a_nan_arrives(name: str) -> None:
    graph = NETWORKS[name]()
    weights = weights_of(graph)
    for source in graph.inputs:
        for unit in units(graph[source].shape):
            probe = reached(graph, source, unit, weights)
            for node, _, _ in graph.sites:
                if before(graph, node.name, source):
                    found = seen_by(graph, unit, node.name, of=source).mask()
                    assert np.array_equal(found, probe[node.name]), (unit, node.name)


@every_network
def test_sees_is_the_inverse_of_seen_by(name: str) -> None:
    graph = NETWORKS[name]()
    for last in graph.outputs:
        for source in graph.inputs:
            if not before(graph, last, source):
                continue
            forward = np.array([seen_by(graph, p, last, of=source).mask() for p in units(graph[source].shape)])
            for unit in units(graph[last].shape):
                wanted = forward[(slice(None), *unit)].reshape(graph[source].shape)
                assert np.array_equal(seen(graph, last, unit, source), wanted), unit


@pytest.mark.parametrize(("name", "of"), [("residual", "sum"), ("strided", "a"), ("classifier", "flatten")])
def test_fields_between_layers_agree_with_the_probe_too(name: str, of: str) -> None:
    graph = NETWORKS[name]()
    weights, last = weights_of(graph), graph.outputs[0]
    probes = {unit: reached(graph, of, unit, weights)[last] for unit in units(graph[of].shape)}
    for unit, probe in probes.items():
        assert np.array_equal(seen_by(graph, unit, last, of=of).mask(), probe)
    for unit in units(graph[last].shape):
        mask = seen(graph, last, unit, of)
        assert all(mask[u] == probe[unit] for u, probe in probes.items())


def test_a_cross_is_a_cross_and_not_a_square() -> None:
    field = sees(cross(), "sum", (2, 2), 0)
    assert field.mask()[0].astype(int).tolist() == [
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    assert (field.size, field.view().region.holes) == (5, 4)
    assert (0, 2, 3) in field
    assert (0, 1, 1) not in field
    assert "  #" in field.text() or ".#." in field.text()


def test_the_textbooks_numbers_of_a_chain() -> None:
    """VGG-16: the published receptive fields (Araujo et al., Computing receptive fields, 2019): 212, jump 32."""
    graph = vgg16()
    rows, cols = sees(graph, "pool5", (3, 3), 0).view().reach or ()
    assert rows == cols
    assert (rows.size, rows.jump, rows.origin, rows.centre) == (212, 32, -90, 111.5)
    rows, _ = sees(graph, "pool5", (0, 0), 0).view().reach or ()
    assert (rows.first, rows.last, rows.inside) == (-90, 121, 122)
    assert sees(graph, "pool5", (0, 0), 0).view().padding == 212 * 212 - 122 * 122


def test_hulls_are_those_of_windows_then_windows() -> None:
    graph = same_and_ceil()
    for axis in (0, 1):
        a, b, last = (graph[n].site.windows[axis].window for n in ("a", "b", "last"))  # type: ignore[union-attr]
        hull = a.then(b).then(last)
        for i in range(graph["last"].shape[1 + axis]):
            reach = sees(graph, "last", (i, 0) if axis == 0 else (0, i), 0).view().reach
            assert reach is not None
            assert (reach[axis].first, reach[axis].size, reach[axis].jump) == (hull.start(i), hull.extent, hull.step)


def test_clipping_inside_the_network_is_not_the_clipped_hull() -> None:
    """A 3x3 of stride 2 and padding 1 over a 1x1 of stride 3 over five cells: unit 0 covers middle cells -1, 0, 1, that
    is image cells -3, 0, 3. Its hull, clipped, would be 0..3; what it reads is 0 and 3."""
    graph = sequential([Input(1, 5, 5), Conv2d(1, 1, stride=3, name="a"), Conv2d(1, 3, stride=2, padding=1, name="b")])
    view = sees(graph, "b", (0, 0), 0).view()
    assert view.region.boxes == (((0,), (0, 3), (0, 3)),)
    assert view.reach is not None
    assert (view.reach[0].first, view.reach[0].last, view.padding) == (-3, 3, 49 - 16)


def test_padding_inside_the_network_is_not_image() -> None:
    """A 3x3 of stride 3 and padding 2 over a 2x2 of stride 4 and padding 2: the hull of unit 1 is cells 2..11, of which
    the image has 2..5. But of its middle cells 1, 2, 3 the second begins at 6, in padding, and the third is padding
    itself: it sees 2 and 3."""
    graph = sequential([
        Input(1, 6, 6), Conv2d(1, 2, stride=4, padding=2, name="a"), Conv2d(1, 3, stride=3, padding=2, name="b"),
    ])  # fmt: skip
    assert graph["a"].shape == (1, 3, 3)
    view = sees(graph, "b", (1, 1), 0).view()
    assert view.reach is not None
    assert (view.reach[0].first, view.reach[0].last) == (2, 11)
    assert view.region.boxes == (((0,), (2, 3), (2, 3)),)


def test_branches_of_different_jumps_have_no_jump() -> None:
    graph = two_jumps()
    view = sees(graph, "last", (1, 1), 0).view()
    assert view.reach is not None
    assert (view.reach[0].first, view.reach[0].last, view.reach[0].jump, view.reach[0].origin) == (1, 3, None, None)
    assert view.to_dict()["unclipped"]["known"] == "hull"
    assert view.to_dict()["known"] == "exact"


def test_every_input_has_its_view() -> None:
    field = sees(two_inputs(), "sum", (0, 0), 1)
    assert {v.of: v.region.size for v in field.views} == {"input": 4, "second": 6}
    assert field.size == 10
    pool = sees(two_inputs(), "pool", (0, 0), 0)
    assert (pool.view("second").region.size, pool.view().of) == (0, "input")
    with pytest.raises(GraphError, match="not of 'nothing'"):
        pool.view("nothing")


def test_json_holds_the_set() -> None:
    field = sees(residual(), "last", (1, 1), 0)
    kept = json.loads(json.dumps(field.to_dict(), allow_nan=False))
    (view,) = kept["views"]
    mask = np.zeros(view["shape"], bool)
    for box in view["boxes"]:
        mask[np.ix_(*box)] = True
    assert np.array_equal(mask, field.mask())
    assert mask.sum() == view["size"] == field.size


def test_what_is_left_out_means_all() -> None:
    graph = residual()
    whole = np.zeros(graph["input"].shape, bool)
    for unit in units(graph["last"].shape):
        whole |= seen(graph, "last", unit, "input")
    assert np.array_equal(sees(graph, "last").mask(), whole)
    assert np.array_equal(sees(graph, 8).mask(), whole)


def vgg16() -> Graph:
    parts: list[object] = [Input(3, 224, 224)]
    for stage, (count, depth) in enumerate(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)), start=1):
        for _ in range(count):
            parts += [Conv2d(depth, 3, padding=1), ReLU()]
        parts.append(MaxPool2d(2, name=f"pool{stage}"))
    parts += [Flatten(), Linear(4096), ReLU(), Dropout(), Linear(4096), ReLU(), Linear(1000, name="fc")]
    return sequential(parts)


def test_a_large_network_is_walked() -> None:
    graph = vgg16()
    assert sees(graph, "fc", channel=7).size == 3 * 224 * 224
    assert sees(graph, "pool5", (0, 0), 0).size == 3 * 122 * 122
    assert seen_by(graph, (0, 100, 100), "fc").size == 1000


def test_wrong_questions_are_answered_with_the_numbers() -> None:
    graph = NETWORKS["classifier"]()
    with pytest.raises(ShapeError, match=r"layer 1 'conv1' \(Conv2d\): row 6 is outside 0..5; it gives 3x6x6"):
        sees(graph, "conv1", (6, 0), 0)
    with pytest.raises(ShapeError, match=r"channel 3 is outside 0..2"):
        sees(graph, "conv1", (5, 0), 3)
    with pytest.raises(ShapeError, match=r"gives 5 features, which have no rows and columns; at=\(1, 1\)"):
        sees(graph, "fc1", (1, 1), 0)
    with pytest.raises(ArgumentError, match=r"at is \(y, x\), a row and a column, got 3"):
        sees(graph, "conv1", 3, 0)
    with pytest.raises(ArgumentError, match="column must be at least 0, got -1"):
        sees(graph, "conv1", (0, -1), 0)
    with pytest.raises(GraphError, match=r"layer 1 'conv1' \(Conv2d\): does not read layer 3 'conv2'"):
        sees(graph, "conv1", (0, 0), 0, of="conv2")
    with pytest.raises(GraphError, match=r"'conv1' \(Conv2d\): does not read layer 3"):
        seen_by(graph, (0, 0, 0), "conv1", of=3)
    with pytest.raises(ShapeError, match=r"has units \(channel, row, column\) in 0..0, 0..5, 0..5, got \(4, 4, 0\)"):
        seen_by(graph, (4, 4, 0), "conv1")
    with pytest.raises(ShapeError, match=r"fix: \(0, 4, 4\), if \(4, 4, 0\) was \(row, column, channel\)"):
        seen_by(graph, (4, 4, 0), "conv1")
    with pytest.raises(GraphError, match="no layer is called 'conv9'"):
        sees(graph, "conv9")
