"""What flows through an ONNX graph here: arrays, which are computed at once, and values of the network being built.

An operator's function takes both. Where all its inputs are arrays it computes (so constants fold and shape arithmetic
vanishes); where one is `Traced` it adds layers to the network. Either way it is the same layers that say what the
operator does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simplecell.errors import ShapeError
from simplecell.graph import Draft, Graph, walk
from simplecell.layers.base import EVALUATION, Array, Input, Layer, Shape, Value
from simplecell.run.engine import Engine

BATCH = 2**31 - 1
"""Stands in shape arithmetic for a batch size that is left free: a prime that no axis has."""


@dataclass(frozen=True, eq=False)
class Traced:
    """A value of the network being built; `shape` leaves the batch out, as everywhere in simplecell."""

    value: Value
    shape: Shape

    @property
    def layer(self) -> Layer | None:
        """The layer that gives it; None for an input."""
        return self.value.layer


Operand = Array | Traced


@dataclass
class Tracer:
    """The network being built: the weights of each applied layer, and the name it would like.

    `batch` is the size of the first axis of the file's inputs, BATCH where the file leaves it free.
    """

    batch: int = BATCH
    weights: dict[Value, dict[str, Array]] = field(default_factory=dict[Value, dict[str, Array]])
    names: dict[Value, str] = field(default_factory=dict[Value, str])
    made: dict[Value, Traced] = field(default_factory=dict[Value, Traced])

    def input(self, name: str, shape: Shape) -> Traced:
        """One more input of the network."""
        return self._kept(Traced(Input(*shape, name=name), shape))

    def _kept(self, traced: Traced) -> Traced:
        self.made[traced.value] = traced
        return traced

    def traced(self, value: Value) -> Traced:
        """A value that is in the network already."""
        return self.made[value]

    def apply(self, layer: Layer, xs: Sequence[Traced], weights: Mapping[str, Array], name: str) -> Traced:
        """One more layer, with its weights; ShapeError where it does not fit."""
        site = layer.site(*(x.shape for x in xs))
        value = Value(layer, tuple(x.value for x in xs))
        for key, shape in site.weights.items():
            if weights[key].shape != shape:
                raise ShapeError(f"{key} needs the shape {shape}, got {weights[key].shape}")
        self.weights[value] = {key: weights[key] for key in site.weights}
        self.names[value] = name
        return self._kept(Traced(value, site.output))


def run_layer(layer: Layer, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
    """A layer on arrays whose first axis is a batch: on the engine in float32, by its definition in other types."""
    site = layer.site(*(x.shape[1:] for x in xs))
    if any(x.dtype != np.float32 for x in (*xs, *weights.values())):
        return layer.forward(site, xs, weights, EVALUATION)[0]
    graph = lone(layer, [x.shape[1:] for x in xs])
    engine = Engine(graph, {f"layer.{key}": np.ascontiguousarray(w) for key, w in weights.items()})
    return engine.scores([np.ascontiguousarray(x) for x in xs])[0]


def lone(layer: Layer, shapes: Sequence[Shape]) -> Graph:
    """The graph of one layer."""
    names = [f"x{i}" for i in range(len(shapes))]
    drafts = [*(Draft(name, None, ()) for name in names), Draft("layer", layer, tuple(names))]
    return walk(drafts, dict(zip(names, shapes, strict=True)), ["layer"])
