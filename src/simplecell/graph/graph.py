"""How layers connect: an immutable directed acyclic graph in which every shape, window and cost is resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from simplecell.errors import GraphError, ShapeError, message, unknown
from simplecell.graph.remedy import explain_clash
from simplecell.layers.base import Layer, Shape, Site, checked_shape


@dataclass(frozen=True)
class Draft:
    """A node before its shapes are known: the layer (None for an input), its name, and the names it reads."""

    name: str
    layer: Layer | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A node with its shapes: `site` holds the resolved numbers of its layer; an input has none.

    `number` counts layers from 1, inputs left out; an input has 0.
    """

    name: str
    layer: Layer | None
    sources: tuple[str, ...]
    site: Site | None
    shape: Shape
    number: int

    @property
    def place(self) -> str:
        """How messages speak of this node: `layer 7 'fc1' (Linear)`."""
        return f"layer {self.number} {self.name!r} ({self.layer.kind})" if self.layer else f"input {self.name!r}"


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which each stands behind what it reads; `inputs` and `outputs` by name."""

    nodes: tuple[Node, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Every node by its name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def sites(self) -> tuple[tuple[Node, Layer, Site], ...]:
        """The nodes that are layers, with layer and site, in order."""
        return tuple((n, n.layer, n.site) for n in self.nodes if n.layer is not None and n.site is not None)

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """Which nodes read each node, in order; a node that reads one twice stands there twice."""
        found: dict[str, list[str]] = {node.name: [] for node in self.nodes}
        for node in self.nodes:
            for source in node.sources:
                found[source].append(node.name)
        return {name: tuple(readers) for name, readers in found.items()}

    @cached_property
    def weights(self) -> Mapping[str, Shape]:
        """Shape of each weight by its full name, `conv1.weight`, in the order of the layers."""
        return {f"{n.name}.{key}": shape for n, _, site in self.sites for key, shape in site.weights.items()}

    @cached_property
    def learned(self) -> Mapping[str, Shape]:
        """The weights that training changes by gradients: all but running averages."""
        return {f"{n.name}.{key}": shape for n, _, site in self.sites for key, shape in site.learned.items()}

    @cached_property
    def starts(self) -> Mapping[str, float]:
        """Weights that begin at a fixed value, and the value."""
        return {
            f"{n.name}.{key}": layer.starts[key]
            for n, layer, s in self.sites
            for key in s.weights
            if key in layer.starts
        }

    def __getitem__(self, name: str) -> Node:
        node = self.by_name.get(name)
        if node is None:
            raise GraphError(unknown("no layer is called", name, [*self.by_name]))
        return node

    def before(self, name: str) -> frozenset[str]:
        """A node, and every node that it reads, directly or through others."""
        found, stack = {name}, [name]
        while stack:
            sources = [s for s in self[stack.pop()].sources if s not in found]
            found.update(sources)
            stack.extend(sources)
        return frozenset(found)

    def layer(self, name: str | int) -> Node:
        """A layer by its name, or by its number (from 1, inputs left out)."""
        if isinstance(name, int):
            if not 1 <= name <= len(self.sites):
                raise GraphError(f"layers are numbered 1 to {len(self.sites)}, got {name}")
            return self.sites[name - 1][0]
        return self[name]


class Clash(ShapeError):
    """A shape clash before its remedies are known: the draft that failed and the nodes that worked."""

    def __init__(self, rule: str, number: int, failed: Draft, nodes: Mapping[str, Node]) -> None:
        super().__init__(rule)
        self.number, self.failed, self.nodes = number, failed, nodes


def walk(drafts: Sequence[Draft], shapes: Mapping[str, Shape], outputs: Sequence[str]) -> Graph:
    """The one walk that computes every shape, window and cost; ShapeError says what worked, the arithmetic and the
    remedies."""
    try:
        return resolve(drafts, shapes, outputs)
    except Clash as clash:
        layer = clash.failed.layer
        place = f"layer {clash.number} {clash.failed.name!r} ({layer.kind if layer else 'Input'})"
        facts, remedies = explain_clash(drafts, shapes, clash.nodes, clash.failed, resolve)
        text = message(place, f"{clash}.", facts, remedies)
    raise ShapeError(text)


def resolve(drafts: Sequence[Draft], shapes: Mapping[str, Shape], outputs: Sequence[str]) -> Graph:
    """As `walk`, but a clash carries no remedies: it is what the search for remedies tries changes with."""
    nodes: dict[str, Node] = {}
    number = 0
    for draft in drafts:
        if draft.layer is None:
            nodes[draft.name] = Node(draft.name, None, (), None, checked_shape(shapes[draft.name], "Input"), 0)
            continue
        number += 1
        layer, sources = draft.layer, draft.sources
        low, high = layer.arity
        if len(sources) < low or (high is not None and len(sources) > high):
            wanted = f"{low}" if high == low else f"at least {low}" if high is None else f"{low} to {high}"
            place = f"layer {number} {draft.name!r} ({layer.kind})"
            raise GraphError(f"{place}: takes {wanted} input(s), got {len(sources)}")
        try:
            site = layer.site(*(nodes[s].shape for s in sources))
        except ShapeError as error:
            raise Clash(str(error), number, draft, nodes) from None
        nodes[draft.name] = Node(draft.name, layer, sources, site, site.output, number)
    return Graph(tuple(nodes.values()), tuple(shapes), tuple(outputs))
