"""The reference executor: every layer's own NumPy definition, in the order of the graph.

It runs everything, slowly, in the dtype of what it is given; it is the oracle of every kernel, gradient and
explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simplecell.graph import Graph
from simplecell.layers.base import EVALUATION, Array, Mode


@dataclass(frozen=True)
class Trace:
    """Every value of one forward pass by the name of its node, and what each layer keeps for backward."""

    values: Mapping[str, Array]
    saved: Mapping[str, Any]


def layer_weights(weights: Mapping[str, Array], name: str) -> dict[str, Array]:
    """The weights of one layer by their short names: `conv1.weight` -> `weight`."""
    return {key.removeprefix(f"{name}."): w for key, w in weights.items() if key.rpartition(".")[0] == name}


def forward(graph: Graph, inputs: Sequence[Array], weights: Mapping[str, Array], mode: Mode = EVALUATION) -> Trace:
    """Run the graph on `inputs` (each (n, *shape)), one per input of the graph."""
    values: dict[str, Array] = dict(zip(graph.inputs, inputs, strict=True))
    saved: dict[str, Any] = {}
    for node, layer, site in graph.sites:
        xs = [values[s] for s in node.sources]
        here = Mode(mode.training, mode.seed, mode.step, node.number)
        values[node.name], saved[node.name] = layer.forward(site, xs, layer_weights(weights, node.name), here)
    return Trace(values, saved)


def backward(
    graph: Graph, trace: Trace, weights: Mapping[str, Array], seeds: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Gradients of a scalar from its gradients at some nodes (`seeds`): -> (by node, inputs too; by weight)."""
    found: dict[str, Array] = dict(seeds)
    of_weights: dict[str, Array] = {}
    for node, layer, site in reversed(graph.sites):
        xs = [trace.values[s] for s in node.sources]
        dy = found.get(node.name)
        if dy is None:
            dy = found[node.name] = np.zeros_like(trace.values[node.name])
        dxs, dws = layer.backward(site, dy, trace.saved[node.name], xs, layer_weights(weights, node.name))
        of_weights |= {f"{node.name}.{key}": dw for key, dw in dws.items()}
        for source, dx in zip(node.sources, dxs, strict=True):
            found[source] = found[source] + dx if source in found else dx
    return found, of_weights


def buffer_updates(graph: Graph, trace: Trace, weights: Mapping[str, Array]) -> dict[str, Array]:
    """New values of all running averages after a training pass."""
    return {
        f"{node.name}.{key}": value
        for node, layer, site in graph.sites
        if site.buffers
        for key, value in layer.updated(site, trace.saved[node.name], layer_weights(weights, node.name)).items()
    }
