"""`simplecell plan`: how the engine runs a network."""

from __future__ import annotations

from typing import Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.geometry import whole_number
from simplecell.words import language


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "plan", "runs/digits", "vgg16 --batch 8 --why", "digits --batch 64 --training")(plan)


def plan(
    model: Annotated[str, typer.Argument(metavar="NAME|MODEL", help="cli.option.name_or_model")],
    batch: Annotated[int, typer.Option(help="cli.option.images")] = 1,
    training: Annotated[bool, typer.Option("--training", help="cli.option.training")] = False,
    why: Annotated[bool, typer.Option("--why", help="cli.option.why")] = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    found = places.network_or_saved(model).plan(whole_number(batch, "--batch", 1), training=training)
    if json:
        print_json(found.to_dict())
    else:
        print(found.table(spoken, why=why))
