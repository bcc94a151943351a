"""`simplecell summary`: a network layer by layer."""

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
    command(app, "summary", "vgg16 --batch 32", "runs/digits --json")(summary)


def summary(
    model: Annotated[str, typer.Argument(metavar="NAME|MODEL", help="cli.option.name_or_model")],
    batch: Annotated[int, typer.Option(help="cli.option.images")] = 1,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    found = places.network_or_saved(model).summary(whole_number(batch, "--batch", 1), lang=spoken)
    if json:
        print_json(found.to_dict())
    else:
        print(found.text(spoken))
