"""`simplecell explain`: where one number comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import At, Channel, Json, Lang, Layer, ModelPlace, layer_name, place, whole_numbers
from simplecell.cli.output import check_top, print_json, print_opened
from simplecell.errors import ArgumentError
from simplecell.words import language


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app, "explain",
        "runs/digits photo.png --layer conv1 --at 3,4 --channel 2",
        "runs/digits --test 17 --layer fc --channel 7 --top 10",
        "runs/digits --test 17 --layer conv2 --at 0,0 --channel 5 --csv terms.csv",
        "runs/digits --test 17 --layer fc --channel 7 --chain",
    )(explain)  # fmt: skip


def explain(
    model: ModelPlace,
    layer: Layer,
    picture: Annotated[str | None, typer.Argument(metavar="[PICTURE]", help="cli.option.picture")] = None,
    test: Annotated[str | None, typer.Option("--test", metavar="INDEX", help="cli.option.test")] = None,
    at: At = None,
    channel: Channel = None,
    top: Annotated[int | None, typer.Option("--top", metavar="K", help="cli.option.top")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="cli.option.terms_file")] = None,
    chain: Annotated[bool, typer.Option("--chain", help="cli.option.chain")] = False,
    follow: Annotated[str | None, typer.Option("--follow", metavar="N,N,...", help="cli.option.follow")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    if (picture is None) == (test is None):
        raise ArgumentError("explain takes one picture: a PICTURE, or --test INDEX for one of the digits' test set")
    check_top(top)
    net = places.saved(model)
    shown = places.picture(picture) if picture is not None else places.image_of_test(str(test))
    if chain or follow is not None:
        ranks = () if follow is None else whole_numbers(follow, "--follow")
        led = net.chain(shown.given, layer_name(layer), place(at), channel, follow=ranks)
        print_json(led.to_dict()) if json else print(led.text(spoken))
        return
    found = net.explain(shown.given, layer_name(layer), place(at), channel)
    print_opened(found, spoken, top, csv, json)
