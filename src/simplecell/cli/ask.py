"""`simplecell ask`: what people ask about convolutional networks, answered with the numbers of one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import At, Channel, Json, Lang, layer_name, whole_numbers
from simplecell.cli.output import print_json
from simplecell.errors import ArgumentError
from simplecell.words import language, say
from simplecell.words.layout import WIDTH, table, wrap

Name = Annotated[str | None, typer.Argument(metavar="[QUESTION|all]", help="cli.option.question")]
Network = Annotated[str, typer.Argument(metavar="[NAME|MODEL]", help="cli.option.name_or_model")]
Layer = Annotated[str | None, typer.Option("--layer", metavar="NAME", help="cli.option.layer")]
Pixel = Annotated[str | None, typer.Option("--pixel", metavar="C,Y,X", help="cli.option.pixel")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "ask", "", "neurons alexnet --layer conv1", "depth runs/digits --lang ja", "all signs")(ask)


def ask(
    question: Name = None,
    model: Network = "digits",
    layer: Layer = None,
    at: At = None,
    channel: Channel = None,
    pixel: Pixel = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    from simplecell.explain.questions import QUESTIONS
    from simplecell.explain.questions import ask as answer

    spoken = language(lang)
    if question is None:
        rows = [[name, found.text(spoken)] for name, found in QUESTIONS.items()]
        print_json(dict(rows)) if json else print("\n".join([*table(rows, lefts=2), "", say("cli.ask.how", spoken)]))
        return
    net = places.network_or_saved(model)
    where = None if at is None else whole_numbers(at, "--at")
    seen = None if pixel is None else whole_numbers(pixel, "--pixel")
    name = None if layer is None else layer_name(layer)
    asked = net.graph.nodes if name is None else (net.graph.layer(name),)
    fits = [n for n, found in QUESTIONS.items() if any(map(found.fits, asked))] if question == "all" else [question]
    if not fits:
        raise ArgumentError(f"no question can be asked of {layer!r}")
    answers = [
        answer(net.graph, n, name, lambda: net.memory(batch=1, training=True), where, channel or 0, seen) for n in fits
    ]
    if json:
        print_json([found.to_dict() | {"answer": found.text(spoken)} for found in answers])
        return
    for number, found in enumerate(answers):
        lines = [*wrap(found.question.text(spoken)), *wrap("  " + found.text(spoken), WIDTH, "  ")]
        print(("\n" if number else "") + "\n".join(lines))
