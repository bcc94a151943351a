"""`simplecell memory`: what a network takes, and the largest batch that fits."""

from __future__ import annotations

from typing import Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.geometry import whole_number
from simplecell.words import language, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "memory", "vgg16 --batch 8 --training", "resnet50 --fit '8 GB' --training --optimizer adam")(memory)


def memory(
    model: Annotated[str, typer.Argument(metavar="NAME|MODEL", help="cli.option.name_or_model")],
    batch: Annotated[int, typer.Option(help="cli.option.images")] = 1,
    training: Annotated[bool, typer.Option("--training", help="cli.option.step_training")] = False,
    optimizer: Annotated[str | None, typer.Option(help="cli.option.optimizer")] = None,
    fit: Annotated[str | None, typer.Option(metavar="SIZE", help="cli.option.fit")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    from simplecell import accounts

    spoken, graph = language(lang), places.network_or_saved(model).graph
    if fit is None:
        found = accounts.memory(graph, whole_number(batch, "--batch", 1), training=training, optimizer=optimizer)
    else:
        found = accounts.max_batch(graph, fit, training=training, optimizer=optimizer)
    if json:
        print_json(found.to_dict())
        return
    if fit is not None:
        print(say("accounts.memory.fits", spoken, limit=accounts.bytes_of(fit), batch=found.batch), end="\n\n")
    print(found.text(spoken))
