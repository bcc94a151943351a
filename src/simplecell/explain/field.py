"""Which pixels a unit sees, and which units see a pixel: exact, through the whole graph.

`sees` walks back from a layer through every layer's `reads`, `seen_by` walks forward through every `read_by`; both
clip at every layer, because padding inside the network is not image. What a walk carries is a `Region`, so the answer
is the exact set: with the holes of strides and dilation, and as a union where branches meet.

Beside it stands what textbooks give: the hull of the windows before any clipping (size, jump, start, centre), and how
much of it lies in padding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from simplecell.errors import GraphError, message
from simplecell.explain.field_text import field_text
from simplecell.explain.regions import Region
from simplecell.explain.units import box_of, unit_of
from simplecell.geometry import Axis, Pointwise, Sliding, Whole
from simplecell.graph import Graph, Node
from simplecell.layers.axes import Picked
from simplecell.layers.base import Array, Box, Site


@dataclass(frozen=True)
class Reach:
    """One axis of the hull before clipping: cells `first` .. `last`, of which some may lie in padding.

    jump    how far it moves from one unit to the next; None where paths with different jumps meet
    origin  `first` of unit 0 where the jump is known
    """

    first: int
    last: int
    jump: int | None
    origin: int | None
    inputs: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def centre(self) -> float:
        return (self.first + self.last) / 2

    @property
    def inside(self) -> int:
        """Cells that are not padding."""
        return max(0, min(self.last, self.inputs - 1) - max(self.first, 0) + 1)

    def to_dict(self) -> dict[str, Any]:
        return {
            "first": self.first, "last": self.last, "size": self.size, "jump": self.jump, "origin": self.origin,
            "centre": self.centre, "inside": self.inside,
        }  # fmt: skip


@dataclass(frozen=True)
class View:
    """What is seen of one node: the exact `region`, and the unclipped hull by axis (rows, columns) where windows slide
    all the way. `padding` counts the hull's cells that lie in padding."""

    of: str
    region: Region
    reach: tuple[Reach, ...] | None

    @property
    def padding(self) -> int:
        """Cells (rows x columns) of the unclipped hull that are not cells of the node."""
        reach = self.reach or ()
        return math.prod(r.size for r in reach) - math.prod(r.inside for r in reach)

    def to_dict(self) -> dict[str, Any]:
        """The view in values that JSON keeps."""
        region = self.region
        return {
            "of": self.of,
            "shape": list(region.shape),
            "known": "exact",
            "size": region.size,
            "hull": [list(ends) for ends in region.hull],
            "holes": region.holes,
            "boxes": [[list(indices) for indices in box] for box in region.boxes],
            "unclipped": None
            if self.reach is None
            else {"known": "hull", "axes": [r.to_dict() for r in self.reach], "padding": self.padding},
        }


@dataclass(frozen=True)
class Field:
    """The answer to `sees` or `seen_by`: which units were asked about, and the exact set of those they see (or that
    see them), one `View` per node looked at.

    direction  "sees" or "seen_by"
    node       the node whose units were asked about, and its number and kind
    units      the units asked about
    """

    direction: str
    node: str
    number: int
    kind: str
    units: Box
    views: tuple[View, ...]

    def view(self, of: str | None = None) -> View:
        """The view of one node; without a name the only one, or the first that is not empty."""
        if of is None:
            return next((v for v in self.views if v.region.boxes), self.views[0])
        found = next((v for v in self.views if v.of == of), None)
        if found is None:
            raise GraphError(f"this field is of {', '.join(v.of for v in self.views)}, not of {of!r}")
        return found

    @property
    def size(self) -> int:
        """Number of units in the set, over all nodes looked at."""
        return sum(v.region.size for v in self.views)

    def __contains__(self, unit: Sequence[int]) -> bool:
        return tuple(unit) in self.view().region

    def mask(self, of: str | None = None) -> Array:
        """The set as an array of bools with the shape of the node looked at."""
        return self.view(of).region.mask()

    def to_dict(self) -> dict[str, Any]:
        """The field in values that JSON keeps."""
        return {
            "schema": "simplecell.field/1",
            "direction": self.direction,
            "node": self.node,
            "number": self.number,
            "kind": self.kind,
            "units": [list(indices) for indices in self.units],
            "views": [v.to_dict() for v in self.views],
        }

    def text(self, lang: str | None = None) -> str:
        """The field as a paragraph in English, Chinese or Japanese."""
        return field_text(self, lang)

    def __str__(self) -> str:
        return self.text()


def sees(
    graph: Graph, layer: str | int, at: object = None, channel: int | None = None, of: str | int | None = None
) -> Field:
    """The exact set of units of an earlier node that a unit sees.

    Args:
        layer: name or number; `at` (y, x), or x in a signal, and `channel` choose the unit; what is left out means all.
        of: the earlier node, by name or number; every input of the network unless given.

    Rules: clipped at every layer, so padding inside the network is never counted as seen.
    Raises: ShapeError for a unit outside the layer; GraphError where the layer does not come after `of`.
    """
    node = graph.layer(layer)
    box = box_of(node, at, channel)
    ends = _ends(graph, node, of)
    pending: dict[str, list[Box]] = {node.name: [box]}
    reaches = {node.name: _start(node, box)}
    views: dict[str, View] = {}
    for here in reversed(graph.nodes):
        boxes = pending.pop(here.name, None)
        if boxes is None:
            continue
        region = Region.of(here.shape, boxes)
        if here.name in ends:
            views[here.name] = View(here.name, region, reaches[here.name])
            continue
        if here.layer is None or here.site is None:
            continue
        _read_back(here, here.site, region, reaches, pending)
    empty = (View(name, Region(graph[name].shape, ()), None) for name in ends)
    return _field("sees", node, box, [views.get(view.of, view) for view in empty])


def seen_by(graph: Graph, pixel: Sequence[int], layer: str | int, of: str | int | None = None) -> Field:
    """The exact set of units of `layer` that a pixel reaches: the inverse of `sees`.

    Args:
        pixel: (c, y, x), or (f,) for plain features.
        layer: name or number.
        of: the node the pixel belongs to: an input (the first unless given), or an earlier layer, whose unit it is.

    Raises: ShapeError for a pixel outside its image; GraphError where `layer` does not come after `of`.
    """
    node = graph.layer(layer)
    source = graph.layer(graph.inputs[0] if of is None else of)
    _ends(graph, node, source.name)
    unit = unit_of(source, pixel)
    box: Box = tuple((i,) for i in unit)
    regions = {source.name: Region(source.shape, (box,))}
    for here in graph.nodes:
        if here.name in regions or here.layer is None or here.site is None:
            continue
        regions[here.name] = _read_forward(here, here.site, regions)
        if here.name == node.name:
            break
    return _field("seen_by", source, box, [View(node.name, regions[node.name], None)])


def _field(direction: str, node: Node, box: Box, views: Iterable[View]) -> Field:
    kind = node.layer.kind if node.layer else "Input"
    return Field(direction, node.name, node.number, kind, box, tuple(views))


def _ends(graph: Graph, node: Node, of: str | int | None) -> tuple[str, ...]:
    """The nodes looked at; one that is asked for must lie before the layer, or be it."""
    if of is None:
        return graph.inputs
    end, before = graph.layer(of), graph.before(node.name)
    if end.name not in before:
        raise GraphError(
            message(node.place, f"does not read {end.place}, directly or through others.", [_before(graph, before)])
        )
    return (end.name,)


def _before(graph: Graph, names: frozenset[str]) -> str:
    """What lies before a layer, in order, the first of them."""
    ordered = [n.name for n in graph.nodes if n.name in names]
    return f"it reads {', '.join(ordered[:8])}" + (", ..." if len(ordered) > 8 else "")


def _read_back(
    node: Node, site: Site, region: Region, reaches: dict[str, tuple[Reach, ...] | None], pending: dict[str, list[Box]]
) -> None:
    """Hand the set, and its hull, on to what the node reads."""
    reach = reaches[node.name]
    for box in region.boxes:
        read = site.layer.reads(site, _thin(site.axes, box, outputs=True))
        for source, found in zip(node.sources, read, strict=True):
            pending.setdefault(source, []).extend(found)
    for number, (source, shape) in enumerate(zip(node.sources, site.inputs, strict=True)):
        pending.setdefault(source, [])
        wider = _through(site.layer.axes(site, number), reach, len(shape))
        reaches[source] = _both(reaches[source], wider) if source in reaches else wider


def _read_forward(node: Node, site: Site, regions: dict[str, Region]) -> Region:
    """The units of a node that read any unit of the sets of its sources."""
    found: list[Box] = []
    for number, source in enumerate(node.sources):
        for box in regions[source].boxes if source in regions else ():
            found += site.layer.read_by(site, _thin(site.axes, box, outputs=False), number)
    return Region.of(node.shape, found)


def _thin(axes: Sequence[Axis], box: Box, *, outputs: bool) -> Box:
    """The box with one index per group along axes where a group's outputs all read the same inputs: a fully-connected
    layer's 4,096 outputs need not each list 25,088 inputs."""
    if len(axes) != len(box):
        return box
    return tuple(_one_per_group(a, i, outputs) if isinstance(a, Whole) else i for a, i in zip(axes, box, strict=True))


def _one_per_group(axis: Whole, indices: tuple[int, ...], outputs: bool) -> tuple[int, ...]:
    if axis.groups == 1:
        return indices[:1]
    block = (axis.outputs if outputs else axis.inputs) // axis.groups
    return tuple({i // block: i for i in reversed(indices)}.values())[::-1]


def _start(node: Node, box: Box) -> tuple[Reach, ...] | None:
    """The hull of the units asked about, in their own layer."""
    if len(node.shape) == 1:
        return None
    return tuple(Reach(i[0], i[-1], 1, 0, n) for i, n in zip(box[1:], node.shape[1:], strict=True))


def _through(axes: Sequence[Axis], reach: tuple[Reach, ...] | None, rank: int) -> tuple[Reach, ...] | None:
    """The hull one layer back, nothing clipped; None where rows and columns are lost on the way."""
    if reach is None or rank != len(reach) + 1:
        return None
    moved = [_moved(axis, r) for axis, r in zip(axes[1:], reach, strict=True)]
    return None if None in moved else tuple(r for r in moved if r is not None)


def _moved(axis: Axis, reach: Reach) -> Reach | None:
    """The hull of one axis before a layer: output i of a window covers i*step - before .. + extent - 1."""
    if isinstance(axis, Pointwise):
        return reach
    if not isinstance(axis, Sliding | Picked):
        return None
    w = axis.window
    return Reach(
        w.start(reach.first),
        w.start(reach.last) + w.extent - 1,
        None if reach.jump is None else reach.jump * w.step,
        None if reach.origin is None else w.start(reach.origin),
        axis.inputs,
    )


def _both(a: tuple[Reach, ...] | None, b: tuple[Reach, ...] | None) -> tuple[Reach, ...] | None:
    """The hull of two hulls; its jump is known where both agree."""
    if a is None or b is None:
        return None
    return tuple(_joined(p, q) for p, q in zip(a, b, strict=True))


def _joined(p: Reach, q: Reach) -> Reach:
    known = p.jump is not None and p.jump == q.jump and p.origin is not None and q.origin is not None
    return Reach(
        min(p.first, q.first),
        max(p.last, q.last),
        p.jump if known else None,
        min(p.origin, q.origin) if known and p.origin is not None and q.origin is not None else None,
        p.inputs,
    )
