"""`simplecell explain-gradient`: why a weight moves, and how a value acts on the loss."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import At, Channel, Json, Lang, ModelPlace, layer_name, whole_numbers
from simplecell.cli.output import check_top, print_opened
from simplecell.errors import ArgumentError
from simplecell.words import language

Images = Annotated[str, typer.Option("--test", metavar="INDEX[-INDEX]", help="cli.option.test_batch")]
Weight = Annotated[str | None, typer.Option("--weight", metavar="NAME:K,C,Y,X", help="cli.option.weight")]
Pixel = Annotated[str | None, typer.Option("--pixel", metavar="C,Y,X", help="cli.option.pixel")]
Layer = Annotated[str | None, typer.Option("--layer", metavar="NAME", help="cli.option.layer")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app, "explain-gradient",
        "runs/digits --test 17 --weight conv1:2,0,1,1",
        "runs/digits --test 0-31 --weight fc.bias:7 --lr 0.05 --momentum 0.9 --weight-decay 0.0005",
        "runs/digits --test 17 --layer relu1 --at 3,4 --channel 2",
        "runs/digits --test 17 --pixel 0,3,4 --lang ja",
    )(explain_gradient)  # fmt: skip


def explain_gradient(
    model: ModelPlace,
    test: Images,
    weight: Weight = None,
    pixel: Pixel = None,
    layer: Layer = None,
    at: At = None,
    channel: Channel = None,
    lr: Annotated[float, typer.Option("--lr", help="cli.option.lr")] = 0.1,
    momentum: Annotated[float, typer.Option("--momentum", help="cli.option.momentum")] = 0.0,
    weight_decay: Annotated[float, typer.Option("--weight-decay", help="cli.option.weight_decay")] = 0.0,
    top: Annotated[int | None, typer.Option("--top", metavar="K", help="cli.option.top")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="cli.option.terms_file")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    from simplecell.objectives import SGD

    spoken = language(lang)
    check_top(top)
    net = places.saved(model)
    pictures = [places.image_of_test(number) for number in _numbers(test)]
    images = np.concatenate([net.images(picture.given) for picture in pictures])
    targets = [net.classes.index(picture.target or "") for picture in pictures]
    rule = SGD(lr, momentum=momentum, weight_decay=weight_decay)
    found = net.explain_gradient(images, targets, **_asked(weight, pixel, layer, at, channel), optimizer=rule)
    print_opened(found, spoken, top, csv, json)


def _numbers(text: str) -> list[str]:
    """`17` as itself, `0-31` as the numbers from 0 to 31."""
    first, dash, last = text.partition("-")
    if not dash or not (first + last).isdigit():
        return [text]
    return [str(number) for number in range(int(first), int(last) + 1)]


def _asked(
    weight: str | None, pixel: str | None, layer: str | None, at: str | None, channel: int | None
) -> dict[str, Any]:
    """The one thing that is asked for, as `Model.explain_gradient` takes it."""
    if sum(option is not None for option in (weight, pixel, layer)) != 1:
        raise ArgumentError("explain-gradient takes one of --weight, --pixel and --layer")
    if weight is not None:
        name, _, index = weight.partition(":")
        return {"weight": (name, whole_numbers(index, "--weight"))}
    if pixel is not None:
        return {"input": whole_numbers(pixel, "--pixel")}
    if channel is None:
        raise ArgumentError("--layer needs --channel, and --at where it has rows and columns")
    where = () if at is None else whole_numbers(at, "--at")
    return {"unit": (layer_name(layer or ""), (channel, *where))}
