"""Networks side by side: totals of each, and how they compare with the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simplecell.accounts.count import count, depth
from simplecell.accounts.memory import memory
from simplecell.errors import ArgumentError
from simplecell.geometry import whole_number
from simplecell.graph import Graph
from simplecell.words import language, say, shape_text
from simplecell.words.layout import WIDTH, preformatted, table, wrap

FIGURES = ("depth", "parameters", "units", "connections", "macs", "flops", "inference", "training")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Totals of several networks by name; counts are for one image, bytes for the batch."""

    totals: Mapping[str, Mapping[str, Any]]
    batch: int

    def text(self, lang: str | None = None) -> str:
        """A column per network; with two, a further one with the ratio of the second to the first."""
        code, names = language(lang), [*self.totals]
        rows = [
            [say(f"accounts.compare.{end}", code), *(shape_text(self.totals[name][end]) for name in names)]
            for end in ("input", "output")
        ]
        rows += [
            [say(f"accounts.compare.{key}", code), *(f"{self.totals[name][key]:,}" for name in names)]
            for key in FIGURES
        ]
        head = ["", *names]
        if len(names) == 2:
            first, second = names
            head.append(say("accounts.compare.ratio", code, name=second, other=first))
            rows = [[*row, ""] for row in rows[:2]] + [
                [*row, _ratio(self.totals[second][key], self.totals[first][key])]
                for row, key in zip(rows[2:], FIGURES, strict=True)
            ]
        note = wrap(say("accounts.compare.note", code, batch=self.batch), WIDTH)
        return "\n".join([*table([head, *rows], indent=""), "", *note])

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())

    def to_dict(self) -> dict[str, Any]:
        """The totals in values that JSON keeps."""
        return {"batch": self.batch, "networks": {name: dict(total) for name, total in self.totals.items()}}


def compare(graphs: Mapping[str, Graph], batch: int = 1) -> Comparison:
    """The totals of networks side by side.

    Raises: ArgumentError without a network or for a batch below 1.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Flatten, Input, Linear
    >>> local = sequential([Input(3, 8, 8), Conv2d(4, 3)])
    >>> full = sequential([Input(3, 8, 8), Flatten(), Linear(4 * 6 * 6)])
    >>> {name: total["parameters"] for name, total in compare({"conv": local, "dense": full}).totals.items()}
    {'conv': 112, 'dense': 27792}
    """
    if not graphs:
        raise ArgumentError("compare needs at least one network")
    images = whole_number(batch, "batch", 1)
    return Comparison({name: _totals(graph, images) for name, graph in graphs.items()}, images)


def _totals(graph: Graph, batch: int) -> dict[str, Any]:
    counts = count(graph)
    return {
        "input": list(graph[graph.inputs[0]].shape), "output": list(graph[graph.outputs[0]].shape),
        "depth": depth(graph), "parameters": counts.parameters, "units": counts.units,
        "connections": counts.connections, "macs": counts.macs, "flops": 2 * counts.macs,
        "inference": memory(graph, batch).total,
        "training": memory(graph, batch, training=True).total if len(graph.outputs) == 1 else 0,
    }  # fmt: skip


def _ratio(value: int, other: int) -> str:
    return f"{value / other:.3g}" if other else ""
