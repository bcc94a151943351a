"""From a number to the number behind it, and on, down to a pixel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simplecell.errors import ArgumentError
from simplecell.explain.cell import Explanation
from simplecell.explain.layout import by_magnitude, exact, exact_number
from simplecell.graph import Graph
from simplecell.layers.base import Unit
from simplecell.words import language, number_text, percent_text, say
from simplecell.words.layout import preformatted, table, wrap

Opener = Callable[[str, Unit], Explanation]
"""What opens one unit of a layer."""


@dataclass(frozen=True)
class Link:
    """One step of a chain: a unit, and the term through which the chain goes on."""

    unit: Explanation
    term: int

    @property
    def share(self) -> float:
        """The term's part of the magnitudes that the unit is the sum of."""
        size = self.unit.magnitude
        return abs(float(self.unit.terms.products[self.term])) / size if size else 0.0


@dataclass(frozen=True)
class Chain:
    """Units from the one asked about down to the network's input; `end` is the input's value that is reached, or the
    padding (`padded`) in which the chain ends."""

    links: tuple[Link, ...]
    end: tuple[str, Unit]
    value: float
    padded: bool

    def to_dict(self) -> dict[str, Any]:
        """Everything, in values that JSON keeps."""
        return {
            "schema": "simplecell.chain/1",
            "links": [
                {"layer": k.unit.layer, "kind": k.unit.kind, "unit": list(k.unit.unit), "value": exact(k.unit.value)}
                | {"source": k.unit.behind(k.term)[0], "at": list(k.unit.behind(k.term)[1])}
                | {"input": exact(k.unit.terms.inputs[k.term]), "weight": exact(k.unit.terms.weights[k.term])}
                | {"product": exact(k.unit.terms.products[k.term]), "share": exact(k.share)}
                for k in self.links
            ],
            "end": {"name": self.end[0], "at": list(self.end[1]), "value": exact(self.value), "padding": self.padded},
        }  # fmt: skip

    def text(self, lang: str | None = None) -> str:
        """A line per step, in English, Chinese or Japanese."""
        code = language(lang)
        columns = ("layer", "unit", "value", "next", "input", "weight", "product", "share")
        rows = [[say(f"explain.chain.column.{c}", code) for c in columns]]
        for link in self.links:
            e, t = link.unit, link.unit.terms
            name, at = e.behind(link.term)
            weight = number_text(t.weights[link.term]) if t.weighted else ""
            rows.append([
                e.layer, _index(e.unit), number_text(e.value), f"{name} {_index(at)}", number_text(t.inputs[link.term]),
                weight, number_text(t.products[link.term]), percent_text(link.share, 1),
            ])  # fmt: skip
        key = "explain.chain.padding" if self.padded else "explain.chain.end"
        end = say(key, code, name=self.end[0], unit=_index(self.end[1]), value=exact_number(self.value))
        return "\n".join([*wrap(say("explain.chain.title", code)), "", *table(rows, lefts=2), "", *wrap(end)])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())


def chain(graph: Graph, opener: Opener, layer: str, unit: Unit, follow: Sequence[int] = ()) -> Chain:
    """Open a unit, then the input of its largest contribution, and so on.

    Args:
        follow: which contribution to follow at each step, 0 for the largest (what is left out is 0); of a maximum, 0
            is the winner and 1 the first of the others.

    Raises: ArgumentError for a step that has fewer contributions.
    """
    links: list[Link] = []
    name, index = layer, unit
    while True:
        e = opener(name, index)
        rank = int(follow[len(links)]) if len(links) < len(follow) else 0
        order = _ranked(e)
        if not 0 <= rank < len(order):
            raise ArgumentError(
                f"follow: {e.layer} {_index(e.unit)} has the contributions 0..{len(order) - 1}, got {rank}"
            )
        links.append(Link(e, order[rank]))
        name, index = e.behind(order[rank])
        value, real = float(e.terms.inputs[order[rank]]), bool(e.terms.real[order[rank]])
        if not real or graph[name].layer is None:
            return Chain(tuple(links), (name, index), value, not real)


def _ranked(e: Explanation) -> list[int]:
    """The terms by what they contribute, the largest first."""
    if e.terms.rule == "max":
        return [e.terms.winner or 0, *e.runners_up]
    order = by_magnitude(e.terms.products)
    if e.terms.winner is not None:  # a softmax is led by its own score
        return [e.terms.winner, *(i for i in order if i != e.terms.winner)]
    return order


def _index(unit: Sequence[int]) -> str:
    return f"[{', '.join(map(str, unit))}]"
