"""Receptive fields of whole networks against the NaN probe: a NaN in one pixel appears in exactly the units that are
said to see it, layer by layer, on the reference definitions. The networks are thin (fields do not depend on depths)."""

from __future__ import annotations

import numpy as np
import pytest

import simplecell as sc
from simplecell import graph as graphs
from simplecell.accounts.hulls import hulls
from simplecell.graph import Graph
from simplecell.layers.base import Array


def thin(graph: Graph) -> Graph:
    """The same windows and wires with one channel everywhere."""
    form = graphs.to_json(graph)
    form["inputs"] = {name: [1, *shape[1:]] for name, shape in form["inputs"].items()}
    for layer in form["layers"]:
        if layer["kind"] == "Conv2d":
            layer["arguments"]["out_channels"] = 1
    return graphs.from_json(form)


def uneven() -> sc.Model:
    """Even kernels, strides and dilation, all with "same" padding, so that the odd cell goes after."""
    return sc.Sequential(
        sc.Input(1, 37, 30), sc.Conv2d(1, (4, 2), padding="same", name="a"), sc.MaxPool2d(2, padding="same", name="b"),
        sc.Conv2d(1, 3, padding="same", stride=2, name="c"), sc.Conv2d(1, 2, padding="same", dilation=3, name="d"),
        sc.AvgPool2d(3, stride=2, padding="same", name="e"),
    )  # fmt: skip


NETWORKS = {
    "vgg16": (lambda: sc.zoo.vgg16(size=96), [(0, 0), (1, 95), (47, 48), (50, 17)]),
    "resnet50": (lambda: sc.zoo.resnet50(size=96), [(0, 0), (2, 94), (47, 48), (51, 17)]),
    "uneven": (uneven, [(0, 0), (36, 29), (18, 15), (17, 16), (5, 28)]),
}


def probed(graph: Graph, pixels: list[tuple[int, int]]) -> dict[str, Array]:
    """Every node's values for one image per pixel, the NaN in it, through the layers' surrogates."""
    images = np.zeros((len(pixels), *graph[graph.inputs[0]].shape))
    for image, (y, x) in zip(images, pixels, strict=True):
        image[0, y, x] = np.nan
    values = {graph.inputs[0]: images}
    for node, layer, site in graph.sites:
        weights = {key: np.ones(shape) for key, shape in site.weights.items()}
        values[node.name] = layer.surrogate(site, [values[source] for source in node.sources], weights)
    return values


@pytest.mark.parametrize("name", NETWORKS)
def test_fields_are_those_of_the_nan_probe(name: str) -> None:
    build, pixels = NETWORKS[name]
    graph = thin(build().graph)
    net = sc.Model.from_graph(graph)
    values, found = probed(graph, pixels), hulls(graph)
    for node, layer, _ in graph.sites:
        if layer.kind == "Flatten":
            break
        for image, (y, x) in enumerate(pixels):
            reached = {tuple(cell) for cell in np.argwhere(np.isnan(values[node.name][image])).tolist()}
            region = net.seen_by((0, y, x), node.name).view().region
            assert reached == {(c, i, j) for cs, ys, xs in region.boxes for c in cs for i in ys for j in xs}, node.name
            hull = found[node.name]
            for cell in reached if hull is not None else ():
                for window, place, pixel in zip(hull, cell[1:], (y, x), strict=True):
                    assert window.start(place) <= pixel < window.start(place) + window.extent


WHOLE = {"vgg16": (sc.zoo.vgg16, "features.30", 212), "resnet50": (sc.zoo.resnet50, "layer4.2.relu3", 427)}
"""The last maps, and how many pixels a unit of theirs sees: 1 + the sum of (window - 1) * (product of strides before).
VGG-16: convolutions 4 + 8 + 24 + 48 + 96, pools 1 + 2 + 4 + 8 + 16. ResNet-50: 6, pool 4, stages 3*8, 8 + 3*16,
16 + 5*32, 32 + 2*64."""


@pytest.mark.parametrize("name", WHOLE)
def test_a_unit_far_from_the_borders_sees_exactly_the_field_of_the_table(name: str) -> None:
    """All layers of the network at their strides, one channel deep, on an image wide enough for a whole field: the NaN
    reaches the unit from the field's first and last column, and not from the columns beside them."""
    build, last, pixels = WHOLE[name]
    graph = thin(build(size=(32, 672)).graph)
    window, unit = hulls(graph)[last][1], graph[last].shape[2] // 2
    first, end = window.start(unit), window.start(unit) + window.extent
    assert (end - first, first >= 1, end < 672) == (pixels, True, True)
    reached = probed(graph, [(16, first - 1), (16, first), (16, end - 1), (16, end)])[last][:, 0, :, unit]
    assert np.isnan(reached).any(1).tolist() == [False, True, True, False]
    row = next(row for row in sc.accounts.summary(graph).rows if row.name == last)
    assert row.exact
    assert row.field is not None
    assert row.field[1].size == pixels
