"""Where numbers first stop being finite: one training step run by definition and looked at, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simplecell.graph import Graph
from simplecell.layers.base import Array, Mode
from simplecell.objectives import Loss
from simplecell.run import reference


def first_not_finite(
    graph: Graph, weights: Mapping[str, Array], images: Array, targets: Array, loss: Loss, scores: str, mode: Mode
) -> str:
    """Say where a training step on this batch first has a NaN or an infinity: in the weights, in the value of a layer
    (in the order of the graph), in the loss, or in a gradient (from the loss back).

    Rules: the step is that of the definitions, in float32 as the engine's.
    """
    for name, w in weights.items():
        if not np.isfinite(w).all():
            return f"the weights {name} have {_count(w)} before the step"
    with np.errstate(all="ignore"):
        trace = reference.forward(graph, [images], weights, mode)
        for node in (node for node, _, _ in graph.sites):
            if not np.isfinite(trace.values[node.name]).all():
                kind = node.layer.kind if node.layer is not None else "input"
                return f"{node.name} ({kind}) is the first layer with {_count(trace.values[node.name])}"
        if not np.isfinite(loss.value(trace.values[scores], targets)):
            return f"all layers' values are finite, the largest score is {np.abs(trace.values[scores]).max():.3g}"
        return _backward(graph, trace, weights, {scores: loss.gradient(trace.values[scores], targets)})


def _backward(graph: Graph, trace: reference.Trace, weights: Mapping[str, Array], seeds: Mapping[str, Array]) -> str:
    by_node, by_weight = reference.backward(graph, trace, weights, seeds)
    for node in reversed([node for node, _, _ in graph.sites]):
        found = {f"gradient of {node.name}": by_node[node.name]}
        found |= {f"gradient of {name}": g for name, g in by_weight.items() if name.rpartition(".")[0] == node.name}
        for what, gradient in found.items():
            if not np.isfinite(gradient).all():
                return f"values are finite; going back, the {what} is the first with {_count(gradient)}"
    largest = max(by_weight, key=lambda name: float(np.abs(by_weight[name]).max()))
    return (
        f"values and gradients are finite, the largest gradient is that of {largest}, "
        f"{np.abs(by_weight[largest]).max():.3g}: the update left the range of float32"
    )


def _count(values: Array) -> str:
    """`3 of 8,192 values not finite`."""
    return f"{np.count_nonzero(~np.isfinite(values)):,} of {values.size:,} values not finite"
