"""`simplecell show`: pictures of what a network does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import At, Channel, Json, Lang, layer_name, place, whole_numbers
from simplecell.cli.output import print_json
from simplecell.errors import ArgumentError, unknown
from simplecell.files.figure import has_font, save
from simplecell.model.showing import KINDS, SHOWN
from simplecell.words import language, say
from simplecell.words.layout import wrap

if TYPE_CHECKING:
    from simplecell.data import Dataset
    from simplecell.explain.maps import Idea
    from simplecell.model import Model

DATA = ("film", "ideas", "patches", *KINDS)
WHAT = (*SHOWN, "film", "ideas", "patches")
WITHOUT_PICTURE = ("filters", "field", "volumes", "patches")


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app, "show",
        "filters runs/digits --out filters.png",
        "maps runs/digits --test 17 --layer conv1 --out maps.png",
        "film runs/digits --test 17 --layer conv1 --channel 2 --out conv1.gif",
        "film runs/digits --test 17 --layer pool1 --back inputs --out back.gif",
        "gradcam runs/digits --test 17 --out gradcam.png",
        "volumes vgg16 --out vgg16.svg",
        "pyramid runs/digits --test 17 --out pyramid.png",
        "patches runs/shapes --data shapes --layer conv2 --out patches.png",
        "ideas runs/digits --test 17 --layer conv2 --shift 0,1",
    )(show)  # fmt: skip


def show(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="cli.option.what")],
    model: Annotated[str, typer.Argument(metavar="NAME|MODEL", help="cli.option.name_or_model")],
    picture: Annotated[str | None, typer.Argument(metavar="[PICTURE]", help="cli.option.picture")] = None,
    test: Annotated[str | None, typer.Option("--test", metavar="INDEX", help="cli.option.test")] = None,
    layer: Annotated[str | None, typer.Option("--layer", metavar="NAME", help="cli.option.layer")] = None,
    at: At = None,
    channel: Channel = None,
    back: Annotated[str | None, typer.Option("--back", metavar="inputs|weights", help="cli.option.back")] = None,
    shift: Annotated[str, typer.Option("--shift", metavar="Y,X", help="cli.option.shift")] = "1,1",
    data: Annotated[str, typer.Option("--data", metavar="DATA", help="cli.option.patches_data")] = "shapes",
    top: Annotated[int, typer.Option("--top", metavar="K", help="cli.option.patches_top")] = 8,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="cli.option.picture_file")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    shown = _picture(what, picture, test)
    net, image = places.network_or_saved(model), None if shown is None else shown.given
    where: dict[str, Any] = {"layer": None if layer is None else layer_name(layer), "at": place(at), "channel": channel}
    if what == "ideas":
        _print_ideas(net.ideas(image, _needed(where["layer"]), shift=whole_numbers(shift, "--shift")), spoken, json)
        return
    kept: Any = None
    kind: Any = what
    if what == "film":
        kept = net.film(image, _needed(where["layer"]), channel or 0, back=_way(back), target=_target(net, shown))
    elif what == "patches":
        chosen = None if channel is None else (channel,)
        kept = net.patches(_images(net, data), _needed(where["layer"]), chosen, top)
    elif what in KINDS:
        kept = net.heat(kind, image, **where)
    if json:
        print_json(_data(what, kept))
        return
    if out is None:
        raise ArgumentError("show writes a picture: name it with --out FILE, or take the data with --json")
    if kept is None:
        save(net.show(kind, image, **where, lang=spoken), out)
    _print_paths((kept and kept.save(str(out), lang=spoken)) or [str(out)], spoken)


def _print_ideas(found: Sequence[Idea], lang: str, json: bool) -> None:
    texts = ["\n".join(wrap(idea.text(lang))) for idea in found]
    print_json([idea.to_dict() for idea in found]) if json else print("\n".join(texts))


def _print_paths(paths: Sequence[str], lang: str) -> None:
    lines = [say("cli.drawn", lang, path=path) for path in paths]
    print("\n".join(lines + ([] if has_font(lang) else [say("report.no_font", lang)])))


def _target(net: Model, shown: places.Picture | None) -> int | None:
    """The picture's class, where it is known."""
    return None if shown is None or shown.target is None else net.classes.index(shown.target)


def _picture(what: str, picture: str | None, test: str | None) -> places.Picture | None:
    """The picture that was named; some need none."""
    if what not in WHAT:
        raise ArgumentError(unknown("there is nothing to show called", what, WHAT))
    if picture is not None:
        return places.picture(picture)
    if test is not None:
        return places.image_of_test(test)
    if what not in WITHOUT_PICTURE:
        raise ArgumentError(f"show {what} takes a picture: a PICTURE, or --test INDEX for one of the digits' test set")
    return None


def _images(net: Model, name: str) -> Dataset:
    """The test images of a data set, or its only ones, as the network reads them."""
    from simplecell import data

    channels, *size = net.graph[net.graph.inputs[0]].shape
    if len(size) != 2:
        raise ArgumentError(f"patches are of images (c, h, w), the network takes {net.input_shape}")
    training, test = data.find(name, (size[0], size[1]), channels)
    return training if test is None else test


def _data(what: str, kept: Any) -> Any:
    if kept is None:
        raise ArgumentError(f"show {what} writes a picture: --out FILE; as data there are {', '.join(DATA)}")
    return kept.to_dict()


def _needed(name: str | int | None) -> str | int:
    if name is None:
        raise ArgumentError("say which layer: --layer NAME")
    return name


def _way(back: str | None) -> Any:
    if back not in (None, "inputs", "weights"):
        raise ArgumentError(f"--back is inputs or weights, got {back!r}")
    return back
