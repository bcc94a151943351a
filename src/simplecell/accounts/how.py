"""How each figure of a layer comes about: the formula with its numbers in it, and what it gives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simplecell.accounts.count import cells_read, depth, filter_shape, of_site, unused
from simplecell.accounts.how_text import how_text
from simplecell.accounts.hulls import Hull, first_centre, hulls
from simplecell.errors import GraphError
from simplecell.geometry import Sliding
from simplecell.graph import Graph, Node
from simplecell.layers.base import Shape, Site
from simplecell.words.layout import preformatted


@dataclass(frozen=True)
class Fact:
    """One figure: its name, the formula in numbers (Python reads it too, with floor and ceil), and its value."""

    name: str
    formula: str
    value: float


@dataclass(frozen=True, repr=False)
class How:
    """The figures of one layer. `depths`: of its input, of a filter, of the layer, of the network (0 where there is
    none)."""

    node: Node
    facts: tuple[Fact, ...]
    depths: tuple[int, int, int, int]

    def text(self, lang: str | None = None) -> str:
        """One line per figure, in English, Chinese or Japanese."""
        return how_text(self, lang)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())

    def to_dict(self) -> dict[str, Any]:
        """The figures in values that JSON keeps."""
        depths = zip(("input", "filter", "layer", "network"), self.depths, strict=True)
        return {
            "layer": self.node.name,
            "facts": [{"name": f.name, "formula": f.formula, "value": f.value} for f in self.facts],
            "depth": dict(depths),
        }


def how(graph: Graph, layer: str | int, batch: int = 1) -> How:
    """The figures of a layer, named or numbered, with their formulas.

    Raises: GraphError for an input or a name that is not there.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input
    >>> found = how(sequential([Input(3, 227, 227), Conv2d(96, 11, stride=4, name="conv1")]), "conv1")
    >>> found.facts[0]
    Fact(name='rows', formula='floor((227 + 2*0 - 1*(11-1) - 1)/4) + 1', value=55)
    """
    node = graph.layer(layer)
    site = node.site
    if site is None:
        raise GraphError(f"{node.place} has a shape and no figures; layers have them")
    found = hulls(graph)
    facts = [*_sizes(site), *_learned(site), *_work(site), *_bytes(site, batch), *_unused(site)]
    facts += _field(site, found[node.sources[0]], found[node.name]) if len(node.sources) == 1 else []
    weight = filter_shape(site)
    depths = (site.inputs[0][0], weight[1] if weight else 0, weight[0] if weight else 0, depth(graph))
    return How(node, tuple(facts), depths)


def _product(shape: Shape) -> str:
    return "*".join(map(str, shape))


def _axis_names(site: Site) -> tuple[str, ...]:
    return ("rows", "columns") if len(site.windows) == 2 else ("length",) if len(site.windows) == 1 else ()


def _sizes(site: Site) -> Iterator[Fact]:
    """Rows and columns of the output, and units."""
    ceil = bool(site.layer.arguments().get("ceil_mode", False))
    for name, axis in zip(_axis_names(site), site.windows, strict=False):
        formula, _, plain = axis.window.arithmetic(axis.inputs, ceil).partition(" (the last")[0].rpartition(" = ")
        dropped = int(plain) - axis.outputs
        yield Fact(name, formula + (f" - {dropped}" if dropped else ""), axis.outputs)
    yield Fact("units", _product(site.output), site.units)


def _learned(site: Site) -> Iterator[Fact]:
    """Weights of a filter, of the layer; biases; parameters."""
    counts, weight = of_site(site), filter_shape(site)
    if not counts.parameters:
        return
    if weight:
        yield Fact("per_filter", _product(weight[1:]), math.prod(weight[1:]))
    shapes = [_product(shape) for key, shape in site.learned.items() if key != "bias"]
    yield Fact("weights", " + ".join(shapes), counts.weights)
    if counts.biases:
        yield Fact("biases", _product(site.weights["bias"]), counts.biases)
        yield Fact("parameters", f"{counts.weights} + {counts.biases}", counts.parameters)
    if weight and site.windows:
        inputs = _product(site.inputs[0])
        yield Fact("dense", f"({inputs}) * ({_product(site.output)})", math.prod(site.inputs[0]) * site.units)


def _work(site: Site) -> Iterator[Fact]:
    """MACs, those not in padding, FLOPs, connections."""
    counts = of_site(site)
    if not counts.macs:
        return
    weight = filter_shape(site)
    if weight:
        yield Fact("macs", f"({_product(site.output)}) * ({_product(weight[1:])})", counts.macs)
        if site.windows:
            inside = [axis.window.inside(axis.inputs, axis.outputs) for axis in site.windows]
            real = f"({_product(tuple(inside))}) * {weight[0]} * {weight[1]}"
            yield Fact("macs_without_padding", real, counts.macs - counts.padding_macs)
    elif counts.macs % counts.units == 0:
        yield Fact("macs", f"({_product(site.output)}) * {counts.macs // counts.units}", counts.macs)
    yield Fact("flops", f"2 * {counts.macs}", 2 * counts.macs)
    if counts.connections:
        yield Fact("connections", f"{counts.macs} + {counts.connections - counts.macs}", counts.connections)


def _bytes(site: Site, batch: int) -> Iterator[Fact]:
    yield Fact("bytes", f"4 * {batch} * ({_product(site.output)})", 4 * batch * site.units)


def _unused(site: Site) -> Iterator[Fact]:
    """Cells of a channel of the input that no window reads."""
    if site.windows:
        inputs = _product(tuple(axis.inputs for axis in site.windows))
        read = _product(tuple(cells_read(axis) for axis in site.windows))
        yield Fact("unused", f"{inputs} - {read}", unused(site))


def _field(site: Site, before: Hull | None, after: Hull | None) -> Iterator[Fact]:
    """Size, jump and first centre of the receptive field before clipping, from those of the layer before."""
    if before is None or after is None or not site.windows:
        return
    windows = [axis for axis in site.axes[1:] if isinstance(axis, Sliding)]
    for name, axis, old, new in zip(_axis_names(site), windows, before, after, strict=False):
        w, jump = axis.window, old.step
        yield Fact(f"field_{name}", f"{old.extent} + ({w.size}-1)*{w.gap}*{jump}", new.extent)
        yield Fact(f"jump_{name}", f"{jump} * {w.step}", new.step)
        centre = f"{first_centre(old):g} + (({w.size}-1)*{w.gap}/2 - {w.before})*{jump}"
        yield Fact(f"centre_{name}", centre, first_centre(new))
