"""The questions that people ask about convolutional networks, answered for the asker's own network and layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simplecell.errors import ArgumentError, message, unknown
from simplecell.explain.field import seen_by, sees
from simplecell.explain.passes import layer_of
from simplecell.geometry import Sliding, Window
from simplecell.graph import Graph, Node
from simplecell.layers.base import Site
from simplecell.words import language, say, shape_text

Numbers = Mapping[str, object]


@dataclass(frozen=True)
class Subject:
    """What a question is about: a layer of a network, a unit of it, a pixel; and the memory of a training step."""

    graph: Graph
    node: Node
    at: tuple[int, ...]
    channel: int
    pixel: tuple[int, ...]
    memory: Callable[[], Any]

    @property
    def site(self) -> Site:
        assert self.node.site is not None
        return self.node.site

    @property
    def window(self) -> tuple[Sliding, ...]:
        return self.site.windows

    @property
    def filters(self) -> Numbers:
        """The numbers of a convolution's filters."""
        weight = self.site.weights["weight"]
        each = math.prod(weight[1:])
        return {
            "layer": self.node.name, "filters": weight[0], "filter": shape_text(weight[1:]), "each": each,
            "product": "*".join(map(str, (*weight[2:], weight[1]))), "depth": weight[1],
            "bias": weight[0] if "bias" in self.site.weights else 0,
        }  # fmt: skip

    @property
    def positions(self) -> Numbers:
        """At how many places the window stands."""
        sizes = self.site.output[1:]
        return {"places": "x".join(map(str, sizes)), "count": math.prod(sizes)}


@dataclass(frozen=True)
class Question:
    """needs: "filters" (a convolution), "pool", "window" (either), or "layer" (any)."""

    name: str
    needs: str
    numbers: Callable[[Subject], Numbers]

    def text(self, lang: str | None = None) -> str:
        """The question."""
        return say(f"explain.ask.{self.name}.question", language(lang))

    def fits(self, node: Node) -> bool:
        """Whether it can be asked of this layer."""
        if node.layer is None or node.site is None:
            return False
        window, weighted = len(node.site.windows) == 2, "weight" in node.site.weights
        fits = {"layer": True, "window": window, "filters": window and weighted, "pool": window and not weighted}
        return fits[self.needs]


@dataclass(frozen=True)
class Answer:
    """A question, the layer it was asked of, and the numbers of the answer."""

    question: Question
    layer: str
    numbers: Numbers

    def text(self, lang: str | None = None) -> str:
        """The answer, the numbers in it."""
        return say(f"explain.ask.{self.question.name}.answer", language(lang), **self.numbers)

    def to_dict(self) -> dict[str, object]:
        """The answer as data that JSON keeps."""
        about = {"schema": "simplecell.answer/1", "question": self.question.name, "layer": self.layer}
        return {**about, "numbers": dict(self.numbers)}


def ask(
    graph: Graph,
    name: str,
    layer: str | int | None,
    memory: Callable[[], Any],
    at: tuple[int, ...] | None = None,
    channel: int = 0,
    pixel: tuple[int, ...] | None = None,
) -> Answer:
    """Answer a question about a layer (the first that it fits unless given).

    Raises: ArgumentError for an unknown question, or a layer that it cannot be asked of.
    """
    if name not in QUESTIONS:
        raise ArgumentError(unknown("unknown question", name, [*QUESTIONS]))
    question = QUESTIONS[name]
    fitting = [n for n, _, _ in graph.sites if question.fits(n)]
    if not fitting:
        raise ArgumentError(f"{name}: this network has no layer with {question.needs}")
    node = fitting[0] if layer is None else layer_of(graph, layer)
    if not question.fits(node):
        few = [n.name for n in fitting[:4]]
        raise ArgumentError(message(node.place, f"has no {question.needs}; {name} asks about them.", remedies=few))
    middle = tuple(n // 2 for n in graph[graph.inputs[0]].shape)
    place = tuple(0 for _ in node.shape[1:]) if at is None else at
    subject = Subject(graph, node, place, channel, middle if pixel is None else pixel, memory)
    return Answer(question, node.name, question.numbers(subject))


def _slide(s: Subject) -> Numbers:
    numbers = s.filters
    steps = "x".join(str(a.window.step) for a in s.window)
    return {**{k: numbers[k] for k in ("layer", "filter", "each")}, **s.positions, "step": steps}


def _maps(s: Subject) -> Numbers:
    numbers = s.filters
    return {**{k: numbers[k] for k in ("layer", "filters", "depth")}, "map": s.positions["places"]}


def _weights(s: Subject) -> Numbers:
    numbers = s.filters
    total = s.site.parameters
    return {**{k: numbers[k] for k in ("layer", "filters", "product", "each", "bias")}, "total": total,
            "all": sum(site.parameters for _, _, site in s.graph.sites)}  # fmt: skip


def _neurons(s: Subject) -> Numbers:
    source = s.graph[s.graph.inputs[0]].shape
    return {"layer": s.node.name, "filters": s.node.shape[0], "places": s.positions["places"], "units": s.site.units,
            "input": shape_text(source), "values": math.prod(source)}  # fmt: skip


def _sees(s: Subject) -> Numbers:
    region = sees(s.graph, s.node.name, s.at, s.channel).view().region
    rows, columns = region.hull[1], region.hull[2]
    numbers = {"layer": s.node.name, "y": s.at[0], "x": s.at[1], "top": rows[0], "bottom": rows[1]}
    return {**numbers, "left": columns[0], "right": columns[1], "size": region.size, "input": s.graph.inputs[0]}


def _seen_by(s: Subject) -> Numbers:
    region = seen_by(s.graph, s.pixel, s.node.name).view().region
    pixel = ", ".join(map(str, s.pixel))
    return {"layer": s.node.name, "pixel": pixel, "size": region.size, "units": s.site.units}


def _size(s: Subject) -> Numbers:
    row, column = (a.window.arithmetic(a.inputs, bool(getattr(s.site.layer, "ceil_mode", False))) for a in s.window)
    return {"layer": s.node.name, "rows": row, "columns": column, "output": shape_text(s.node.shape)}


def _stride(s: Subject) -> Numbers:
    one = [_outputs(a, step=1) for a in s.window]
    now, steps = [a.outputs for a in s.window], "x".join(str(a.window.step) for a in s.window)
    share = math.prod(now) / math.prod(one)
    return {"layer": s.node.name, "step": steps, "now": "x".join(map(str, now)), "one": "x".join(map(str, one))} | {
        "share": share
    }


def _padding(s: Subject) -> Numbers:
    bare = [_outputs(a, pads=(0, 0)) for a in s.window]
    pads = ", ".join(f"{a.window.before}+{a.window.after}" for a in s.window)
    border = sum(a.window.before + a.window.after > 0 for a in s.window)
    return {"layer": s.node.name, "pads": pads, "now": "x".join(str(a.outputs) for a in s.window),
            "bare": "x".join(map(str, bare)), "axes": border}  # fmt: skip


def _outputs(axis: Sliding, step: int | None = None, pads: tuple[int, int] | None = None) -> int:
    """How many outputs an axis would have with another step or padding."""
    w = axis.window
    before, after = (w.before, w.after) if pads is None else pads
    return max(0, Window(w.size, step or w.step, w.gap, before, after).outputs(axis.inputs))


def _relate(s: Subject) -> Numbers:
    numbers = s.filters
    return {"layer": s.node.name, "filters": numbers["filters"], "count": s.positions["count"], "units": s.site.units,
            "parameters": s.site.parameters}  # fmt: skip


def _depth(s: Subject) -> Numbers:
    numbers = s.filters
    weighted = sum(bool(site.learned) and layer.kind.startswith(("Conv", "Linear")) for _, layer, site in s.graph.sites)
    return {"layer": s.node.name, "input": s.site.inputs[0][0], "filter": numbers["depth"], "own": s.node.shape[0],
            "network": weighted}  # fmt: skip


def _gradient(s: Subject) -> Numbers:
    numbers = s.filters
    channels = s.site.layer.read_by(s.site, tuple((n // 2,) for n in s.site.inputs[0]))
    used = sum(math.prod(map(len, box)) for box in channels)
    return {"layer": s.node.name, "filter": numbers["filter"], "count": s.positions["count"], "used": used}


def _gradient_pool(s: Subject) -> Numbers:
    cells = math.prod(a.window.size for a in s.window)
    apart = all(a.window.step >= a.window.extent for a in s.window)
    middle = tuple((n // 2,) for n in s.site.inputs[0])
    used = sum(math.prod(map(len, box)) for box in s.site.layer.read_by(s.site, middle))
    return {"layer": s.node.name, "cells": cells, "others": cells - 1, "used": used, "overlap": 0 if apart else 1}


def _memory(s: Subject) -> Numbers:
    found = s.memory()
    return {"total": found.total, "fixed": found.fixed, "image": found.per_image,
            "fit": max(0, (24_000_000_000 - found.fixed) // max(1, found.per_image))}  # fmt: skip


def _quantised(s: Subject) -> Numbers:
    scale, low, high = 6 / 255, -1.3, 2.5
    return {"layer": s.node.name, "scale": scale, "low": low, "low_q": max(0, min(255, round(low / scale))),
            "high": high, "high_q": max(0, min(255, round(high / scale))), "unclamped": round(low / scale)}  # fmt: skip


QUESTIONS: dict[str, Question] = {
    question.name: question
    for question in (
        Question("slide", "filters", _slide),
        Question("maps", "filters", _maps),
        Question("weights", "filters", _weights),
        Question("neurons", "window", _neurons),
        Question("sees", "window", _sees),
        Question("seen_by", "window", _seen_by),
        Question("size", "window", _size),
        Question("stride", "window", _stride),
        Question("padding", "window", _padding),
        Question("relate", "filters", _relate),
        Question("depth", "filters", _depth),
        Question("gradient", "filters", _gradient),
        Question("gradient_pool", "pool", _gradient_pool),
        Question("memory", "layer", _memory),
        Question("quantised", "filters", _quantised),
    )
}
"""Every question by name."""
