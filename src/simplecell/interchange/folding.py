"""Batch normalisations taken into the convolutions and linear layers before them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simplecell.graph import Draft, Graph, walk
from simplecell.interchange import Network
from simplecell.layers.base import Array

_TAKING = ("Conv1d", "Conv2d", "Conv3d", "Linear")


def folded(network: Network) -> Network:
    """The same network in fewer layers, for each batch norm that alone reads a convolution or linear layer:

    w' = w * g, b' = (b - mean) * g + beta, g = gamma / sqrt(var + eps); worked in float64, rounded once."""
    graph, weights = network.graph, dict(network.weights)
    pairs = {
        n.sources[0]: n.name for n, layer, _ in graph.sites if layer.kind == "BatchNorm" and _takes(graph, n.sources[0])
    }
    gone = {norm: before for before, norm in pairs.items()}
    drafts: list[Draft] = []
    for node in graph.nodes:
        if node.name in gone:
            continue
        sources = tuple(gone.get(s, s) for s in node.sources)
        layer = node.layer
        if layer is not None and node.name in pairs:
            layer = layer.make({**layer.arguments(), "bias": True}, layer.name)
            _move(graph, weights, node.name, pairs[node.name])
        drafts.append(Draft(node.name, layer, sources))
    shapes = {name: graph[name].shape for name in graph.inputs}
    small = walk(drafts, shapes, [gone.get(o, o) for o in graph.outputs])
    return replace(network, graph=small, weights={name: weights[name] for name in small.weights})


def _takes(graph: Graph, name: str) -> bool:
    """Whether a layer can take what stands behind it, which alone reads it."""
    layer = graph[name].layer
    return layer is not None and layer.kind in _TAKING and len(graph.readers[name]) == 1 and name not in graph.outputs


def _move(graph: Graph, weights: dict[str, Array], name: str, norm: str) -> None:
    """The weights of `name` after the norm went into them."""
    layer = graph[norm].layer
    assert layer is not None
    wide = {key: np.asarray(weights[f"{norm}.{key}"], np.float64) for key in ("running_mean", "running_var")}
    gain = np.asarray(weights.get(f"{norm}.weight", 1.0), np.float64)
    gain = gain / np.sqrt(wide["running_var"] + layer.arguments()["eps"])
    w = np.asarray(weights[f"{name}.weight"], np.float64)
    bias = np.asarray(weights.get(f"{name}.bias", 0.0), np.float64)
    plus = np.asarray(weights.get(f"{norm}.bias", 0.0), np.float64)
    weights[f"{name}.weight"] = (w * gain.reshape(-1, *(1,) * (w.ndim - 1))).astype(np.float32)
    weights[f"{name}.bias"] = ((bias - wide["running_mean"]) * gain + plus).astype(np.float32)
