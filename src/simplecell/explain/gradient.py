"""One gradient of a network, opened: every output through which a number acts on the loss, and how much through each.

A number's gradient is the sum, over the outputs that are computed from it, of the output's own gradient times how
the output moves with the number. Layers state the second factor (`input_slopes`, `weight_slopes`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.errors import ArgumentError, GraphError, ShapeError, message, unknown
from simplecell.explain.layout import EPSILON, total
from simplecell.explain.origins import Origin, origin_in_batch
from simplecell.explain.passes import Judged, Pass
from simplecell.explain.units import unit_of
from simplecell.graph import Node
from simplecell.layers.base import Array, Unit, shape_text
from simplecell.layers.terms import Cell, Slopes
from simplecell.objectives.optimisers import Optimiser, Step
from simplecell.run.reference import layer_weights
from simplecell.words.layout import preformatted

if TYPE_CHECKING:
    from simplecell.run.engine import EngineValue


@dataclass(frozen=True)
class Flow:
    """What comes back through one layer: for each of its outputs that is computed from the number, the output's
    gradient `dy`, the slope, and their product."""

    layer: str
    number: int
    kind: str
    formula: str
    slopes: Slopes
    dy: Array

    @cached_property
    def products(self) -> Array:
        with np.errstate(all="ignore"):  # a NaN or an infinity is shown, not warned about
            return self.dy * self.slopes.values

    @cached_property
    def sum(self) -> float:
        """The layer's part of the gradient."""
        return total(self.products.tolist())


@dataclass(frozen=True)
class Update:
    """How an optimiser moves the weight: its lines with their numbers, and the weight before and after."""

    kind: str
    formula: str
    before: float
    steps: tuple[Step, ...]

    @property
    def after(self) -> float:
        return self.steps[-1].value


@dataclass(frozen=True)
class GradientExplanation:
    """The gradient of the loss with respect to one number, opened.

    name     the weight's full name, or the node whose value it is
    layer    the node that the weight belongs to, or whose value it is; its number and kind
    place    the weight's index, or the value's (c, y, x)
    image    which image of the batch the value belongs to; None for a weight
    flows    one per layer that computes with the number, in the order of the network
    parts    for a score on which the loss stands, the parts of the loss's own gradient, by name
    value    the reference, in float64
    bound    what float32 may differ by in this one sum: 2*eps*sqrt(terms)*sum|products|
    origin   where the first NaN or infinity of the batch arose; None where every number here is finite
    watched  whether values and gradients of the outputs are the engine's own; `value` is then the sum of the products
    """

    name: str
    layer: str
    number: int
    kind: str
    place: Unit
    image: int | None
    images: int
    loss: str
    loss_formula: str
    loss_value: float
    training: bool
    flows: tuple[Flow, ...]
    parts: Mapping[str, float]
    value: float
    engine: EngineValue | None
    update: Update | None = None
    watched: bool = False
    origin: Origin | None = None

    @property
    def is_weight(self) -> bool:
        return self.image is None

    @property
    def terms(self) -> int:
        """How many products the gradient is the sum of."""
        return sum(len(flow.dy) for flow in self.flows) + len(self.parts)

    @property
    def summands(self) -> list[float]:
        """Every product, layer by layer, then the parts of the loss."""
        return [*(p for flow in self.flows for p in flow.products.tolist()), *self.parts.values()]

    @cached_property
    def combined(self) -> float:
        """The sum of all products, exact and rounded once."""
        return total(self.summands)

    @cached_property
    def magnitude(self) -> float:
        """The sum of their magnitudes: the yardstick of rounding."""
        return total([*map(abs, self.summands)])

    @property
    def bound(self) -> float:
        return 2 * EPSILON * float(np.sqrt(self.terms)) * self.magnitude

    @property
    def difference(self) -> float | None:
        """Engine minus reference; None without an engine."""
        return None if self.engine is None else self.engine.value - self.value

    def to_dict(self) -> dict[str, Any]:
        """Everything, in values that JSON keeps without loss."""
        from simplecell.explain.gradient_forms import gradient_dict

        return gradient_dict(self)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """One line per term: layer, image, output, its gradient, slope, product, and a spreadsheet's formulas that
        compute the products and the sum again; written to `path` if given."""
        from simplecell.explain.gradient_forms import gradient_csv

        return gradient_csv(self, path)

    def text(self, lang: str | None = None, top: int | None = None) -> str:
        """The page, in English, Chinese or Japanese; `top` shows the so many largest products (24 unless given)."""
        from simplecell.explain.gradient_text import gradient_text

        return gradient_text(self, lang, top)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())


Engine = Callable[[str, tuple[int, ...]], "EngineValue | None"]
"""An engine's entry of a gradient: (name of a node or weight, index with the image in front for a node)."""


def weight_gradient(
    done: Pass,
    weight: str,
    place: Sequence[int],
    engine: Engine | None = None,
    optimiser: Optimiser | None = None,
    lr: float | None = None,
    state: Mapping[str, Array] | None = None,
) -> GradientExplanation:
    """Open the gradient of one learned number.

    Args:
        weight: full name, `conv1.bias`, or a layer's name for its `weight`.
        place: the index in it, (filter, channel, row, column).
        optimiser: shows how it moves the weight, from `state`, arrays as a stepper names them, or from its beginning.

    Raises: GraphError for a weight that is not there; ArgumentError for one that is not learned; ShapeError for an
    index outside it.
    """
    node, key = _weight_named(done, weight)
    name, shape = f"{node.name}.{key}", done.graph.weights[f"{node.name}.{key}"]
    index = tuple(int(i) for i in place)
    if len(index) != len(shape) or any(not 0 <= i < n for i, n in zip(index, shape, strict=True)):
        limits = ", ".join(f"0..{n - 1}" for n in shape)
        raise ShapeError(message(node.place, f"{name} is {shape_text(shape)}: indices in {limits}, got {index!r}."))
    assert node.layer is not None
    assert node.site is not None
    weights = layer_weights(done.weights, node.name)
    slopes = node.layer.weight_slopes(node.site, done.inputs_of(node), weights, done.mode_of(node), key, index)
    flow = _flow(done, node, slopes)
    record = engine(name, index) if engine else None
    update = None
    if optimiser is not None:
        kept = dict.fromkeys(optimiser.state(shape), 0.0)
        for key in kept if state else ():
            array = (state or {})[f"{name}:{key}"]
            kept[key] = float(array[index] if array.shape else array)
        w, g = float(done.weights[name][index]), _value(done, name, index, (flow,))
        steps = optimiser.opened(w, g, kept, optimiser.lr if lr is None else lr)
        update = Update(optimiser.kind, optimiser.formula, w, steps)
    return _explanation(done, name, node, index, None, (flow,), {}, record, update)


def value_gradient(
    done: Pass, of: str | int, unit: Sequence[int], image: int = 0, engine: Engine | None = None
) -> GradientExplanation:
    """Open the gradient of one value: of an input (c, y, x), or of any layer's output.

    Raises: ShapeError for a unit that is not there; ArgumentError for an image that is not in the batch, or a layer
    that the loss does not rest on.
    """
    node = done.graph.layer(of)
    index = unit_of(node, unit)
    if not 0 <= image < done.images:
        raise ArgumentError(f"the batch has the images 0..{done.images - 1}, got {image}")
    judged = _judged(done)
    if judged.scores != node.name and node.name in done.graph.outputs:
        closing = f"is part of the {judged.loss.kind} loss, which stands on {judged.scores}."
        raise ArgumentError(message(node.place, closing, remedies=[f"ask for {judged.scores}"]))
    readers = _readers(done, node, judged.scores)
    through = [_flow(done, r, _slopes_of_input(done, r, number, image, index)) for r, number in readers]
    flows = tuple(flow for flow in through if len(flow.dy))
    parts: Mapping[str, float] = {}
    if node.name == judged.scores:
        parts = judged.loss.parts(done.values[node.name], judged.targets, (image, *index))
    record = engine(node.name, (image, *index)) if engine else None
    return _explanation(done, node.name, node, index, image, flows, parts, record, None)


def _explanation(
    done: Pass,
    name: str,
    node: Node,
    place: Unit,
    image: int | None,
    flows: tuple[Flow, ...],
    parts: Mapping[str, float],
    engine: EngineValue | None,
    update: Update | None,
) -> GradientExplanation:
    judged, index = _judged(done), place if image is None else (image, *place)
    return GradientExplanation(
        name, node.name, node.number, node.layer.kind if node.layer else "Input", place, image, done.images,
        judged.loss.kind, judged.loss.formula, judged.value, done.mode.training, flows, parts,
        _value(done, name, index, flows, parts), engine, update, done.values[node.name].dtype != np.float64,
        None if _finite(judged, flows) else origin_in_batch(done),
    )  # fmt: skip


def _finite(judged: Judged, flows: Sequence[Flow]) -> bool:
    numbers = [part for flow in flows for part in (flow.dy, flow.slopes.values)]
    return bool(np.isfinite(judged.value)) and all(np.isfinite(part).all() for part in numbers)


def _value(
    done: Pass, name: str, index: Unit, flows: Sequence[Flow], parts: Mapping[str, float] | None = None
) -> float:
    """The reference's own gradient where it was run; else the sum of the products."""
    found = (done.gradients or {}).get(name)
    if found is not None and found.dtype == np.float64:
        return float(found[index])
    return float(sum(flow.products.sum() for flow in flows)) + sum((parts or {}).values())


def _judged(done: Pass) -> Judged:
    if done.judged is None:
        raise ArgumentError("a gradient is of a loss: give the targets of the images")
    return done.judged


def _weight_named(done: Pass, weight: str) -> tuple[Node, str]:
    """The layer and the short name of a weight: `conv1.bias`, or `conv1` for its weight."""
    full = weight if weight in done.graph.weights else f"{weight}.weight"
    if full not in done.graph.weights:
        raise GraphError(unknown("no weight is called", weight, [*done.graph.learned]))
    if full not in done.graph.learned:
        raise ArgumentError(f"{full!r} is a running average: it moves with the batches and has no gradient")
    name, _, key = full.rpartition(".")
    return done.graph[name], key


def _readers(done: Pass, node: Node, scores: str) -> list[tuple[Node, int]]:
    """The layers that read a node, and as which of their inputs; those behind the loss left out."""
    names = dict.fromkeys(done.graph.readers[node.name]) if node.name != scores else {}
    readers = [done.graph[name] for name in names]
    return [(r, number) for r in readers for number, source in enumerate(r.sources) if source == node.name]


def _slopes_of_input(done: Pass, reader: Node, number: int, image: int, unit: Unit) -> Slopes:
    assert reader.layer is not None
    assert reader.site is not None
    weights = layer_weights(done.weights, reader.name)
    cell = Cell(number, image, unit)
    return reader.layer.input_slopes(reader.site, done.inputs_of(reader), weights, done.mode_of(reader), cell)


def _flow(done: Pass, node: Node, slopes: Slopes) -> Flow:
    assert node.layer is not None
    assert done.gradients is not None
    dy = done.gradients[node.name][(slopes.image, *slopes.at.T)].astype(np.float64)
    return Flow(node.name, node.number, node.layer.kind, node.layer.formula, slopes, dy)
