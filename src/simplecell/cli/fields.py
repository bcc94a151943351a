"""`simplecell sees` and `simplecell seen-by`: which pixels a unit sees, which units a pixel reaches."""

from __future__ import annotations

from typing import Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import At, Channel, Json, Lang, Layer, layer_name, place, whole_numbers
from simplecell.cli.output import print_json
from simplecell.words import language

Place = Annotated[str, typer.Argument(metavar="NAME|MODEL", help="cli.option.name_or_model")]
Of = Annotated[str | None, typer.Option("--of", metavar="NAME", help="cli.option.of")]
Pixel = Annotated[str, typer.Option("--pixel", metavar="C,Y,X", help="cli.option.pixel")]


def register(app: typer.Typer) -> None:
    """Add both commands."""
    command(app, "sees", "runs/digits --layer conv2 --at 1,1", "vgg16 --layer features.28 --at 7,7 --json")(sees)
    command(app, "seen-by", "runs/digits --pixel 0,3,4 --layer conv2")(seen_by)


def sees(
    model: Place,
    layer: Layer,
    at: At = None,
    channel: Channel = None,
    of: Of = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    net = places.network_or_saved(model)
    found = net.sees(layer_name(layer), place(at), channel, of=None if of is None else layer_name(of))
    if json:
        print_json(found.to_dict())
    else:
        print(found.text(spoken))


def seen_by(model: Place, pixel: Pixel, layer: Layer, of: Of = None, lang: Lang = None, json: Json = False) -> None:
    spoken = language(lang)
    net = places.network_or_saved(model)
    where = whole_numbers(pixel, "--pixel")
    found = net.seen_by(where, layer_name(layer), of=None if of is None else layer_name(of))
    if json:
        print_json(found.to_dict())
    else:
        print(found.text(spoken))
