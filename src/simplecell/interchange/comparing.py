"""Two networks, or two engines of one, side by side on the same inputs: where they begin to differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simplecell.errors import ShapeError
from simplecell.graph import Graph
from simplecell.layers.base import Array
from simplecell.run import reference
from simplecell.run.engine import Engine

ALIKE = 1e-5
"""Difference that is rounding, as a share of the largest value of a layer."""


@dataclass(frozen=True)
class Difference:
    """One layer in both: the largest difference, where it is and the two values there; `share` is it over the largest
    value of the layer. `kind` is that of the first network's layer."""

    layer: str
    kind: str
    largest: float
    share: float
    unit: tuple[int, ...]
    first: float
    second: float

    @property
    def alike(self) -> bool:
        """Whether no more than rounding is between them."""
        return self.share <= ALIKE


@dataclass(frozen=True)
class Comparison:
    """Every layer that both have, in order, the outputs last, and the layers that only one has."""

    layers: tuple[Difference, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def parting(self) -> Difference | None:
        """The first layer whose values differ by more than rounding; None where all agree."""
        return next((d for d in self.layers if not d.alike), None)

    def to_dict(self) -> dict[str, Any]:
        """The same as data that JSON keeps."""
        return {**asdict(self), "parting": self.parting.layer if self.parting else None}


Values = Mapping[str, Array]


def engine_values(graph: Graph, weights: Values, inputs: Sequence[Array]) -> Values:
    """Every layer's value as the engine computes it."""
    names = [node.name for node, _, _ in graph.sites]
    return Engine(graph, weights).values(inputs, names)


def reference_values(graph: Graph, weights: Values, inputs: Sequence[Array]) -> Values:
    """Every layer's value by its definition, in float64."""
    wide = {name: np.asarray(w, np.float64) for name, w in weights.items()}
    return reference.forward(graph, [np.asarray(x, np.float64) for x in inputs], wide).values


def compared(first: Graph, second: Graph, a: Values, b: Values) -> Comparison:
    """The values of two networks, layer by layer of the same name; ShapeError where their outputs have other shapes."""
    names = [node.name for node, _, _ in first.sites]
    others = [node.name for node, _, _ in second.sites]
    found = [_difference(first, n, a[n], b[n]) for n in names if n in second.by_name and a[n].shape == b[n].shape]
    for end, other in zip(first.outputs, second.outputs, strict=True):
        if a[end].shape != b[other].shape:
            raise ShapeError(f"the outputs have the shapes {a[end].shape[1:]} and {b[other].shape[1:]}")
        if end != other:
            found.append(_difference(first, end, a[end], b[other]))
    met = {d.layer for d in found}
    return Comparison(tuple(found), tuple(n for n in names if n not in met), tuple(n for n in others if n not in met))


def _difference(graph: Graph, name: str, a: Array, b: Array) -> Difference:
    wide = np.asarray(a, np.float64), np.asarray(b, np.float64)
    gap = np.where(np.isnan(wide[0]) & np.isnan(wide[1]), 0.0, np.abs(wide[0] - wide[1]))
    gap = np.where(np.isnan(gap), np.inf, gap)
    place = np.unravel_index(int(gap.argmax()), gap.shape)
    top = float(np.nanmax(np.abs(wide[0]))) if np.isfinite(wide[0]).any() else 0.0
    layer, largest = graph[name].layer, float(gap[place])
    share = 0.0 if largest == 0 else largest / top if top else np.inf
    unit = tuple(int(i) for i in place[1:])
    return Difference(name, layer.kind if layer else "Input", largest, share, unit, float(a[place]), float(b[place]))
