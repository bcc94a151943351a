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
