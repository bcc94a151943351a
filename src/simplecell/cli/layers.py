"""`simplecell layers`: the kinds of layers; one of them with numbers."""

from __future__ import annotations

import contextlib
import inspect
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.errors import ArgumentError, message
from simplecell.layers import KINDS
from simplecell.layers.base import Array, Input, Layer, Shape
from simplecell.words import language, say, shape_text
from simplecell.words.layout import WIDTH, table, width, wrap

if TYPE_CHECKING:
    from simplecell.explain import Explanation


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "layers", "", "conv2d", "maxpool2d --lang ja")(layers)


def layers(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="cli.option.kind")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    if kind is None:
        rows = [_row(found) for found in KINDS.values()]
        print_json(rows) if json else print("\n".join(_table(rows, spoken)))
        return
    found = _named(kind)
    example = _opened(found)
    if json:
        print_json(_row(found) | {"explanation": example.to_dict()})
        return
    print("\n".join([*_facts(found, spoken), "", example.text(spoken)]))


def _named(kind: str) -> type[Layer]:
    """A kind by its name in letters of any size."""
    names = {name.lower(): name for name in KINDS}
    if kind.lower() not in names:
        near = [name for name in KINDS if kind.lower()[:4] in name.lower()]
        raise ArgumentError(message(f"kind {kind!r}", "is no kind of layer.", remedies=near or ["simplecell layers"]))
    return KINDS[names[kind.lower()]]


def written(layer: Layer) -> str:
    """A layer as its user writes it: what must be given, then what is not as usual.

    >>> from simplecell.layers import Conv2d
    >>> written(Conv2d(8, 3, stride=2))
    'Conv2d(8, (3, 3), stride=(2, 2))'
    """
    needed = [
        p.name
        for p in inspect.signature(type(layer)).parameters.values()
        if p.default is inspect.Parameter.empty and p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    given = layer.arguments()
    usual: dict[str, Any] = {p.name: p.default for p in inspect.signature(type(layer)).parameters.values()}
    with contextlib.suppress(ArgumentError):  # of some kinds one argument must be given, but no certain one
        usual = type(layer).make({name: given[name] for name in needed}, None).arguments()
    parts = [repr(given[name]) for name in needed]
    parts += [f"{name}={value!r}" for name, value in given.items() if name not in needed and value != usual.get(name)]
    return f"{layer.kind}({', '.join(parts)})"


def _row(kind: type[Layer]) -> dict[str, Any]:
    """A kind's line: its name, formula, and first example with the shapes, in array order."""
    layer, shapes = kind.EXAMPLES[0]
    output = layer.site(*shapes).output
    return {
        "kind": kind.kind, "formula": kind.formula, "example": written(layer),
        "inputs": [list(shape) for shape in shapes], "output": list(output),
    }  # fmt: skip


def _shapes(inputs: list[Shape], output: Shape) -> str:
    return f"{', '.join(map(shape_text, inputs))} -> {shape_text(output)}"


def _table(rows: list[dict[str, Any]], lang: str) -> list[str]:
    """Two lines per kind: name, example and shapes; below it the formula."""
    head = [say(f"cli.layers.{column}", lang) for column in ("kind", "example", "shapes")]
    cells = [[row["kind"], row["example"], _shapes(row["inputs"], row["output"])] for row in rows]
    lines = table([head, *cells], indent="", lefts=3)
    edge = max(width(row["kind"]) for row in rows) + 2
    listed = [lines[0], " " * edge + say("cli.layers.formula", lang), ""]
    for line, row in zip(lines[1:], rows, strict=True):
        listed += [line, *wrap(" " * edge + row["formula"], WIDTH, " " * edge)]
    return [*listed, "", *wrap(say("cli.layers.note", lang))]


def _facts(kind: type[Layer], lang: str) -> list[str]:
    """The example, its shapes, weights and cost; the page below begins with the formula."""
    layer, shapes = kind.EXAMPLES[0]
    site = layer.site(*shapes)
    lines = [f"{written(layer)}    {_shapes(list(shapes), site.output)}"]
    if site.learned:
        said = ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in site.learned.items())
        lines += wrap("  " + say("cli.layers.weights", lang, weights=said, parameters=site.parameters), WIDTH, "  ")
    if site.cost.macs:
        numbers = {"macs": site.cost.macs, "padding": site.cost.padding_macs}
        lines += wrap("  " + say("cli.layers.cost", lang, **numbers), WIDTH, "  ")
    return lines


def _opened(kind: type[Layer]) -> Explanation:
    """The middle unit of the first example, over small numbers made for it."""
    from simplecell.explain import explain
    from simplecell.graph import functional

    layer, shapes = kind.EXAMPLES[0]
    inputs = [Input(*shape) for shape in shapes]
    graph = functional(inputs, [layer.renamed("example")(*inputs)])
    weights = {name: _numbers(shape, 5, 7) for name, shape in graph.weights.items()}
    weights |= {name: np.abs(w) + 0.5 for name, w in weights.items() if name.endswith("running_var")}
    unit = tuple(n // 2 for n in graph["example"].shape)
    images = tuple(_numbers(shape, 7, 11) for shape in shapes)
    return explain(graph, weights, images, "example", unit[1:] or None, unit[0])


def _numbers(shape: Shape, factor: int, modulus: int) -> Array:
    """Quarters around 0 in an order that looks mixed: ((i*factor) mod modulus - half) / 4."""
    places = np.arange(np.prod(shape)).reshape(shape)
    return (places * factor % modulus - modulus // 2) / 4
