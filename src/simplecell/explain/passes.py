"""One batch through a network, every value and gradient kept: what explanations read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simplecell.errors import ArgumentError, GraphError, WeightsError, message
from simplecell.graph import Graph, Node
from simplecell.layers.base import EVALUATION, Array, Mode
from simplecell.objectives import Loss
from simplecell.run import reference


@dataclass(frozen=True)
class Judged:
    """What the loss says of a batch: the rule, its value, the targets, and the node on whose values it stands."""

    loss: Loss
    value: float
    targets: Array
    scores: str


@dataclass(frozen=True)
class Pass:
    """One batch through a network.

    values     by node, (n, ...)
    weights    as they were, by full name
    mode       outside training or in it, with the numbers that fix a random mask
    judged     the loss, if there was one
    gradients  of the loss, by node and by weight's full name; nothing without a loss
    """

    graph: Graph
    weights: Mapping[str, Array]
    values: Mapping[str, Array]
    mode: Mode = EVALUATION
    judged: Judged | None = None
    gradients: Mapping[str, Array] | None = None

    @property
    def images(self) -> int:
        """How many images the batch has."""
        return len(self.values[self.graph.inputs[0]])

    def mode_of(self, node: Node) -> Mode:
        """How a layer runs: each draws its random numbers from a stream of its own."""
        return Mode(self.mode.training, self.mode.seed, self.mode.step, node.number)

    def inputs_of(self, node: Node) -> list[Array]:
        """What a layer reads, of the whole batch."""
        return [self.values[source] for source in node.sources]


def forward(graph: Graph, weights: Mapping[str, Array], images: Sequence[Array]) -> Pass:
    """Images (n, ...), one array per input, through the reference in float64, outside training."""
    wide = wide_weights(graph, weights)
    with np.errstate(all="ignore"):  # a NaN or an infinity is shown, not warned about
        trace = reference.forward(graph, [x.astype(np.float64) for x in images], wide)
    return Pass(graph, wide, trace.values)


def forward_and_back(
    graph: Graph, weights: Mapping[str, Array], images: Sequence[Array], targets: Array, loss: Loss, mode: Mode
) -> Pass:
    """A batch through the reference and back from its loss, in float64."""
    wide, scores = wide_weights(graph, weights), scores_of(graph, loss)
    with np.errstate(all="ignore"):
        trace = reference.forward(graph, [x.astype(np.float64) for x in images], wide, mode)
        found = trace.values[scores]
        judged = Judged(loss, loss.value(found, targets), targets, scores)
        by_node, by_weight = reference.backward(graph, trace, wide, {scores: loss.gradient(found, targets)})
    return Pass(graph, wide, trace.values, mode, judged, by_node | by_weight)


def scores_of(graph: Graph, loss: Loss) -> str:
    """The node on which the loss stands: the one output, or what a closing layer that the loss contains reads."""
    if len(graph.outputs) != 1:
        outputs = ", ".join(graph.outputs)
        raise GraphError(f"a gradient needs a network with one output, this one has {len(graph.outputs)}: {outputs}")
    last = graph[graph.outputs[0]]
    closes = last.layer is not None and last.layer.kind == loss.closing
    return last.sources[0] if closes else last.name


def check_weights(graph: Graph, weights: Mapping[str, Array]) -> None:
    """WeightsError where weights are missing."""
    missing = [name for name in graph.weights if name not in weights]
    if missing:
        few = ", ".join(missing[:4]) + (", ..." if len(missing) > 4 else "")
        raise WeightsError(
            message(
                f"{len(missing)} of {len(graph.weights)} weights", f"are not there yet: {few}.",
                remedies=["net.init(seed=0)", "net.load_weights(...)"],
            )
        )  # fmt: skip


def wide_weights(graph: Graph, weights: Mapping[str, Array]) -> dict[str, Array]:
    """The weights that a graph has, in float64."""
    check_weights(graph, weights)
    return {name: np.asarray(weights[name], np.float64) for name in graph.weights}


def layer_of(graph: Graph, layer: str | int) -> Node:
    """A layer that computes something; ArgumentError for an input."""
    node = graph.layer(layer)
    if node.layer is None:
        raise ArgumentError(
            message(node.place, "is given, not computed.", remedies=[n.name for n, _, _ in graph.sites[:3]])
        )
    return node
