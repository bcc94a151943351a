"""One number of a network, opened: its window, every product, the sums, the bias, and the engine's value beside it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.explain.cell_forms import cell_csv, cell_dict
from simplecell.explain.doors import images_of
from simplecell.explain.field import Field, sees
from simplecell.explain.fused import Fused, fused
from simplecell.explain.layout import EPSILON, Running, total
from simplecell.explain.origins import Origin, origin_of
from simplecell.explain.passes import Pass, check_weights, forward, layer_of
from simplecell.explain.text import explanation_text
from simplecell.explain.units import one_unit
from simplecell.graph import Graph, Node
from simplecell.layers.base import Array, Layer, Shape, Site, Terms, Unit
from simplecell.run import reference
from simplecell.words.layout import preformatted

if TYPE_CHECKING:
    from simplecell.run.engine import EngineValue


WINOGRAD = 1e-4
"""What Winograd's tiles may differ by, of the layer's largest output."""


@dataclass(frozen=True)
class Source:
    """What a layer reads: a node's name and shape, and for a Flatten the shape of the image that was laid out."""

    name: str
    shape: Shape
    unflattened: Shape | None

    def origin(self, at: Sequence[int]) -> tuple[int, ...]:
        """The index (c, y, x) behind a feature that was laid out by a Flatten; any other index as it is."""
        if self.unflattened is None:
            return tuple(map(int, at))
        return tuple(map(int, np.unravel_index(int(at[0]), self.unflattened)))


@dataclass(frozen=True)
class Partial:
    """The products of one input channel: their sum, and the sum so far. `channel` is None where the input is plain
    features; the last `so_far` plus the bias is the value."""

    source: int
    channel: int | None
    terms: int
    sum: float
    so_far: float


@dataclass(frozen=True)
class Explanation:
    """One unit of one layer, opened. Everything that text, pages and JSON show is here as numbers.

    unit       (channel, row, column), or (channel, position), (channel, slice, row, column), (feature,)
    window     per axis (rows, columns) the positions of the taps in the input, those in padding too; () without one
    terms      every input, weight and product; their rule
    value      the reference in float64, from a run of the whole network up to here
    bound      what this layer's own float32 arithmetic may differ by: 2*eps*sqrt(terms)*sum|products|, bias counted as
               a product; 0 for a maximum; for softmax 2*eps*(sqrt(terms) + largest exponent)*value, for its logarithm
               2*eps*(sqrt(terms) + largest exponent + |value|); for local response normalisation
               2*eps*(beta*sqrt(terms) + 2)*|value|; for a function of one input 4*eps*(|input| + |value|);
               for a product 2*eps*terms*|value|; where the engine chose Winograd, 1e-4 of the layer's largest output
    inherits   whether the inputs come from earlier layers, whose rounding the engine's value carries as well; not where
               the inputs are the engine's own
    followers  names of ReLUs that come after; their effect is not in the value
    fused      where the running network does several layers in one step, beginning with this one: the same unit there
    watched    whether the inputs are the engine's own values; the reference is then this layer's definition on them
    origin     where the first NaN or infinity that the unit sees arose; None where every number here is finite
    """

    graph: Graph = field(repr=False, compare=False)
    layer: str
    number: int
    kind: str
    formula: str
    unit: Unit
    sources: tuple[Source, ...]
    window: tuple[tuple[int, ...], ...]
    terms: Terms
    value: float
    bound: float
    inherits: bool
    engine: EngineValue | None
    sentence: tuple[str, Mapping[str, object]]
    followers: tuple[str, ...]
    fused: Fused | None = None
    watched: bool = False
    origin: Origin | None = None

    @cached_property
    def partials(self) -> tuple[Partial, ...]:
        """Sums per input channel, in order, where the value is a sum of several terms."""
        return _partials(self.terms, self.sources)

    @cached_property
    def field(self) -> Field:
        """What the unit sees of the network's inputs."""
        return sees(self.graph, self.layer, self.unit[1:] or None, self.unit[0])

    @property
    def combined(self) -> float:
        """The value that the terms and the bias give: exact sums, rounded once."""
        return self.terms.combine()

    @property
    def magnitude(self) -> float:
        """Sum of the magnitudes of the products and the bias: the yardstick of rounding."""
        return total([*map(abs, self.terms.products.tolist()), abs(self.terms.bias or 0.0)])

    @property
    def difference(self) -> float | None:
        """Engine minus reference; None without an engine."""
        return None if self.engine is None else self.engine.value - self.value

    def to_dict(self) -> dict[str, Any]:
        """Everything, in values that JSON keeps without loss; NaN and infinities are written "nan", "inf", "-inf"."""
        return cell_dict(self)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """One line per term: source, at (c y x), origin, padding, input, weight, product; then the bias and the value.
        The last column are formulas with which a spreadsheet computes products and value again. Written to `path` if
        given."""
        return cell_csv(self, path)

    @property
    def runners_up(self) -> tuple[int, ...]:
        """For a maximum, the terms that are real and did not win, the largest first."""
        t = self.terms
        if t.rule != "max":
            return ()
        order = np.argsort(-t.inputs, kind="stable")
        return tuple(int(i) for i in order if t.real[i] and i != t.winner)

    def behind(self, term: int) -> tuple[str, tuple[int, ...]]:
        """Where the input of a term comes from: the node that computed it, and which of its values it is."""
        return self.sources[int(self.terms.source[term])].name, tuple(self.terms.at[term].tolist())

    def text(self, lang: str | None = None, top: int | None = None) -> str:
        """The page: window, products, sums, in English, Chinese or Japanese, at most 100 columns wide.

        `top` shows the so many largest contributions and the rest as one sum. Without it a window is shown whole up to
        512 terms and any other list up to 64; of more, the 24 largest.
        """
        return explanation_text(self, lang, top)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())


def explain(
    graph: Graph,
    weights: Mapping[str, Array],
    image: object,
    layer: str | int,
    at: object = None,
    channel: int | None = None,
    engine: EngineValue | Callable[[Node, Unit], EngineValue] | None = None,
    group: Callable[[Node], Sequence[str]] | None = None,
) -> Explanation:
    """Open one unit: run the reference in float64 up to its layer, and take its value apart.

    Args:
        image: one image (c, h, w), or a tuple of arrays, one per input of the network.
        layer: name or number; `at` (y, x), or x in a signal, and `channel` choose the unit, zero-based.
        engine: an engine's record of the same unit, or a function (node, unit) -> record.
        group: which layers the engine does in the same step, from this one on.

    Raises: ArgumentError and ShapeError for a unit that is not there; DataError for an image that cannot be used;
    WeightsError where weights are missing.
    """
    node = layer_of(graph, layer)
    unit = one_unit(node, at, channel)
    images = images_of(graph, image)
    check_weights(graph, weights)
    together = group(node) if group else (node.name,)
    done = forward(_upto(graph, graph[together[-1]]), weights, [x[None] for x in images])
    record = engine(node, unit) if callable(engine) else engine
    found = opened(done, graph, node, unit, 0, record)
    if len(together) < 2:
        return found
    last = engine(graph[together[-1]], unit) if callable(engine) else None
    return replace(found, fused=fused(done, together, unit, found.terms, last, 0))


def opened(
    done: Pass, graph: Graph, node: Node, unit: Unit, image: int, engine: EngineValue | None = None
) -> Explanation:
    """Open one unit from the values of a pass; `graph` is the whole network.

    Rules: the value is the pass's own where it ran in float64; from an engine's pass it is what the layer's definition
    makes in float64 of the inputs that the engine had.
    """
    assert node.layer is not None
    assert node.site is not None
    with np.errstate(all="ignore"):
        xs = [x[image] for x in done.inputs_of(node)]
        terms = node.layer.terms(node.site, xs, reference.layer_weights(done.weights, node.name), unit)
    own = done.values[node.name]
    if own.dtype == np.float64:
        terms = replace(terms, value=float(own[(image, *unit)]))
    found = _gather(graph, node, node.layer, node.site, unit, terms, engine, own.dtype == np.float64)
    found = replace(found, origin=origin_of(done, node, unit, image, terms))
    if engine is not None and engine.algorithm == "winograd":
        return replace(found, bound=WINOGRAD * float(np.abs(own[image]).max()))
    return found


def _gather(
    graph: Graph, node: Node, layer: Layer, site: Site, unit: Unit, terms: Terms, engine: EngineValue | None, wide: bool
) -> Explanation:
    """The explanation of a unit whose terms are known."""
    sources = tuple(_source(graph, name) for name in node.sources)
    readers = [graph[name] for name in graph.readers[node.name]]
    computed = any(graph[name].layer is not None for name in node.sources)
    return Explanation(
        graph=graph,
        layer=node.name,
        number=node.number,
        kind=layer.kind,
        formula=layer.formula,
        unit=unit,
        sources=sources,
        window=tuple(tuple(a.window.taps(i)) for a, i in zip(site.windows, unit[1:], strict=True))
        if site.windows
        else (),
        terms=terms,
        value=terms.value,
        bound=_bound(terms),
        inherits=wide and computed,
        watched=computed and not wide,
        engine=engine,
        sentence=layer.sentence(site, unit, terms),
        followers=tuple(r.name for r in readers if r.layer is not None and r.layer.kind == "ReLU"),
    )


def _upto(graph: Graph, node: Node) -> Graph:
    """The part of the graph that the node needs."""
    needed = graph.before(node.name)
    kept = tuple(n for n in graph.nodes if n.name in needed or n.layer is None)
    return Graph(kept, graph.inputs, (node.name,))


def _source(graph: Graph, name: str) -> Source:
    """A source, and the image behind it if it is a Flatten."""
    node = graph[name]
    flattened = node.layer is not None and node.layer.kind == "Flatten" and node.site is not None
    image = node.site.inputs[0] if flattened and node.site is not None else ()
    return Source(name, node.shape, image if len(image) > 1 else None)


def _partials(terms: Terms, sources: Sequence[Source]) -> tuple[Partial, ...]:
    """Sums per source and input channel, in the order of the terms."""
    if terms.rule != "sum" or len(terms.products) < 2:
        return ()
    channels = _channels(terms, sources)
    _, first, group = np.unique(terms.source * (channels.max() + 2) + channels, return_index=True, return_inverse=True)
    ordered = terms.products[np.argsort(group, kind="stable")].tolist()
    ends = np.cumsum(np.bincount(group)).tolist()
    found: list[Partial] = []
    so_far = Running()
    for number in np.argsort(first).tolist():
        products, at = ordered[ends[number - 1] if number else 0 : ends[number]], first[number]
        channel = None if channels[at] < 0 else int(channels[at])
        alone, with_others = so_far.add(products)
        found.append(Partial(int(terms.source[at]), channel, len(products), alone, with_others))
    return tuple(found)


def _channels(terms: Terms, sources: Sequence[Source]) -> Array:
    """The input channel of each term, behind a Flatten too; -1 where the input is plain features."""
    if terms.at.shape[1] > 1:
        return terms.at[:, 0]
    maps = [1 if s.unflattened is None else math.prod(s.unflattened[1:]) for s in sources]
    plain = np.array([s.unflattened is None for s in sources])
    return np.where(plain[terms.source], -1, terms.at[:, 0] // np.array(maps)[terms.source])


def _bound(terms: Terms) -> float:
    """See Explanation: the expected size of the rounding of one layer's float32 arithmetic."""
    count = len(terms.products) + (terms.bias is not None)
    if terms.rule == "max":
        return 0.0
    if terms.rule == "function":
        return 4 * EPSILON * (abs(float(terms.inputs[0])) + abs(terms.value))
    if terms.rule == "product":
        return 2 * EPSILON * count * abs(terms.value)
    if terms.rule == "divisive":
        return 2 * EPSILON * (terms.named["beta"] * math.sqrt(count) + 2) * abs(terms.value)
    if terms.rule in ("ratio", "log_ratio"):
        exponent = max(terms.inputs.tolist()) - min(terms.inputs.tolist())
        spread = math.sqrt(count) + exponent
        return 2 * EPSILON * (spread * terms.value if terms.rule == "ratio" else spread + abs(terms.value))
    size = float(np.abs(terms.products).sum()) + abs(terms.bias or 0.0)
    return 2 * EPSILON * math.sqrt(count) * size
