"""`simplecell show`: pictures of what a network does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import At, Channel, Json, Lang, ModelPlace, layer_name, place, whole_numbers
from simplecell.cli.output import print_json
from simplecell.errors import ArgumentError
from simplecell.files.figure import save
from simplecell.words import language, say
from simplecell.words.layout import wrap

WHAT = ("filters", "maps", "film", "saliency", "gradcam", "occlusion", "field", "ideas")


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app, "show",
        "filters runs/digits --out filters.png",
        "maps runs/digits --test 17 --layer conv1 --out maps.png",
        "film runs/digits --test 17 --layer conv1 --channel 2 --out conv1.gif",
        "film runs/digits --test 17 --layer pool1 --back inputs --out back.gif",
        "gradcam runs/digits --test 17 --out gradcam.png",
        "ideas runs/digits --test 17 --layer conv2 --shift 0,1",
    )(show)  # fmt: skip


def show(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="cli.option.what")],
    model: ModelPlace,
    picture: Annotated[str | None, typer.Argument(metavar="[PICTURE]", help="cli.option.picture")] = None,
    test: Annotated[str | None, typer.Option("--test", metavar="INDEX", help="cli.option.test")] = None,
    layer: Annotated[str | None, typer.Option("--layer", metavar="NAME", help="cli.option.layer")] = None,
    at: At = None,
    channel: Channel = None,
    back: Annotated[str | None, typer.Option("--back", metavar="inputs|weights", help="cli.option.back")] = None,
    shift: Annotated[str, typer.Option("--shift", metavar="Y,X", help="cli.option.shift")] = "1,1",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="cli.option.picture_file")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    net, shown = places.saved(model), _picture(what, picture, test)
    image, name = None if shown is None else shown.given, None if layer is None else layer_name(layer)
    if what == "ideas":
        found = net.ideas(image, _needed(name), shift=whole_numbers(shift, "--shift"))
        texts = ["\n".join(wrap(idea.text(spoken))) for idea in found]
        print_json([idea.to_dict() for idea in found]) if json else print("\n".join(texts))
        return
    kind: Any = what
    film = None
    if what == "film":
        target = None if shown is None or shown.target is None else net.classes.index(shown.target)
        film = net.film(image, _needed(name), channel or 0, back=_way(back), target=target)
    drawn = what in ("film", "filters", "maps")
    data = film if drawn else net.heat(kind, image, layer=name, at=place(at), channel=channel)
    if json and data is not None:
        print_json(data.to_dict())
        return
    if out is None:
        raise ArgumentError("show writes a picture: name it with --out FILE, or take the data with --json")
    if film is not None:
        paths = film.save(str(out), lang=spoken)
    else:
        save(net.show(kind, image, layer=name, at=place(at), channel=channel, lang=spoken), out)
        paths = [str(out)]
    print("\n".join(say("cli.drawn", spoken, path=path) for path in paths))


def _picture(what: str, picture: str | None, test: str | None) -> places.Picture | None:
    """The picture that was named; filters and fields need none."""
    if what not in WHAT:
        raise ArgumentError(f"show draws {', '.join(WHAT)}; got {what!r}")
    if picture is not None:
        return places.picture(picture)
    if test is not None:
        return places.image_of_test(test)
    if what not in ("filters", "field"):
        raise ArgumentError(f"show {what} takes a picture: a PICTURE, or --test INDEX for one of the digits' test set")
    return None


def _needed(name: str | int | None) -> str | int:
    if name is None:
        raise ArgumentError("say which layer: --layer NAME")
    return name


def _way(back: str | None) -> Any:
    if back not in (None, "inputs", "weights"):
        raise ArgumentError(f"--back is inputs or weights, got {back!r}")
    return back
